package org.maftia.server.validation;

import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import org.maftia.services.authority.acme.Problem;

/** To which addresses a replica connects at the wish of strangers: never into the network in which it stands. */
record AddressPolicy(boolean everywhere) {
    /** Addresses that are tried for one host: enough for one of each version and a spare. */
    private static final int TRIED_MAX = 3;

    /** Those that may be tried; at least one. */
    List<InetAddress> allowed(String host, List<InetAddress> addresses) throws LookException {
        List<InetAddress> allowed = new ArrayList<>();
        for (InetAddress address : addresses) {
            if (allowed.size() < TRIED_MAX && (everywhere || isPublic(address))) {
                allowed.add(address);
            }
        }
        if (allowed.isEmpty()) {
            throw new LookException(
                    Problem.Kind.CONNECTION, host + " has no address that can be reached from everywhere");
        }
        return allowed;
    }

    static boolean isPublic(InetAddress address) {
        if (address.isAnyLocalAddress()
                || address.isLoopbackAddress()
                || address.isLinkLocalAddress()
                || address.isSiteLocalAddress()
                || address.isMulticastAddress()) {
            return false;
        }
        byte[] bytes = address.getAddress();
        int first = bytes[0] & 0xff;
        int second = bytes[1] & 0xff;
        return switch (address) {
            case Inet4Address four -> isPublic(first, second, bytes[2] & 0xff);
            // Global unicast (RFC 4291) alone, without documentation, benchmarks and ways to embed addresses of version
            // 4.
            case Inet6Address six ->
                (first & 0xe0) == 0x20
                        && !(first == 0x20 && second == 0x01 && (bytes[2] & 0xff) < 0x02)
                        && !(first == 0x20 && second == 0x01 && bytes[2] == 0x0d && (bytes[3] & 0xff) == 0xb8)
                        && !(first == 0x20 && second == 0x02);
            default -> false;
        };
    }

    /** Of version 4 (IANA, special-purpose address registry). */
    private static boolean isPublic(int first, int second, int third) {
        return first != 0
                && !(first == 100 && (second & 0xc0) == 64)
                && !(first == 192 && second == 0 && (third == 0 || third == 2))
                && !(first == 192 && second == 88 && third == 99)
                && !(first == 198 && (second & 0xfe) == 18)
                && !(first == 198 && second == 51 && third == 100)
                && !(first == 203 && second == 0 && third == 113)
                && first < 240;
    }
}
