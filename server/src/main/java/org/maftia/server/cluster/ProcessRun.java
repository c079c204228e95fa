package org.maftia.server.cluster;

import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.maftia.server.configuration.ConfigurationException;
import org.maftia.server.configuration.ReplicaEntry;

/**
 * The processes of a cluster from {@code maftia up} to its end. A replica that crashes is reported and stays down,
 * unless restarting was asked for: what crashed it may be an attack, and an operator should look.
 */
final class ProcessRun implements ClusterRun {
    /** Processes that start at the same time: more only get into each other's way on few cores. */
    private static final int STARTING_MAX = 4;

    private static final int POLL_MILLIS = 100;

    /** A replica that takes longer may start beside the next ones. */
    private static final int HEAD_START_MILLIS = 4_000;

    private static final long RESTART_PAUSE_MILLIS_MIN = 1_000;
    private static final long RESTART_PAUSE_MILLIS_MAX = 30_000;

    private volatile LocalCluster cluster;
    private final boolean restart;
    private final SortedMap<String, String> services;
    private final SortedMap<String, Process> processes = new TreeMap<>();
    private final SortedMap<String, Long> pauseMillis = new TreeMap<>();

    /** The process of each replica when it was last looked at; 0 for one that had ended. */
    private final SortedMap<String, Long> seen = new TreeMap<>();

    private final ConcurrentLinkedQueue<String> events = new ConcurrentLinkedQueue<>();
    private volatile boolean stopping;

    /** @param services the path of each client protocol, by name */
    ProcessRun(LocalCluster cluster, boolean restart, SortedMap<String, String> services) {
        this.cluster = cluster;
        this.restart = restart;
        this.services = services;
    }

    @Override
    public Endpoints start() throws IOException, InterruptedException, ClusterException {
        ClusterDirectory directory = cluster.directory();
        Files.deleteIfExists(directory.endpointsFile());
        PidFile.write(directory.upPidFile());
        List<String> ids = cluster.configuration().replicas().stream()
                .map(ReplicaEntry::id)
                .toList();
        List<Process> started = new ArrayList<>();
        for (String id : ids) {
            Files.deleteIfExists(directory.corruptionFile(id)); // a drill that was broken off ends here
            awaitTurn(started, ids);
            Process process = cluster.launch(id, ReplicaProcess.Life.OF_PARENT);
            started.add(process);
            watch(id, process);
        }
        cluster.awaitReady(ids, started);
        SortedMap<String, Long> pids = new TreeMap<>();
        processes.forEach((id, process) -> pids.put(id, process.pid()));
        seen.putAll(pids);
        Endpoints endpoints = cluster.endpoints(services, pids);
        endpoints.write(directory.endpointsFile());
        return endpoints;
    }

    private void awaitTurn(List<Process> started, List<String> ids) throws InterruptedException {
        long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(HEAD_START_MILLIS);
        while (started.size() >= STARTING_MAX
                && !cluster.answers(ids.get(started.size() - STARTING_MAX))
                && System.nanoTime() < deadline) {
            Thread.sleep(POLL_MILLIS);
        }
    }

    private void watch(String id, Process process) {
        synchronized (processes) {
            processes.put(id, process);
        }
        process.onExit().thenAccept(ended -> {
            if (!stopping) {
                boolean crash = isCrash(ended.exitValue());
                ended(id, ": " + reason(ended.exitValue()), crash);
            }
        });
    }

    private void ended(String id, String reason, boolean crash) {
        String hint = crash && !restart
                ? "; 'maftia start " + DirectoryArgument.of(cluster.directory()) + id + "' starts it again"
                : "";
        events.add(id + " ended" + reason + hint);
        if (restart && crash) {
            Thread.ofVirtual().start(() -> restart(id));
        }
    }

    /** Finds replicas that other commands, such as drills, stopped and started: they are no children of this process. */
    private void look() throws IOException {
        for (ReplicaEntry replica : cluster.configuration().replicas()) {
            String id = replica.id();
            boolean known = seen.containsKey(id);
            long before = seen.getOrDefault(id, 0L);
            long now = cluster.process(id).map(ProcessHandle::pid).orElse(0L);
            if (now == before) {
                continue;
            }
            seen.put(id, now);
            if (now != 0) {
                events.add(id + (known ? " runs again" : " runs") + ", as process " + now);
            } else if (!isChild(id, before)) {
                // One that was asked to stop takes its file away.
                boolean crash = Files.exists(cluster.directory().pidFile(id));
                ended(id, crash ? " without a word" : ": it was asked to stop", crash);
            }
        }
    }

    /** The group may have gone on to another configuration, which a command wrote down. */
    private void refresh() throws IOException {
        try {
            LocalCluster now = cluster.refreshed();
            if (now != cluster) {
                cluster = now;
                events.add("configuration " + now.configuration().ordinal().number() + " has begun");
            }
        } catch (ConfigurationException e) {
            throw new IOException("group.toml cannot be read any more: " + e.getMessage(), e);
        }
    }

    private boolean isChild(String id, long pid) {
        synchronized (processes) {
            @Nullable Process child = processes.get(id);
            return child != null && child.pid() == pid;
        }
    }

    /** Whether nobody asked it to end. */
    private static boolean isCrash(int exitCode) {
        return exitCode != 0 && exitCode != 128 + 15;
    }

    private static String reason(int exitCode) {
        return switch (exitCode) {
            case 0, 128 + 15 -> "it was asked to stop";
            case 128 + 9 -> "it was killed (signal 9)";
            default -> exitCode > 128 ? "signal " + (exitCode - 128) : "exit code " + exitCode;
        };
    }

    private void restart(String id) {
        @Nullable Long last = pauseMillis.get(id);
        long pause = last == null ? RESTART_PAUSE_MILLIS_MIN : Math.min(2 * last, RESTART_PAUSE_MILLIS_MAX);
        pauseMillis.put(id, pause);
        try {
            Thread.sleep(pause);
            if (stopping || cluster.process(id).isPresent()) {
                return;
            }
            Process process = cluster.launch(id, ReplicaProcess.Life.OF_PARENT);
            watch(id, process);
            cluster.announce(id, process.pid());
        } catch (IOException e) {
            events.add(id + " could not be started again: " + e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public List<String> events() throws IOException {
        refresh();
        look();
        List<String> taken = new ArrayList<>();
        for (@Nullable String event = events.poll(); event != null; event = events.poll()) {
            taken.add(event);
        }
        return taken;
    }

    @Override
    public boolean anyLives() throws IOException {
        for (ReplicaEntry replica : cluster.configuration().replicas()) {
            if (cluster.process(replica.id()).isPresent()) {
                return true;
            }
        }
        return false;
    }

    @Override
    public void stop() throws IOException, InterruptedException {
        stopping = true;
        refresh();
        cluster.stopAll();
        synchronized (processes) {
            // One that was killed before it wrote its number stands in no file.
            processes.values().forEach(Process::destroy);
        }
    }
}
