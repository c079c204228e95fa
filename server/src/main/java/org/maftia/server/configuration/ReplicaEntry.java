package org.maftia.server.configuration;

import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * One {@code [[replica]]}.
 *
 * @param id its name, such as {@code r1}; its place in the file is its index in the group
 * @param attributes where it differs from others, such as site and operating system
 * @param host where peers and clients reach it
 * @param link the port for its peers
 * @param client the port for clients of the group
 * @param https the port of the gateways behind TLS
 * @param http the port of the gateways that PKI serves in the clear
 * @param seat its place in the group for as long as it is a member, while its index may change
 */
public record ReplicaEntry(
        String id,
        SortedMap<String, String> attributes,
        String host,
        int link,
        int client,
        int https,
        int http,
        int seat) {
    public ReplicaEntry {
        attributes = Collections.unmodifiableSortedMap(new TreeMap<>(attributes));
    }

    /** Its four ports in the order of the components; 0: not known. */
    public List<Integer> ports() {
        return List.of(link, client, https, http);
    }

    /** The same replica with these ports in the order of the components. */
    public ReplicaEntry withPorts(List<Integer> ports) {
        return new ReplicaEntry(id, attributes, host, ports.get(0), ports.get(1), ports.get(2), ports.get(3), seat);
    }

    /** The same replica in another seat. */
    public ReplicaEntry withSeat(int other) {
        return new ReplicaEntry(id, attributes, host, link, client, https, http, other);
    }

    /** Whether all ports are known: they are drawn at the first use of a local cluster. */
    public boolean hasPorts() {
        return !ports().contains(0);
    }

    public String httpsAddress() {
        return "https://" + host + ":" + https;
    }

    public String httpAddress() {
        return "http://" + host + ":" + http;
    }
}
