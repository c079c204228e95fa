package org.maftia.server.cluster;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.maftia.core.crypto.ModularPower;
import org.maftia.core.replica.Reconfiguration;
import org.maftia.server.ceremony.AuthorityNames;
import org.maftia.server.ceremony.Ceremony;
import org.maftia.server.ceremony.CeremonyPlan;
import org.maftia.server.ceremony.ClientKeys;
import org.maftia.server.ceremony.ComponentIdentity;
import org.maftia.server.ceremony.Enrolment;
import org.maftia.server.ceremony.GroupTranscript;
import org.maftia.server.ceremony.LocalCeremony;
import org.maftia.server.ceremony.OfficerKeys;
import org.maftia.server.ceremony.Progress;
import org.maftia.server.ceremony.ServiceKey;
import org.maftia.server.ceremony.Unlock;
import org.maftia.server.component.ComponentPlace;
import org.maftia.server.configuration.ClientEntry;
import org.maftia.server.configuration.Configuration;
import org.maftia.server.configuration.ConfigurationException;
import org.maftia.server.configuration.GroupFile;
import org.maftia.server.configuration.Overrides;
import org.maftia.server.configuration.ReplicaEntry;
import org.maftia.server.crypto.ModularPowers;
import org.maftia.server.host.Services;
import org.maftia.server.http.ReplicaStatus;
import org.maftia.server.succession.GroupDesk;
import org.maftia.server.succession.KeyFolders;
import org.maftia.server.succession.Known;
import org.maftia.server.succession.Preparation;
import org.maftia.server.succession.Wish;

/**
 * Takes a running cluster of this machine to its next configuration: all steps that the operators and officers of a real
 * group do at their own places, one after the other, while the cluster goes on.
 */
public final class LocalSuccession {
    private static final int POLL_MILLIS = 250;

    /** Keys that the running replicas do not take up in this time they do not find at all. */
    private static final int INSTALLED_SECONDS_MAX = 60;

    /** From the wish to the proof that the next configuration has begun. */
    private static final int SETTLED_SECONDS_MAX = 120;

    /** Until all members of the next configuration, newcomers too, hold its state and take part. */
    private static final int READY_SECONDS_MAX = 120;

    /** An attempt of a group of which some members are away lasts a minute or a little more, see {@code keys.patienceSeconds}. */
    private static final int SHARED_SECONDS_MAX = 400;

    private static final int SHARED_POLL_MILLIS = 2_000;

    private final LocalCluster cluster;
    private final ClusterDirectory directory;
    private final Known present;
    private final Progress progress;
    private final ModularPower power = ModularPowers.fastest(SystemEntropy.INSTANCE);
    private final Unlock unlock = new Unlock.KeyFile();

    private LocalSuccession(LocalCluster cluster, Known present, Progress progress) {
        this.cluster = cluster;
        this.directory = cluster.directory();
        this.present = present;
        this.progress = progress;
    }

    /**
     * Opens a cluster that {@code up} made and runs.
     *
     * @throws ClusterException when it does not run, or all its replicas are one process
     */
    public static LocalSuccession of(LocalCluster cluster, Progress progress) throws IOException, ClusterException {
        ClusterDirectory directory = cluster.directory();
        int number = cluster.configuration().ordinal().number();
        if (!Files.exists(directory.ceremony(number).resolve(GroupTranscript.FILE))
                || !Files.isDirectory(directory.officers())) {
            throw new ClusterException(
                    "the cluster in " + directory.root() + " was not made by 'maftia up'",
                    "docs/reconfiguration.md tells the steps for a group on several hosts");
        }
        if (cluster.runsInProcess()) {
            throw new ClusterException(
                    "all replicas run in the process of 'maftia up'",
                    "without --in-process each replica has a process, and newcomers can have theirs");
        }
        Known present = Known.of(GroupTranscript.read(directory.ceremony(number).resolve(GroupTranscript.FILE)));
        return new LocalSuccession(cluster, present, progress);
    }

    /** Names of replicas whose directories are there, members or not. */
    public List<String> usedIds() throws IOException {
        List<String> used = new ArrayList<>();
        try (Stream<Path> all = Files.list(directory.root())) {
            all.filter(Files::isDirectory)
                    .forEach(path -> used.add(path.getFileName().toString()));
        }
        return used;
    }

    /** The present configuration. */
    public Configuration description() {
        return present.description();
    }

    /**
     * The present configuration, to be changed. What is wrong with a change is said of the file in which operators find it: that
     * of the group, where it says the same as the ceremony was told, or else the transcript, which holds the text.
     */
    public Configuration editable() throws IOException, ConfigurationException {
        String told = present.group().description();
        Path file = directory.groupFile();
        boolean same = Files.exists(file) && Files.readString(file).equals(told);
        Path transcript = directory.ceremony(Math.toIntExact(present.number())).resolve(GroupTranscript.FILE);
        String name = same ? file.toString() : transcript + ", \"description\"";
        return Configuration.parse(name, told, Overrides.none());
    }

    /**
     * Goes all the way; the cluster is served by the next configuration when it returns.
     *
     * @param edited what the next configuration is to be; its seats do not count
     * @return it
     */
    public Known perform(Configuration edited)
            throws IOException, InterruptedException, ConfigurationException, ClusterException {
        Preparation preparation = Preparation.of(present, FreePorts.fill(edited));
        Configuration next = preparation.next();
        progress.step("configuration " + next.ordinal().number() + ":");
        preparation.changes().forEach(change -> progress.step("  " + change));
        requireAlive();
        List<String> newcomers = new ArrayList<>();
        for (ReplicaEntry entry : next.replicas()) {
            if (description().indexOf(entry.id()).isEmpty()) {
                requireUnused(entry.id());
                newcomers.add(entry.id());
            }
        }
        Known known = deal(next);
        LocalCluster following = cluster.with(next);
        startNewcomers(following, newcomers);
        awaitInstalled(known);
        GroupDesk desk = new GroupDesk(
                cluster.http(),
                description().replicas().stream()
                        .map(ReplicaEntry::httpsAddress)
                        .toList());
        Reconfiguration wish = sign(known);
        progress.step("the officers' wish is handed in: " + submit(desk, wish));
        awaitCertificate(desk, known);
        settle(following, known);
        awaitReady(following, known);
        return known;
    }

    /** Where keys go on from the last change, and are still being shared anew since, the group takes the wish after that. */
    private String submit(GroupDesk desk, Reconfiguration wish) throws InterruptedException, ClusterException {
        long deadline = deadline(SHARED_SECONDS_MAX);
        boolean told = false;
        while (true) {
            try {
                return desk.submit(wish);
            } catch (ClusterException e) {
                boolean early = String.valueOf(e.getMessage()).contains(Reconfiguration.CANNOT_GO_ON);
                if (!early || System.nanoTime() > deadline) {
                    throw e;
                }
                if (!told) {
                    progress.step("the group still shares its keys anew since the last change");
                    told = true;
                }
                Thread.sleep(SHARED_POLL_MILLIS);
            }
        }
    }

    /** The certified keys of the present configuration. */
    public List<ServiceKey> keys() {
        return present.group().keys();
    }

    /**
     * Destroys the keys of configurations that are over, as soon as the replicas need them no more.
     *
     * @return those of the present members that are down, or need them still when patience ends
     */
    public List<String> destroyOld() throws IOException, InterruptedException, ConfigurationException {
        LocalCluster now = cluster.refreshed();
        TreeSet<String> waiting = new TreeSet<>(present.group().ids());
        long deadline = deadline(READY_SECONDS_MAX);
        while (!waiting.isEmpty() && System.nanoTime() < deadline) {
            for (Map.Entry<String, List<String>> retired : retired(now).entrySet()) {
                String id = retired.getKey();
                List<Path> folders = retired.getValue().stream()
                        .map(Path::of)
                        .filter(folder -> folder.startsWith(directory.keys(id)))
                        .toList();
                KeyFolders.destroy(folders, unlock);
                folders.forEach(folder -> progress.step("destroyed the keys in " + folder));
                waiting.remove(id);
            }
            for (String id : List.copyOf(waiting)) {
                if (cluster.process(id).isEmpty()) {
                    waiting.remove(id); // it will follow, and its operator can destroy them then
                }
            }
            if (!waiting.isEmpty()) {
                Thread.sleep(POLL_MILLIS);
            }
        }
        return holders();
    }

    /** Whose keys of the configuration that ended are still there. */
    private List<String> holders() throws IOException {
        List<String> holders = new ArrayList<>();
        for (String id : present.group().ids()) {
            for (Path folder : KeyFolders.all(directory.keys(id))) {
                boolean old = GroupTranscript.read(folder.resolve(GroupTranscript.FILE))
                        .digest()
                        .equals(present.group().digest());
                if (old && KeyFolders.holdsSecrets(folder)) {
                    holders.add(id);
                }
            }
        }
        return holders;
    }

    /** Those who are away take no part in this; a quorum must. */
    private void requireAlive() throws InterruptedException, ClusterException {
        SortedMap<String, ReplicaStatus> answers = cluster.answers();
        if (answers.isEmpty()) {
            throw new ClusterException(
                    "the cluster in " + directory.root() + " is not up",
                    "'maftia up " + DirectoryArgument.of(directory).strip() + "' starts it");
        }
        for (ReplicaEntry entry : description().replicas()) {
            if (!answers.containsKey(entry.id())) {
                progress.step(entry.id() + " does not answer: it will follow when it is started again");
            }
        }
    }

    private void requireUnused(String id) throws ClusterException {
        if (Files.exists(directory.replica(id))) {
            throw new ClusterException(
                    directory.replica(id) + " is there already: it holds keys of an earlier member",
                    "give the newcomer another id, or remove that directory");
        }
    }

    /** New keys for all: enrolment, ceremony, installation. */
    private Known deal(Configuration next) throws IOException, ConfigurationException {
        List<Enrolment> enrolments = new ArrayList<>();
        for (ReplicaEntry entry : next.replicas()) {
            String id = entry.id();
            Path keys = directory.keys(id);
            List<String> hosts = LocalCeremony.names(entry.host());
            if (description().indexOf(id).isPresent()) {
                Trees.delete(KeyFolders.next(keys)); // of a change that was broken off
                enrolments.add(Enrolment.renew(KeyFolders.newest(keys), KeyFolders.next(keys), hosts, unlock));
            } else {
                progress.step("enrolling " + id);
                Optional<ComponentIdentity> component = next.trust().isHybrid()
                        ? Optional.of(ComponentIdentity.enrol(new ComponentPlace(directory.component(id)).state()))
                        : Optional.empty();
                enrolments.add(Enrolment.create(keys, id, hosts, unlock, component));
            }
        }
        Path results = directory.ceremony(next.ordinal().number());
        Trees.delete(results);
        CeremonyPlan plan = new CeremonyPlan(
                next.group(),
                present.group().id(),
                next.faultStructure(),
                enrolments,
                List.of(),
                next.settings().rsa().bits(),
                GroupFile.text(next),
                Optional.of(new CeremonyPlan.Predecessor(
                        present.group(),
                        directory.ceremony(Math.toIntExact(present.number())),
                        next.clients().stream().map(ClientEntry::name).toList(),
                        true)),
                next.settings().signing().dealt(),
                AuthorityNames.of(next.settings().authority()));
        GroupTranscript group = Ceremony.perform(plan, results, unlock, power, progress);
        for (String id : group.ids()) {
            progress.step("installing the shares of " + id);
            KeyFolders.install(
                    directory.keys(id),
                    group,
                    Optional.of(present.group()),
                    results.resolve(id + ".shares"),
                    unlock,
                    power);
        }
        return Known.of(group);
    }

    private void startNewcomers(LocalCluster following, List<String> newcomers)
            throws IOException, InterruptedException, ClusterException {
        for (String id : newcomers) {
            ProcessHandle process = following.start(id);
            progress.step(id + " runs, as process " + process.pid());
        }
    }

    /** All that answer must have found their keys: the more are ready, the fewer must fetch the state later. */
    private void awaitInstalled(Known known) throws InterruptedException, ClusterException {
        String digest = known.configuration().digest().toString();
        long deadline = deadline(INSTALLED_SECONDS_MAX);
        while (true) {
            List<String> missing = new ArrayList<>();
            cluster.answers().forEach((id, status) -> {
                boolean member = known.group().ids().contains(id);
                if (member && !status.standing().installed().contains(digest)) {
                    missing.add(id);
                }
            });
            if (missing.isEmpty()) {
                return;
            }
            if (System.nanoTime() > deadline) {
                throw new ClusterException(
                        String.join(", ", missing) + " did not take up the new keys",
                        "nothing has changed yet; the reason is in the log of that replica");
            }
            Thread.sleep(POLL_MILLIS);
        }
    }

    /** With the keys of all officers that lie here. */
    private Reconfiguration sign(Known known) throws IOException {
        Wish wish = new Wish(present, known, System.currentTimeMillis());
        List<String> lines = new ArrayList<>();
        List<String> names = new ArrayList<>();
        try (Stream<Path> all = Files.list(directory.officers())) {
            for (Path officer : all.sorted().toList()) {
                OfficerKeys.Signed signed = OfficerKeys.sign(officer, wish.digest(), unlock);
                names.add(wish.officer(signed));
                lines.add(wish.line(signed));
            }
        }
        Reconfiguration signed = wish.signed(lines);
        progress.step("signed by " + String.join(", ", names));
        return signed;
    }

    /** The proof is the group's: the word of no replica counts here. */
    private void awaitCertificate(GroupDesk desk, Known known) throws InterruptedException, ClusterException {
        long deadline = deadline(SETTLED_SECONDS_MAX);
        TreeSet<String> told = new TreeSet<>();
        while (true) {
            Optional<GroupDesk.Followed> followed = desk.after(present);
            if (followed.isPresent()) {
                if (!followed.get().known().configuration().equals(known.configuration())) {
                    throw new ClusterException(
                            "the group went on to another configuration than this one",
                            "somebody else changed it: see 'maftia reconfigure status'");
                }
                progress.step("slot " + followed.get().step().certificate().lastSlot()
                        + " was the last one of configuration " + present.number() + ", as a quorum of it certifies");
                return;
            }
            for (ReplicaStatus status : cluster.answers().values()) {
                for (String id : status.standing().ready()) {
                    if (told.add(id)) {
                        progress.step(id + " is ready");
                    }
                }
            }
            if (System.nanoTime() > deadline) {
                throw new ClusterException(
                        "too few members of the next configuration are ready",
                        "the present one goes on; start those that are down, and see 'maftia reconfigure status'");
            }
            Thread.sleep(POLL_MILLIS);
        }
    }

    /** From here on the files say what the group is now. */
    private void settle(LocalCluster following, Known known) throws IOException, InterruptedException {
        DurableText.replace(directory.groupFile(), GroupFile.text(known.description()));
        ClientKeys.install(directory.client(), known.group(), unlock);
        for (ReplicaEntry entry : description().replicas()) {
            if (known.description().indexOf(entry.id()).isEmpty() && cluster.stop(entry.id())) {
                progress.step(entry.id() + " is stopped; " + directory.replica(entry.id()) + " can be deleted");
            }
        }
        SortedMap<String, Long> pids = new TreeMap<>();
        for (ReplicaEntry entry : known.description().replicas()) {
            @Nullable ProcessHandle process = following.process(entry.id()).orElse(null);
            pids.put(entry.id(), process == null ? 0 : process.pid());
        }
        if (Files.exists(directory.endpointsFile())) {
            following.endpoints(Services.paths(), pids).write(directory.endpointsFile());
        }
    }

    private void awaitReady(LocalCluster following, Known known) throws InterruptedException, ClusterException {
        long deadline = deadline(READY_SECONDS_MAX);
        while (true) {
            List<String> waiting = new ArrayList<>();
            following.answers().forEach((id, status) -> {
                if (status.standing().number() < known.number() || !status.ready()) {
                    waiting.add(id);
                }
            });
            if (waiting.isEmpty()) {
                return;
            }
            if (System.nanoTime() > deadline) {
                throw new ClusterException(
                        String.join(", ", waiting) + " did not come to the new configuration in time",
                        "the group serves it all the same; the reason is in the log of that replica");
            }
            Thread.sleep(POLL_MILLIS);
        }
    }

    private static long deadline(int seconds) {
        return System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
    }

    /** Directories that hold keys of configurations which are over, by replica, as the replicas say. */
    public static SortedMap<String, List<String>> retired(LocalCluster cluster) throws InterruptedException {
        SortedMap<String, List<String>> retired = new TreeMap<>();
        cluster.answers().forEach((id, status) -> {
            if (!status.standing().retired().isEmpty()) {
                retired.put(id, status.standing().retired());
            }
        });
        return retired;
    }
}
