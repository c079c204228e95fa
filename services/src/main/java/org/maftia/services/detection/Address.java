package org.maftia.services.detection;

import java.util.Optional;

/**
 * An IP address as a number: 128 bits, of which an address of version 4 uses the last 32. Of each address there is one
 * value, however it was written; one of version 4 that is written as one of 6 ({@code ::ffff:192.0.2.1}, RFC 4291 section
 * 2.5.5.2) is the same as the former, because it is the same host. No name is ever looked up.
 *
 * @param version 4 or 6
 * @param high the first 64 bits, 0 in version 4
 * @param low the last 64 bits
 */
public record Address(int version, long high, long low) implements Comparable<Address> {
    /** Of the longest text: eight groups of four digits, the last two written as an address of version 4. */
    private static final int TEXT_LENGTH_MAX = 45;

    private static final int GROUPS = 8;
    private static final long V4_MAX = 0xffff_ffffL;

    public Address {
        boolean valid = version == 4 ? high == 0 && low >= 0 && low <= V4_MAX : version == 6;
        if (!valid) {
            throw new IllegalArgumentException("no address of version " + version);
        }
    }

    /** The address of version 4 with these 32 bits. */
    public static Address v4(int bits) {
        return new Address(4, 0, bits & V4_MAX);
    }

    /** The address of version 6 with these bits, or of version 4 if it stands for one. */
    public static Address v6(long high, long low) {
        return high == 0 && low >>> 32 == 0xffff ? v4((int) low) : new Address(6, high, low);
    }

    /**
     * The address that is written so (RFC 4291 section 2.2; four decimal numbers without leading zeros for version 4), or
     * empty. Neither a zone nor a prefix length may follow.
     */
    public static Optional<Address> parse(CharSequence text) {
        int length = text.length();
        if (length < 2 || length > TEXT_LENGTH_MAX) {
            return Optional.empty();
        }
        for (int i = 0; i < length; i++) {
            if (text.charAt(i) == ':') {
                return parseV6(text);
            }
        }
        long bits = parseV4(text, 0);
        return bits < 0 ? Optional.empty() : Optional.of(v4((int) bits));
    }

    /** The 32 bits, or -1 if what begins there is not four numbers up to the end. */
    private static long parseV4(CharSequence text, int from) {
        long bits = 0;
        int at = from;
        for (int part = 0; part < 4; part++) {
            if (part > 0 && (at >= text.length() || text.charAt(at++) != '.')) {
                return -1;
            }
            int begin = at;
            int value = 0;
            while (at < text.length() && at - begin < 3 && isDigit(text.charAt(at))) {
                value = 10 * value + text.charAt(at++) - '0';
            }
            boolean padded = at - begin > 1 && text.charAt(begin) == '0';
            if (at == begin || padded || value > 255) {
                return -1;
            }
            bits = bits << 8 | value;
        }
        return at == text.length() ? bits : -1;
    }

    private static Optional<Address> parseV6(CharSequence text) {
        int[] groups = new int[GROUPS];
        int count = 0;
        int gap = -1; // where '::' stands, in groups
        int at = 0;
        if (text.charAt(0) == ':') {
            if (text.charAt(1) != ':') {
                return Optional.empty();
            }
            gap = 0;
            at = 2;
        }
        while (at < text.length()) {
            int end = at;
            while (end < text.length() && Character.digit(text.charAt(end), 16) >= 0 && text.charAt(end) < 128) {
                end++;
            }
            if (end < text.length() && text.charAt(end) == '.') {
                long bits = count + 2 <= GROUPS ? parseV4(text, at) : -1;
                if (bits < 0) {
                    return Optional.empty();
                }
                groups[count++] = (int) (bits >>> 16);
                groups[count++] = (int) (bits & 0xffff);
                break;
            }
            if (end == at || end - at > 4 || count == GROUPS) {
                return Optional.empty();
            }
            groups[count++] = Integer.parseInt(text, at, end, 16);
            at = end;
            if (at == text.length()) {
                break;
            }
            if (text.charAt(at++) != ':' || at == text.length()) {
                return Optional.empty();
            }
            if (text.charAt(at) == ':') {
                if (gap >= 0) {
                    return Optional.empty();
                }
                gap = count;
                at++;
            }
        }
        return gap < 0 && count < GROUPS || gap >= 0 && count == GROUPS
                ? Optional.empty()
                : Optional.of(ofGroups(groups, count, gap));
    }

    private static Address ofGroups(int[] groups, int count, int gap) {
        long high = 0;
        long low = 0;
        int zeros = GROUPS - count;
        for (int i = 0; i < GROUPS; i++) {
            int group = gap < 0 || i < gap ? groups[i] : i < gap + zeros ? 0 : groups[i - zeros];
            high = i < 4 ? high << 16 | group : high;
            low = i < 4 ? low : low << 16 | group;
        }
        return v6(high, low);
    }

    private static boolean isDigit(char c) {
        return c >= '0' && c <= '9';
    }

    /** Version 4 before version 6, then by number. */
    @Override
    public int compareTo(Address other) {
        int order = Integer.compare(version, other.version);
        order = order != 0 ? order : Long.compareUnsigned(high, other.high);
        return order != 0 ? order : Long.compareUnsigned(low, other.low);
    }

    /** The one way to write it that RFC 5952 recommends. */
    @Override
    public String toString() {
        if (version == 4) {
            return (low >>> 24) + "." + (low >>> 16 & 0xff) + "." + (low >>> 8 & 0xff) + "." + (low & 0xff);
        }
        int gapBegin = -1; // the longest run of at least two zero groups, the first of equal ones
        int gapLength = 1;
        for (int i = 0; i < GROUPS; i++) {
            int end = i;
            while (end < GROUPS && group(end) == 0) {
                end++;
            }
            if (end - i > gapLength) {
                gapBegin = i;
                gapLength = end - i;
            }
        }
        StringBuilder text = new StringBuilder(TEXT_LENGTH_MAX);
        for (int i = 0; i < GROUPS; i++) {
            if (i == gapBegin) {
                text.append("::");
                i += gapLength - 1;
            } else {
                boolean first = i == 0 || text.charAt(text.length() - 1) == ':';
                text.append(first ? "" : ":").append(Integer.toHexString(group(i)));
            }
        }
        return text.toString();
    }

    private int group(int index) {
        long word = index < 4 ? high : low;
        return (int) (word >>> 48 - 16 * (index & 3)) & 0xffff;
    }
}
