package org.maftia.bench.endurance;

import java.io.File;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.maftia.client.GroupClientSetup;
import org.maftia.client.transport.TlsIdentity;
import org.maftia.core.protocol.Limits;
import org.maftia.core.trust.FaultStructure;
import org.maftia.server.ceremony.ClientKeys;
import org.maftia.server.cluster.ClusterDirectory;
import org.maftia.server.cluster.ClusterException;
import org.maftia.server.cluster.ClusterStatus;
import org.maftia.server.cluster.Endpoints;
import org.maftia.server.cluster.LocalCluster;
import org.maftia.server.configuration.ConfigurationException;
import org.maftia.server.configuration.ReplicaEntry;
import org.maftia.server.host.ReplicaHost;
import org.maftia.services.register.Register;

/** The cluster under test, from {@code maftia up} to its end, and what a nemesis can do to its processes. */
final class TestedCluster implements AutoCloseable {
    /** The first start makes RSA keys, which takes as long as luck has it. */
    private static final int START_SECONDS = 240;

    private static final int STOP_SECONDS = 30;
    private static final int END_MILLIS = 10_000;
    private static final long REQUEST_MICROS_MAX = 10_000_000;

    private final Path program;
    private final ClusterDirectory directory;
    private final Path console;
    private final Ground ground;

    /** Replicas that are down because this tool wants it so. */
    private final Set<String> down = new ConcurrentSkipListSet<>();

    private @Nullable Process up;
    private @Nullable LocalCluster cluster;

    /**
     * @param program {@code bin/maftia}
     * @param directory for the cluster; must not exist
     * @param console a file for what {@code maftia up} prints
     */
    TestedCluster(Path program, Path directory, Path console, Ground ground) {
        this.program = program;
        this.directory = new ClusterDirectory(directory);
        this.console = console;
        this.ground = ground;
    }

    /** Starts all and returns when every gateway answers. */
    void start() throws IOException, InterruptedException, ConfigurationException {
        ProcessBuilder builder = new ProcessBuilder(
                        program.toString(), "up", "--dir", directory.root().toString(), "--layout", ground.layout())
                .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
                .redirectErrorStream(true)
                .redirectOutput(console.toFile());
        ground.launcher().ifPresent(launcher -> builder.environment().put("MAFTIA_LAUNCHER", launcher.toString()));
        Process process = builder.start();
        up = process;
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(START_SECONDS);
        while (Endpoints.read(directory.endpointsFile()).isEmpty()) {
            if (!process.isAlive() || System.nanoTime() - end > 0) {
                throw new IOException("the cluster did not start: " + lastOf(console));
            }
            TimeUnit.MILLISECONDS.sleep(100);
        }
        cluster = LocalCluster.open(directory);
    }

    private static String lastOf(Path file) throws IOException {
        String said = Files.readString(file, StandardCharsets.UTF_8);
        return said.substring(Math.max(0, said.length() - 600)).strip();
    }

    private LocalCluster cluster() {
        LocalCluster open = cluster;
        if (open == null) {
            throw new IllegalStateException("the cluster is not started");
        }
        return open;
    }

    List<String> ids() {
        return cluster().configuration().replicas().stream()
                .map(ReplicaEntry::id)
                .toList();
    }

    FaultStructure trust() {
        return cluster().trust();
    }

    Path data(String id) {
        return directory.data(id);
    }

    ClusterStatus status() throws InterruptedException {
        return cluster().status();
    }

    /** The process of a replica, if it lives. */
    Optional<ProcessHandle> process(String id) throws IOException {
        return cluster().process(id);
    }

    /** Ends it without a word. */
    void kill(String id) throws IOException, InterruptedException {
        down.add(id);
        Optional<ProcessHandle> process = process(id);
        if (process.isPresent()) {
            process.get().destroyForcibly();
            for (int waited = 0; process(id).isPresent() && waited < END_MILLIS; waited += 10) {
                TimeUnit.MILLISECONDS.sleep(10);
            }
        }
    }

    /** Without a living replica {@code maftia up} gives up, and what it stops then must not be what was just started. */
    void awaitEndOfUp() throws IOException, InterruptedException {
        Process process = up;
        if (process != null && !process.waitFor(STOP_SECONDS, TimeUnit.SECONDS)) {
            throw new IOException("'maftia up' runs on without a replica");
        }
    }

    /** Whether a replica has ended although nobody killed it. */
    boolean hasEnded(String id) throws IOException {
        return !down.contains(id) && process(id).isEmpty();
    }

    /** What follows may end it: nobody should wonder. */
    void expectEnd(String id) {
        down.add(id);
    }

    /** Starts it again, if it does not live, and returns when it answers. */
    void start(String id) throws IOException, InterruptedException {
        if (process(id).isEmpty()) {
            Process starting = launch(id);
            String said = new String(starting.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
            if (starting.waitFor() != 0) {
                throw new IOException(id + " could not be started again: " + said);
            }
        }
        down.remove(id);
    }

    private Process launch(String id) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(
                        program.toString(), "start", "--dir", directory.root().toString(), id)
                .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
                .redirectErrorStream(true);
        ground.launcher().ifPresent(launcher -> builder.environment().put("MAFTIA_LAUNCHER", launcher.toString()));
        return builder.start();
    }

    /** Sends a signal by its name, such as STOP. */
    void signal(String id, String name) throws IOException, InterruptedException {
        Optional<ProcessHandle> process = process(id);
        if (process.isPresent()) {
            Tool.run("kill", "-" + name, Long.toString(process.get().pid()));
        }
    }

    /** Removes everything from the data directory of a replica that does not run. */
    void loseData(String id) throws IOException {
        Path data = directory.data(id);
        try (Stream<Path> files = Files.walk(data)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                if (!file.equals(data)) {
                    Files.delete(file);
                }
            }
        }
    }

    /** Bytes of its journal. */
    long dataBytes(String id) {
        return bytes(directory.data(id).toFile());
    }

    /** A file that is removed between two calls has no bytes any more: that is what the system answers. */
    private static long bytes(File file) {
        File[] children = file.listFiles();
        return children == null
                ? file.length()
                : Stream.of(children).mapToLong(TestedCluster::bytes).sum();
    }

    /** Lines of the replicas' logs in which somebody is blamed: those of replicas killed since are there too. */
    List<String> blamesInLogs() throws IOException {
        Set<String> lines = new TreeSet<>();
        for (String id : ids()) {
            try (Stream<Path> files = Files.list(directory.log(id))) {
                for (Path file : files.toList()) {
                    Files.readAllLines(file, StandardCharsets.UTF_8).stream()
                            .filter(line -> line.contains(" blames "))
                            .forEach(lines::add);
                }
            }
        }
        return List.copyOf(lines);
    }

    /** Errors and warnings of a replica's log, the last ones. */
    String lastTrouble(String id) throws IOException {
        Path log = directory.log(id).resolve("replica.log");
        List<String> lines = new ArrayList<>();
        if (Files.exists(log)) {
            lines.addAll(Files.readAllLines(log, StandardCharsets.UTF_8));
        }
        return lines.isEmpty() ? "it left no word" : lines.getLast();
    }

    /** What a client must know of the group. */
    GroupClientSetup clientSetup() throws IOException, ClusterException, ConfigurationException {
        ClientKeys keys = ClientKeys.load(directory.client());
        List<GroupClientSetup.Endpoint> replicas = new ArrayList<>();
        List<Endpoints.Replica> announced = cluster().endpoints().replicas();
        for (int i = 0; i < announced.size(); i++) {
            String address = announced.get(i).client();
            int colon = address.lastIndexOf(':');
            replicas.add(new GroupClientSetup.Endpoint(
                    new InetSocketAddress(address.substring(0, colon), Integer.parseInt(address.substring(colon + 1))),
                    keys.group().enrolments().get(i).linkCertificate()));
        }
        return new GroupClientSetup(
                ReplicaHost.charter(cluster().configuration(), keys.group()),
                Limits.DEFAULT,
                replicas,
                new TlsIdentity(keys.key(), keys.certificate()),
                REQUEST_MICROS_MAX,
                Optional.empty(),
                new TreeSet<>(Set.of(Register.NAME)));
    }

    /** Wakes whoever sleeps, and stops all. May be called again. */
    @Override
    public synchronized void close() {
        Process process = up;
        up = null;
        if (process == null) {
            return;
        }
        try {
            if (ground.disks().isPresent()) {
                ground.disks().get().thawAll();
            }
            if (cluster != null) {
                for (String id : ids()) {
                    signal(id, "CONT");
                }
            }
        } catch (IOException e) {
            System.err.println("endurance: " + e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        try {
            if (cluster != null) {
                cluster.stopAll(); // also replicas that outlived 'maftia up'
            }
            process.destroy();
            if (!process.waitFor(STOP_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
            if (ground.disks().isPresent() && cluster != null) {
                ground.disks().get().unmount(ids());
            }
        } catch (IOException e) {
            System.err.println("endurance: " + e.getMessage());
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
