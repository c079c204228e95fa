package org.maftia.bench.endurance;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.maftia.core.trust.FaultStructure;
import org.maftia.core.trust.ReplicaSet;
import org.maftia.server.cluster.ClusterStatus;

/**
 * Does one fault after another, as its seed says. What may make a replica faulty for longer than it lasts (a lost journal,
 * a full disk) is done to fault sets only, and the next fault begins when all are well again: so at any time the group has
 * what it was promised to survive, or will have it when those who only sleep are woken.
 *
 * <p>One replica, the witness, is never killed before the end, so that its memory can be judged over the whole run.
 */
final class Nemesis {
    private static final int POLL_MILLIS = 250;
    private static final int KILOBITS_MIN = 200;
    private static final int KILOBITS_SPREAD = 1_800;

    private final TestedCluster cluster;
    private final Ground ground;
    private final History clock;
    private final Findings findings;
    private final List<FaultKind> kinds;
    private final long patienceMicros;
    private final Random random;
    private final FaultStructure trust;
    private final List<String> ids;
    private final int witness;
    private final List<FaultKind> deck = new ArrayList<>();
    private final List<Episode> episodes = Collections.synchronizedList(new ArrayList<>());
    private volatile String present = "";

    /**
     * @param kinds what may be drawn; each as often as it stands there
     * @param patienceMicros in which all must be well again after a fault
     */
    Nemesis(
            TestedCluster cluster,
            Ground ground,
            History clock,
            Findings findings,
            List<FaultKind> kinds,
            long patienceMicros,
            long seed) {
        this.cluster = cluster;
        this.ground = ground;
        this.clock = clock;
        this.findings = findings;
        this.kinds = List.copyOf(kinds);
        this.patienceMicros = patienceMicros;
        this.random = new Random(seed);
        this.trust = cluster.trust();
        this.ids = cluster.ids();
        this.witness = random.nextInt(ids.size());
    }

    String witness() {
        return ids.get(witness);
    }

    List<Episode> episodes() {
        synchronized (episodes) {
            return List.copyOf(episodes);
        }
    }

    /** What is being done now, for whoever watches. */
    String present() {
        return present;
    }

    /** Does faults until the time has come; false when a replica did not get well after one. */
    boolean run(long untilMicros) throws InterruptedException {
        while (clock.nowMicros() < untilMicros) {
            pause(1_000 + random.nextInt(4_000));
            if (deck.isEmpty()) {
                deck.addAll(kinds);
                Collections.shuffle(deck, random);
            }
            if (!episode(deck.removeLast())) {
                return false;
            }
        }
        return true;
    }

    /** Does one fault, and waits until all are well; false when they do not get so in time. */
    boolean episode(FaultKind kind) throws InterruptedException {
        long begin = clock.nowMicros();
        try {
            String detail = commit(kind);
            long end = clock.nowMicros();
            present = "after " + detail;
            boolean well = awaitWell(end);
            episodes.add(new Episode(kind, detail, begin, end, clock.nowMicros()));
            present = "";
            return well;
        } catch (IOException e) {
            findings.add(present + ": " + e.getMessage() + (e.getCause() == null ? "" : ": " + e.getCause()));
            return false;
        }
    }

    private String commit(FaultKind kind) throws IOException, InterruptedException {
        return switch (kind) {
            case KILL -> kill(kind, victims(true), random.nextInt(10_000));
            case KILL_MOST -> kill(kind, trust.all().without(witness), random.nextInt(3_000));
            case KILL_ALL -> kill(kind, trust.all(), random.nextInt(3_000));
            case PAUSE -> sleep(kind, victims(false), 1_000 + random.nextInt(14_000));
            case PAUSE_ANY -> sleep(kind, part(), 500 + random.nextInt(5_000));
            case LOSE_DATA -> loseData(victims(true));
            case FULL_DISK -> fillDisk(victims(true), 5_000 + random.nextInt(10_000));
            case SLOW_DISK -> stutter(victims(false), 5_000 + random.nextInt(10_000));
            case CUT -> cut(kind, victims(false), true, true, 2_000 + random.nextInt(14_000));
            case CUT_ONE_WAY -> {
                boolean deaf = random.nextBoolean();
                yield cut(kind, victims(false), !deaf, deaf, 2_000 + random.nextInt(14_000));
            }
            case SPLIT -> cut(kind, part(), true, true, 1_000 + random.nextInt(9_000));
            case NARROW -> narrow(victims(false), 5_000 + random.nextInt(10_000));
        };
    }

    /** A largest fault set; the leader is in it half of the times, if it may. */
    private ReplicaSet victims(boolean killed) throws InterruptedException {
        List<Integer> order = new ArrayList<>(trust.all().toList());
        Collections.shuffle(order, random);
        if (random.nextBoolean()) {
            Integer leader = leader();
            if (order.remove(leader)) {
                order.addFirst(leader);
            }
        }
        ReplicaSet set = ReplicaSet.EMPTY;
        for (int replica : order) {
            if (trust.isFaultSet(set.with(replica)) && !(killed && replica == witness)) {
                set = set.with(replica);
            }
        }
        return set;
    }

    private Integer leader() throws InterruptedException {
        for (ClusterStatus.Entry entry : cluster.status().replicas()) {
            if (entry.role().equals("leader")) {
                return ids.indexOf(entry.id());
            }
        }
        return -1;
    }

    /** Any replicas, but not none; for {@link FaultKind#SPLIT} all would be as good as none. */
    private ReplicaSet part() {
        ReplicaSet part = ReplicaSet.of(random.nextInt(ids.size()));
        for (int replica : trust.all().toList()) {
            part = random.nextBoolean() ? part.with(replica) : part;
        }
        return part.equals(trust.all()) ? part.without(random.nextInt(ids.size())) : part;
    }

    private String names(ReplicaSet set) {
        return set.toList().stream().map(ids::get).collect(Collectors.joining(" "));
    }

    private String begin(FaultKind kind, ReplicaSet set, String how) {
        String detail = kind.word() + " " + names(set) + how;
        present = detail;
        return detail;
    }

    private static void pause(int millis) throws InterruptedException {
        TimeUnit.MILLISECONDS.sleep(millis);
    }

    private String kill(FaultKind kind, ReplicaSet set, int millis) throws IOException, InterruptedException {
        String detail = begin(kind, set, ", down for " + millis + " ms");
        for (int replica : set.toList()) {
            cluster.kill(ids.get(replica));
        }
        if (set.equals(trust.all())) {
            cluster.awaitEndOfUp();
        }
        pause(millis);
        startAll(set);
        return detail;
    }

    /** At the same time: some need each other to get ready. */
    private void startAll(ReplicaSet set) throws IOException, InterruptedException {
        List<Thread> threads = new ArrayList<>();
        List<Exception> failures = Collections.synchronizedList(new ArrayList<>());
        for (int replica : set.toList()) {
            threads.add(Thread.ofVirtual().start(() -> {
                try {
                    cluster.start(ids.get(replica));
                } catch (IOException | InterruptedException e) {
                    failures.add(e);
                }
            }));
        }
        for (Thread thread : threads) {
            thread.join();
        }
        if (!failures.isEmpty()) {
            throw new IOException("a replica did not start", failures.getFirst());
        }
    }

    private String sleep(FaultKind kind, ReplicaSet set, int millis) throws IOException, InterruptedException {
        String detail = begin(kind, set, " for " + millis + " ms");
        for (int replica : set.toList()) {
            cluster.signal(ids.get(replica), "STOP");
        }
        try {
            pause(millis);
        } finally {
            for (int replica : set.toList()) {
                cluster.signal(ids.get(replica), "CONT");
            }
        }
        return detail;
    }

    private String loseData(ReplicaSet set) throws IOException, InterruptedException {
        String detail = begin(FaultKind.LOSE_DATA, set, "");
        for (int replica : set.toList()) {
            cluster.kill(ids.get(replica));
            cluster.loseData(ids.get(replica));
        }
        pause(random.nextInt(3_000));
        startAll(set);
        return detail;
    }

    private String fillDisk(ReplicaSet set, int millis) throws IOException, InterruptedException {
        String detail = begin(FaultKind.FULL_DISK, set, " for " + millis + " ms");
        Disks disks = ground.disks().orElseThrow();
        for (int replica : set.toList()) {
            cluster.expectEnd(ids.get(replica));
            disks.fill(ids.get(replica));
        }
        pause(millis);
        ReplicaSet ended = ReplicaSet.EMPTY;
        for (int replica : set.toList()) {
            ended = cluster.process(ids.get(replica)).isEmpty() ? ended.with(replica) : ended;
            disks.free(ids.get(replica));
        }
        pause(1_000); // one that was about to end does so now
        startAll(set);
        return detail + (ended.isEmpty() ? ", all went on" : ", ended by itself: " + names(ended));
    }

    private String stutter(ReplicaSet set, int millis) throws IOException, InterruptedException {
        String detail = begin(FaultKind.SLOW_DISK, set, " for " + millis + " ms");
        Disks disks = ground.disks().orElseThrow();
        long until = clock.nowMicros() + millis * 1_000L;
        try {
            while (clock.nowMicros() < until) {
                for (int replica : set.toList()) {
                    disks.freeze(ids.get(replica));
                }
                pause(100 + random.nextInt(900));
                disks.thawAll();
                pause(20 + random.nextInt(200));
            }
        } finally {
            disks.thawAll();
        }
        return detail;
    }

    /**
     * @param out whether what the set sends is lost
     * @param in whether what is sent to it is lost
     */
    private String cut(FaultKind kind, ReplicaSet set, boolean out, boolean in, int millis)
            throws IOException, InterruptedException {
        String way = out && in ? "" : out ? " (not heard)" : " (deaf)";
        String detail = begin(kind, set, way + " for " + millis + " ms");
        Network network = ground.network().orElseThrow();
        for (int here : set.toList()) {
            for (int there : trust.all().minus(set).toList()) {
                if (out) {
                    network.cut(here, there);
                }
                if (in) {
                    network.cut(there, here);
                }
            }
        }
        pause(millis);
        for (int here : set.toList()) {
            for (int there : trust.all().minus(set).toList()) {
                if (out) {
                    network.join(here, there);
                }
                if (in) {
                    network.join(there, here);
                }
            }
        }
        return detail;
    }

    private String narrow(ReplicaSet set, int millis) throws IOException, InterruptedException {
        int kilobits = KILOBITS_MIN + random.nextInt(KILOBITS_SPREAD);
        String detail = begin(FaultKind.NARROW, set, " to " + kilobits + " kbit/s for " + millis + " ms");
        Network network = ground.network().orElseThrow();
        for (int replica : set.toList()) {
            network.narrow(replica, kilobits);
        }
        pause(millis);
        for (int replica : set.toList()) {
            network.widen(replica);
        }
        return detail;
    }

    /** Waits until every replica takes part again and lacks nothing, and says who does not. */
    private boolean awaitWell(long sinceMicros) throws IOException, InterruptedException {
        while (true) {
            ClusterStatus status = cluster.status();
            if (status.isWell()) {
                return true;
            }
            for (String id : ids) {
                if (cluster.hasEnded(id)) {
                    findings.add(id + " ended although nobody killed it: " + cluster.lastTrouble(id));
                    return false;
                }
            }
            if (clock.nowMicros() - sinceMicros > patienceMicros) {
                String how = status.replicas().stream()
                        .map(entry -> entry.id() + " " + entry.health().word())
                        .collect(Collectors.joining(", "));
                findings.add("not well again " + patienceMicros / 1_000_000 + " s " + present + ": " + how);
                return false;
            }
            pause(POLL_MILLIS);
        }
    }
}
