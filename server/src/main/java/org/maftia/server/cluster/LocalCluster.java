package org.maftia.server.cluster;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.maftia.core.trust.FaultStructure;
import org.maftia.server.component.ComponentPlace;
import org.maftia.server.configuration.Configuration;
import org.maftia.server.configuration.ConfigurationException;
import org.maftia.server.configuration.Overrides;
import org.maftia.server.host.Services;
import org.maftia.server.http.ReplicaStatus;

/** A cluster in its directory, whether it runs or not: the actions that commands share. */
public final class LocalCluster {
    /** A replica with a full journal on a busy machine starts within this time. */
    private static final int START_TIMEOUT_MILLIS = 240_000;

    private static final int POLL_MILLIS = 150;

    /** With members that do not come a group waits a minute before it goes on without them. */
    private static final int MADE_TIMEOUT_MILLIS = 30_000;

    /** Patience with a replica whose loop is busy. */
    private static final int STATUS_TIMEOUT_MILLIS = 2_000;

    /** Time to close the journal, and for trusted components to end, nine of them on two cores; then it is killed. */
    private static final int STOP_TIMEOUT_MILLIS = 15_000;

    /** The root certificate, as the ceremony leaves it; relative to the directory. */
    private static final String CA_FILE = "ceremony/ca.pem";

    private final ClusterDirectory directory;
    private final Configuration configuration;
    private final Overrides overrides;
    private final FaultStructure trust;
    private final SecureHttp http;

    private LocalCluster(
            ClusterDirectory directory, Configuration configuration, Overrides overrides, FaultStructure trust)
            throws IOException {
        this.directory = directory;
        this.configuration = configuration;
        this.overrides = overrides;
        this.trust = trust;
        if (!Files.exists(caCertificate())) {
            throw new IOException("there is no root certificate " + caCertificate()
                    + "; it is ca.pem of the ceremony, and 'maftia key install' puts it there");
        }
        this.http = SecureHttp.trusting(caCertificate());
    }

    /** A cluster as it was started last: with the values of {@code --set} that it runs with. */
    public static LocalCluster open(ClusterDirectory directory) throws IOException, ConfigurationException {
        List<String> arguments =
                Files.exists(directory.overridesFile()) ? Files.readAllLines(directory.overridesFile()) : List.of();
        return open(directory, Overrides.parse(arguments));
    }

    static LocalCluster open(ClusterDirectory directory, Overrides overrides)
            throws IOException, ConfigurationException {
        Configuration configuration = Configuration.read(directory.groupFile(), overrides);
        return new LocalCluster(directory, configuration, overrides, configuration.faultStructure());
    }

    /** The root certificate that the cluster's clients trust, in PEM. */
    public Path caCertificate() {
        return directory.root().resolve(CA_FILE);
    }

    public ClusterDirectory directory() {
        return directory;
    }

    public Configuration configuration() {
        return configuration;
    }

    public FaultStructure trust() {
        return trust;
    }

    public SecureHttp http() {
        return http;
    }

    /** What can be had from the replicas now. */
    public ClusterStatus status() throws InterruptedException {
        return ClusterStatus.of(configuration, trust, answers());
    }

    /** What each replica says of itself, by its id; nothing for one that does not answer. */
    public SortedMap<String, ReplicaStatus> answers() throws InterruptedException {
        return ClusterStatus.ask(configuration, http, STATUS_TIMEOUT_MILLIS);
    }

    /** The same cluster as another configuration describes it. */
    LocalCluster with(Configuration other) throws IOException, ConfigurationException {
        return new LocalCluster(directory, other, overrides, other.faultStructure());
    }

    /** The cluster as its file describes it now: the group may have gone on to another configuration. */
    public LocalCluster refreshed() throws IOException, ConfigurationException {
        Configuration now = Configuration.read(directory.groupFile(), Overrides.none());
        return now.ordinal().equals(configuration.ordinal()) ? this : open(directory);
    }

    /** Whether all replicas run in the process of {@code maftia up}. */
    boolean runsInProcess() throws IOException {
        Optional<ProcessHandle> up = upProcess();
        return up.isPresent() && isInProcess(up.get());
    }

    /** The process of a replica, if it lives. */
    public Optional<ProcessHandle> process(String id) throws IOException {
        return PidFile.read(directory.pidFile(id));
    }

    /** The process of {@code maftia up}, if it lives. */
    public Optional<ProcessHandle> upProcess() throws IOException {
        return PidFile.read(directory.upPidFile());
    }

    Process launch(String id, ReplicaProcess.Life life) throws IOException {
        return ReplicaProcess.start(
                directory,
                id,
                overrides.arguments(),
                life,
                configuration.replicas().size());
    }

    /** Whether the gateway of a replica answers and the replica takes part. */
    boolean isReady(String id) {
        var replica = configuration.replicas().get(configuration.indexOf(id).orElseThrow());
        try {
            return http.get(replica.httpsAddress() + "/ready", STATUS_TIMEOUT_MILLIS)
                            .status()
                    == 200;
        } catch (IOException e) {
            return false; // not yet
        }
    }

    /** Whether the gateway of a replica answers at all. */
    boolean answers(String id) {
        var replica = configuration.replicas().get(configuration.indexOf(id).orElseThrow());
        try {
            http.get(replica.httpsAddress() + "/health", STATUS_TIMEOUT_MILLIS);
            return true;
        } catch (IOException e) {
            return false; // not yet
        }
    }

    /**
     * Starts one replica, on its own, and gives its process. When it returns, its gateway answers and its process stands
     * in {@code endpoints.json}.
     */
    public ProcessHandle start(String id) throws IOException, InterruptedException, ClusterException {
        Optional<ProcessHandle> living = process(id);
        if (living.isPresent()) {
            throw new ClusterException(
                    id + " runs already, as process " + living.get().pid(),
                    "'maftia status' shows how it is; 'maftia down' stops all");
        }
        if (runsInProcess()) {
            throw new ClusterException(
                    id + " runs in the process of 'maftia up', with all others",
                    "without --in-process each replica has a process that can be started again");
        }
        Process process = launch(id, ReplicaProcess.Life.OF_ITS_OWN);
        long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(START_TIMEOUT_MILLIS);
        while (!(process(id).filter(own -> own.pid() == process.pid()).isPresent() && answers(id))) {
            if (!process.isAlive()) {
                throw ended(id);
            }
            if (System.nanoTime() > deadline) {
                process.destroyForcibly();
                throw new ClusterException(id + " does not answer", "its log is in " + directory.log(id));
            }
            Thread.sleep(POLL_MILLIS);
        }
        announce(id, process.pid());
        return process.toHandle();
    }

    private boolean isInProcess(ProcessHandle up) throws IOException {
        return Endpoints.read(directory.endpointsFile()).stream()
                .flatMap(endpoints -> endpoints.replicas().stream())
                .anyMatch(replica -> replica.pid() == up.pid());
    }

    ClusterException ended(String id) {
        return new ClusterException(
                id + " ended before it was ready: " + ReplicaProcess.lastWords(directory, id),
                "its log is in " + directory.log(id));
    }

    /** Puts a new process of a replica into {@code endpoints.json}, if the cluster is up. */
    void announce(String id, long pid) throws IOException {
        try (FileChannel channel = FileChannel.open(
                        directory.root().resolve("endpoints.lock"),
                        StandardOpenOption.CREATE,
                        StandardOpenOption.WRITE);
                FileLock lock = channel.lock()) {
            Optional<Endpoints> endpoints = Endpoints.read(directory.endpointsFile());
            if (endpoints.isPresent() && lock.isValid()) {
                endpoints.get().withPid(id, pid).write(directory.endpointsFile());
            }
        }
    }

    /** Asks a replica to stop and waits; kills it where it does not. */
    public boolean stop(String id) throws IOException, InterruptedException {
        Optional<ProcessHandle> living = process(id);
        if (living.isPresent()) {
            stop(List.of(living.get()));
        }
        Files.deleteIfExists(directory.pidFile(id));
        new ComponentPlace(directory.component(id)).end(); // where the replica did not come to it
        return living.isPresent();
    }

    /** Stops {@code up}, if it runs, and every replica that still does; gives their number. */
    public int stopAll() throws IOException, InterruptedException {
        Optional<ProcessHandle> up = upProcess();
        List<ProcessHandle> processes = replicaProcesses();
        int count = up.isPresent() && isInProcess(up.get())
                ? configuration.replicas().size()
                : processes.size();
        Files.deleteIfExists(directory.endpointsFile());
        if (up.isPresent() && up.get().pid() != ProcessHandle.current().pid()) {
            stop(List.of(up.get())); // it stops its own
            processes = replicaProcesses();
        }
        stop(processes);
        for (var replica : configuration.replicas()) {
            Files.deleteIfExists(directory.pidFile(replica.id()));
            new ComponentPlace(directory.component(replica.id())).end();
        }
        Files.deleteIfExists(directory.upPidFile());
        return count;
    }

    private List<ProcessHandle> replicaProcesses() throws IOException {
        List<ProcessHandle> processes = new ArrayList<>();
        for (var replica : configuration.replicas()) {
            process(replica.id()).ifPresent(processes::add);
        }
        return processes;
    }

    private static void stop(List<ProcessHandle> processes) throws InterruptedException {
        processes.forEach(ProcessHandle::destroy);
        long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(STOP_TIMEOUT_MILLIS);
        for (ProcessHandle process : processes) {
            while (process.isAlive() && System.nanoTime() < deadline) {
                Thread.sleep(POLL_MILLIS / 5);
            }
            if (process.isAlive()) {
                process.destroyForcibly();
            }
        }
    }

    /**
     * Where the gateways are: what {@code up} says while it runs, and where no {@code up} ever made the directory, what
     * the configuration says.
     *
     * @throws ClusterException when the cluster is one of {@code up} and is not up
     */
    public Endpoints endpoints() throws IOException, ClusterException {
        Optional<Endpoints> announced = Endpoints.read(directory.endpointsFile());
        if (announced.isEmpty() && Files.exists(directory.overridesFile())) {
            throw new ClusterException(
                    "the cluster in " + directory.root() + " is not up",
                    "'maftia up " + DirectoryArgument.of(directory).strip() + "' starts it");
        }
        return announced.orElseGet(() -> endpoints(Services.paths(), new TreeMap<>()));
    }

    /** What clients need to know, with the processes as they are now. */
    Endpoints endpoints(SortedMap<String, String> services, SortedMap<String, Long> pids) {
        List<Endpoints.Replica> replicas = configuration.replicas().stream()
                .map(replica -> new Endpoints.Replica(
                        replica.id(),
                        replica.attributes(),
                        pids.getOrDefault(replica.id(), 0L),
                        replica.httpsAddress(),
                        replica.httpAddress(),
                        replica.host() + ":" + replica.client()))
                .toList();
        return new Endpoints(configuration.group(), replicas, CA_FILE, services);
    }

    /** Waits until the gateway of every replica answers and takes part, or one of the processes has ended. */
    void awaitReady(List<String> ids, List<Process> processes) throws InterruptedException, ClusterException {
        long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(START_TIMEOUT_MILLIS);
        List<String> missing = new ArrayList<>(ids);
        while (!missing.isEmpty()) {
            for (int i = 0; i < processes.size(); i++) {
                if (!processes.get(i).isAlive()) {
                    throw ended(ids.get(i));
                }
            }
            if (System.nanoTime() > deadline) {
                throw new ClusterException(
                        String.join(", ", missing) + " did not get ready",
                        "logs are in " + directory.root() + "/*/log");
            }
            missing.removeIf(this::isReady);
            if (!missing.isEmpty()) {
                Thread.sleep(POLL_MILLIS);
            }
        }
        awaitMadeKeys(ids);
    }

    /**
     * A new group makes keys for itself, which takes it some ten slots: who starts it waits for that, so that whoever then asks
     * for a value of the beacon, or for a certificate, gets one. Should it take longer, the gateways say so.
     */
    private void awaitMadeKeys(List<String> ids) throws InterruptedException {
        long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(MADE_TIMEOUT_MILLIS);
        while (!ids.stream().allMatch(this::knowsMadeKeys) && System.nanoTime() < deadline) {
            Thread.sleep(POLL_MILLIS);
        }
    }

    private boolean knowsMadeKeys(String id) {
        var replica = configuration.replicas().get(configuration.indexOf(id).orElseThrow());
        try {
            for (String info : List.of("/beacon/info", "/oprf/info")) {
                if (http.get(replica.httpsAddress() + info, STATUS_TIMEOUT_MILLIS)
                                .status()
                        == 503) {
                    return false;
                }
            }
            String status = http.get(replica.httpsAddress() + "/status", STATUS_TIMEOUT_MILLIS)
                    .text();
            return ReplicaStatus.parse(status).keys().stream().noneMatch(key -> key.epoch() < 0);
        } catch (IOException e) {
            return false; // not yet
        }
    }
}
