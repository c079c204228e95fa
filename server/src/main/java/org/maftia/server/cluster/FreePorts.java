package org.maftia.server.cluster;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
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

    private final SplittableRandom random = new SplittableRandom();
    private final List<Integer> drawn = new ArrayList<>();

    /** The configuration with ports for every replica that lacks them. */
    public static Configuration fill(Configuration configuration) throws IOException {
        FreePorts ports = new FreePorts();
        List<ReplicaEntry> replicas = new ArrayList<>();
        for (ReplicaEntry replica : configuration.replicas()) {
            replicas.add(replica.hasPorts() ? replica : replica.withPorts(ports.draw(4)));
        }
        return configuration.withReplicas(replicas);
    }

    /** One port, free now, for a server of this process. */
    public static int one() throws IOException {
        return new FreePorts().draw(1).getFirst();
    }

    /** Different ports, all free now. */
    public static List<Integer> several(int count) throws IOException {
        return new FreePorts().draw(count);
    }

    private List<Integer> draw(int count) throws IOException {
        List<Integer> ports = new ArrayList<>();
        for (int i = 0; i < DRAWS_MAX && ports.size() < count; i++) {
            int port = random.nextInt(LOWEST, HIGHEST);
            if (!drawn.contains(port) && isFree(port)) {
                drawn.add(port);
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
