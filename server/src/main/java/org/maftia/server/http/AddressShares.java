package org.maftia.server.http;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;
import org.maftia.server.gateway.ClientNetwork;

/**
 * How many of a port's connections each client address holds, so that none holds all. Those of one {@link ClientNetwork} count as
 * one address. Any thread may call.
 */
final class AddressShares {
    private final int addressMax;
    private final int loopbackMax;
    private final Map<ByteBuffer, Integer> held = new HashMap<>();

    private AddressShares(int addressMax, int loopbackMax) {
        this.addressMax = addressMax;
        this.loopbackMax = loopbackMax;
    }

    /**
     * @param connectionsMax of the port
     * @param ofAddress how many of them one address may hold; 0: a quarter, and three quarters where it is of this machine, whose
     *     users are its operator's and often measure something
     */
    static AddressShares of(int connectionsMax, int ofAddress) {
        return ofAddress > 0
                ? new AddressShares(ofAddress, ofAddress)
                : new AddressShares(Math.max(1, connectionsMax / 4), Math.max(1, connectionsMax * 3 / 4));
    }

    private static ByteBuffer name(InetAddress address) {
        return ByteBuffer.wrap(ClientNetwork.of(address));
    }

    /** Counts one more; false, and nothing is counted, where the address holds its share. */
    synchronized boolean take(InetAddress address) {
        int max = address.isLoopbackAddress() ? loopbackMax : addressMax;
        ByteBuffer name = name(address);
        int count = held.getOrDefault(name, 0);
        if (count >= max) {
            return false;
        }
        held.put(name, count + 1);
        return true;
    }

    /** Counts one less, which was {@linkplain #take taken}. */
    synchronized void giveBack(InetAddress address) {
        held.computeIfPresent(name(address), (name, count) -> count == 1 ? null : count - 1);
    }

    /** The same, of a socket's other side. */
    void giveBack(SocketAddress client) {
        if (client instanceof InetSocketAddress known) {
            giveBack(known.getAddress());
        }
    }
}
