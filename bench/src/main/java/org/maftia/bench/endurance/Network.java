package org.maftia.bench.endurance;

import java.io.IOException;
import java.util.List;
import java.util.Locale;

/**
 * A network namespace for each replica, and a bridge that joins them with this process. All of it stands in the network
 * namespace in which this process runs, and goes with it.
 *
 * <p>A way from one replica to another is cut in the sender's table of neighbours: frames go to a hardware address that
 * nobody has, and are gone, as they would be on a cut line. Nobody is told, sockets stay open, and the way back is another
 * matter.
 */
final class Network {
    /** Addresses for benchmarks (RFC 2544); nobody outside this namespace sees them. */
    private static final String PREFIX = "198.18.0.";

    private static final String BRIDGE = "replicas";
    private static final int OWN_ADDRESS = 254;
    private static final String NOBODY = "02:4d:ff:ff:ff:ff";

    private final List<String> ids;

    /** @param ids of the replicas, by index */
    Network(List<String> ids) {
        this.ids = ids;
    }

    /** The address of a replica, as its configuration names it. */
    static String host(int replica) {
        return PREFIX + (replica + 1);
    }

    void build() throws IOException, InterruptedException {
        Tool.run("ip", "link", "set", "lo", "up");
        Tool.run("ip", "link", "add", BRIDGE, "type", "bridge");
        Tool.run("ip", "addr", "add", PREFIX + OWN_ADDRESS + "/24", "dev", BRIDGE);
        Tool.run("ip", "link", "set", BRIDGE, "up");
        for (int i = 0; i < ids.size(); i++) {
            String id = ids.get(i);
            String port = "to-" + id;
            Tool.run("ip", "netns", "add", id);
            Tool.run("ip", "link", "add", port, "type", "veth", "peer", "name", "eth0", "netns", id);
            Tool.run("ip", "link", "set", port, "master", BRIDGE, "up");
            String hardware = String.format(Locale.ROOT, "02:4d:00:00:00:%02x", i + 1);
            Tool.run("ip", "-n", id, "link", "set", "eth0", "address", hardware);
            Tool.run("ip", "-n", id, "addr", "add", host(i) + "/24", "dev", "eth0");
            Tool.run("ip", "-n", id, "link", "set", "eth0", "up");
            Tool.run("ip", "-n", id, "link", "set", "lo", "up");
        }
    }

    /** From now on nothing that the first sends reaches the second. */
    void cut(int from, int to) throws IOException, InterruptedException {
        Tool.run(
                "ip",
                "-n",
                ids.get(from),
                "neigh",
                "replace",
                host(to),
                "lladdr",
                NOBODY,
                "nud",
                "permanent",
                "dev",
                "eth0");
    }

    /** The way is as before. */
    void join(int from, int to) throws IOException, InterruptedException {
        Tool.run("ip", "-n", ids.get(from), "neigh", "del", host(to), "dev", "eth0");
    }

    /** What the replica sends passes at this rate from now on; what does not fit into half a second is lost. */
    void narrow(int replica, int kilobits) throws IOException, InterruptedException {
        Tool.run(
                "tc",
                "-n",
                ids.get(replica),
                "qdisc",
                "add",
                "dev",
                "eth0",
                "root",
                "tbf",
                "rate",
                kilobits + "kbit",
                "burst",
                "16kb",
                "latency",
                "500ms");
    }

    void widen(int replica) throws IOException, InterruptedException {
        Tool.run("tc", "-n", ids.get(replica), "qdisc", "del", "dev", "eth0", "root");
    }
}
