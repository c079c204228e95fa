package org.maftia.services.detection;

import java.util.Optional;

/**
 * The addresses that begin with the same bits.
 *
 * @param base the first of them: its other bits are 0
 * @param length of what they share: up to 32 in version 4, up to 128 in version 6
 */
public record Prefix(Address base, int length) implements Comparable<Prefix> {
    public Prefix {
        if (length < 0 || length > bits(base)) {
            throw new IllegalArgumentException("no prefix of " + length + " bits in version " + base.version());
        }
        base = masked(base, length);
    }

    private static int bits(Address address) {
        return address.version() == 4 ? 32 : 128;
    }

    private static Address masked(Address address, int length) {
        int fixed = address.version() == 4 ? length + 96 : length; // of 128
        long high = address.high() & mask(fixed);
        long low = address.low() & mask(fixed - 64);
        return new Address(address.version(), high, low);
    }

    /** So many ones, then zeros, in 64 bits. */
    private static long mask(int ones) {
        return ones <= 0 ? 0 : ones >= 64 ? -1 : -1L << 64 - ones;
    }

    /** What is written {@code 192.0.2.0/24}; without a length, one address. Empty if it is none. */
    public static Optional<Prefix> parse(String text) {
        int slash = text.indexOf('/');
        Optional<Address> address = Address.parse(slash < 0 ? text : text.substring(0, slash));
        if (address.isEmpty()) {
            return Optional.empty();
        }
        int bits = bits(address.get());
        String digits = slash < 0 ? "" : text.substring(slash + 1);
        boolean decimal = digits.length() <= 3 && digits.chars().allMatch(c -> c >= '0' && c <= '9');
        if (slash >= 0 && (digits.isEmpty() || !decimal)) {
            return Optional.empty();
        }
        int length = slash < 0 ? bits : Integer.parseInt(digits);
        return length > bits ? Optional.empty() : Optional.of(new Prefix(address.get(), length));
    }

    /** Whether the address begins so. */
    public boolean contains(Address address) {
        return address.version() == base.version() && masked(address, length).equals(base);
    }

    @Override
    public int compareTo(Prefix other) {
        int order = base.compareTo(other.base);
        return order != 0 ? order : Integer.compare(length, other.length);
    }

    @Override
    public String toString() {
        return base + "/" + length;
    }
}
