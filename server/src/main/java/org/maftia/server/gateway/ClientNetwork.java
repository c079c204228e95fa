package org.maftia.server.gateway;

import java.net.InetAddress;
import java.util.Arrays;

/** Whose an address is: of version 6 a network of 64 bits is one client's, who has all addresses in it. */
public final class ClientNetwork {
    private static final int LENGTH = 8;
    private static final int ADDRESS_LENGTH_6 = 16;

    private ClientNetwork() {}

    /** The same bytes for all addresses of one client: 4 of version 4, 8 of version 6. */
    public static byte[] of(InetAddress address) {
        byte[] bytes = address.getAddress();
        return bytes.length == ADDRESS_LENGTH_6 ? Arrays.copyOf(bytes, LENGTH) : bytes;
    }
}
