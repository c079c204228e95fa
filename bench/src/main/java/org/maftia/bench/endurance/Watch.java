package org.maftia.bench.endurance;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import org.maftia.server.cluster.ClusterStatus;
import org.maftia.server.http.ReplicaStatus;

/**
 * Looks at the cluster every few seconds: footprints of all processes, blames, replicas that ended by themselves, and how
 * long no operation was acknowledged. Prints a line now and then.
 */
final class Watch implements AutoCloseable {
    private static final int LOOK_SECONDS = 5;
    private static final int LINE_LOOKS = 2;

    private final TestedCluster cluster;
    private final Nemesis nemesis;
    private final History history;
    private final Findings findings;
    private final long patienceMicros;
    private final List<Footprint> footprints = new ArrayList<>();
    private final Set<String> blames = new TreeSet<>();
    private final Thread thread;
    private long epoch;
    private volatile boolean stopping;

    Watch(TestedCluster cluster, Nemesis nemesis, History history, Findings findings, long patienceMicros) {
        this.cluster = cluster;
        this.nemesis = nemesis;
        this.history = history;
        this.findings = findings;
        this.patienceMicros = patienceMicros;
        this.thread = Thread.ofPlatform().daemon().name("watch").unstarted(this::run);
    }

    void start() {
        thread.start();
    }

    private void run() {
        try {
            long before = 0;
            for (int looks = 1; !stopping; looks++) {
                TimeUnit.SECONDS.sleep(LOOK_SECONDS);
                look();
                if (looks % LINE_LOOKS == 0) {
                    long now = history.acknowledged();
                    line(now, (now - before) / (LINE_LOOKS * LOOK_SECONDS));
                    before = now;
                }
            }
        } catch (IOException | RuntimeException e) {
            findings.add("the cluster could not be watched: " + e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void look() throws IOException, InterruptedException {
        ClusterStatus status = cluster.status();
        long now = history.nowMicros();
        for (ClusterStatus.Entry entry : status.replicas()) {
            Optional<ReplicaStatus> said = entry.said();
            epoch = Math.max(epoch, said.map(ReplicaStatus::epoch).orElse(0L));
            long heap = said.map(answer -> answer.counters().getOrDefault("heapBytes", 0L))
                    .orElse(0L);
            Optional<ProcessHandle> process = cluster.process(entry.id());
            if (process.isPresent()) {
                Footprint.of(entry.id(), process.get().pid(), now, heap, cluster.dataBytes(entry.id()))
                        .ifPresent(this::add);
            } else if (cluster.hasEnded(entry.id())) {
                findings.add(entry.id() + " ended although nobody killed it: " + cluster.lastTrouble(entry.id()));
            }
            entry.blame().forEach(this::blamed);
        }
        if (now - history.lastAcknowledgedMicros() > patienceMicros) {
            findings.add(
                    "no operation was acknowledged for " + patienceMicros / 1_000_000 + " s: " + nemesis.present());
        }
    }

    private synchronized void add(Footprint footprint) {
        footprints.add(footprint);
    }

    private synchronized void blamed(ClusterStatus.Blame blame) {
        if (blames.add(blame.replica() + ": " + blame.rule())) {
            findings.add(
                    String.join(", ", blame.by()) + " blame " + blame.replica() + ", and nobody lied: " + blame.rule());
        }
    }

    private void line(long acknowledged, long perSecond) {
        System.err.printf(
                Locale.ROOT,
                "endurance: %5d s %9d answered %5d/s  epoch %d  faults %d  %s%n",
                history.nowMicros() / 1_000_000,
                acknowledged,
                perSecond,
                epoch,
                nemesis.episodes().size(),
                nemesis.present());
    }

    synchronized List<Footprint> footprints() {
        return List.copyOf(footprints);
    }

    /** The latest epoch that a replica told. */
    long epoch() {
        return epoch;
    }

    @Override
    public void close() {
        stopping = true;
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
