package org.maftia.server.cluster;

import java.nio.file.Path;

/**
 * Where everything of a local cluster lies.
 *
 * @param root absolute
 */
public record ClusterDirectory(Path root) {
    public Path groupFile() {
        return root.resolve("group.toml");
    }

    /** What opens the private keys of this host; absent where something else says so. */
    public Path custodyFile() {
        return root.resolve("custody.toml");
    }

    /** Values of {@code --set} that the running cluster was started with. */
    public Path overridesFile() {
        return root.resolve("overrides");
    }

    /** What an officer would keep offline. */
    public Path ceremony() {
        return root.resolve("ceremony");
    }

    /** Results of the ceremony of a configuration. */
    public Path ceremony(int number) {
        return number == 0 ? ceremony() : ceremony().resolve("config" + number);
    }

    /** What an officer would keep at home. */
    public Path officers() {
        return root.resolve("officers");
    }

    /** The client identity for tools. */
    public Path client() {
        return root.resolve("client");
    }

    /** There exactly while the cluster is up. */
    public Path endpointsFile() {
        return root.resolve("endpoints.json");
    }

    /** The process of {@code maftia up}. */
    public Path upPidFile() {
        return root.resolve("up.pid");
    }

    public Path replica(String id) {
        return root.resolve(id);
    }

    public Path keys(String id) {
        return replica(id).resolve("keys");
    }

    public Path data(String id) {
        return replica(id).resolve("data");
    }

    /** The trusted component beside the replica, where its group is hybrid. */
    public Path component(String id) {
        return replica(id).resolve("component");
    }

    public Path log(String id) {
        return replica(id).resolve("log");
    }

    public Path pidFile(String id) {
        return replica(id).resolve("pid");
    }

    /** What a drill makes of the replica at its next start; absent for a correct one. */
    public Path corruptionFile(String id) {
        return replica(id).resolve("corruption");
    }
}
