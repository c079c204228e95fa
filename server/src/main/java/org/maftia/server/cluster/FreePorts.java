package org.maftia.server.cluster;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.SplittableRandom;
import org.maftia.server.configuration.Configuration;
import org.maftia.server.configuration.ReplicaEntry;

/**
 * Draws ports that nobody listens on, for a cluster that keeps them. They come from below the range of which systems
 * give ports to outgoing connections, so that a stopped replica finds its own free again.
 */
public final class FreePorts {
    private static final int LOWEST = 20_000;
    private static final int HIGHEST = 32_000;

    /** A machine where so many draws fail has no room for a cluster. */
    private static final int DRAWS_MAX = 4_000;

    /**
     * Given to somebody in this process who perhaps does not listen yet. One in twelve thousand sounds rare, but eight
     * ports drawn one by one meet in one of four hundred groups.
     */
    private static final BitSet GIVEN = new BitSet(HIGHEST);

    private FreePorts() {}

    /** The configuration with a port wherever one is not known; different from all that its replicas have. */
    public static Configuration fill(Configuration configuration) throws IOException {
        BitSet taken = new BitSet(HIGHEST);
        configuration.replicas().forEach(replica -> replica.ports().forEach(taken::set));
        List<ReplicaEntry> replicas = new ArrayList<>();
        for (ReplicaEntry replica : configuration.replicas()) {
            List<Integer> known = replica.ports();
            Iterator<Integer> drawn =
                    draw(Collections.frequency(known, 0), taken).iterator();
            replicas.add(replica.withPorts(
                    known.stream().map(port -> port == 0 ? drawn.next() : port).toList()));
        }
        return configuration.withReplicas(replicas);
    }

    /** One port, free now, for a server of this process. */
    public static int one() throws IOException {
        return several(1).getFirst();
    }

    /** Different ports, all free now. */
    public static List<Integer> several(int count) throws IOException {
        return draw(count, new BitSet());
    }

    private static synchronized List<Integer> draw(int count, BitSet taken) throws IOException {
        SplittableRandom random = new SplittableRandom();
        if (GIVEN.cardinality() > (HIGHEST - LOWEST) / 2) {
            GIVEN.clear(); // whoever got the first of them listens by now, or never will
        }
        List<Integer> ports = new ArrayList<>();
        for (int i = 0; i < DRAWS_MAX && ports.size() < count; i++) {
            int port = random.nextInt(LOWEST, HIGHEST);
            if (!taken.get(port) && !GIVEN.get(port) && isFree(port)) {
                GIVEN.set(port);
                ports.add(port);
            }
        }
        if (ports.size() < count) {
            throw new IOException("no free ports between " + LOWEST + " and " + HIGHEST);
        }
        return ports;
    }

    private static boolean isFree(int port) {
        try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
            return socket.isBound();
        } catch (IOException e) {
            return false; // taken: that is the question here
        }
    }
}
