package org.maftia.simulator;

import java.util.ArrayList;
import java.util.List;
import org.maftia.core.replica.Recollection;
import org.maftia.core.trust.ReplicaSet;

/**
 * How far each replica heard the disks of the others to have come, as production links tell it with their frames and keep
 * it; and what a replica that comes back makes of it, by the production rule.
 */
final class Memories {
    /** It is written down this often: a crash forgets the rest. */
    private static final long KEPT_MICROS = 60_000_000;

    private final World world;

    /** By who heard, and of whom. */
    private final long[][] heard;

    private final long[][] kept;
    private long keptMicros;

    Memories(World world) {
        this.world = world;
        int size = world.trust().size();
        this.heard = new long[size][size];
        this.kept = new long[size][size];
    }

    /** A frame, or the beginning of a session, said so. */
    void hear(int by, int of, long position, long nowMicros) {
        if (nowMicros - keptMicros >= KEPT_MICROS) {
            keptMicros = nowMicros;
            for (int i = 0; i < heard.length; i++) {
                kept[i] = heard[i].clone();
            }
        }
        heard[by][of] = Math.max(heard[by][of], position);
    }

    void crash(int replica) {
        heard[replica] = kept[replica].clone();
    }

    /**
     * What a replica learns from those who speak, in some order, until it knows enough.
     *
     * @param mine how far the disk has come that it finds
     * @param running those whose processes run, so that they speak; the corrupted among them say what they like
     */
    Recollection.Verdict recollect(int replica, long mine, ReplicaSet running, Draw draw) {
        Recollection<Long> recollection = new Recollection<>(Recollection.Jury.of(world.trust()), replica, mine);
        List<Integer> left = new ArrayList<>(running.without(replica).toList());
        while (recollection.verdict() == Recollection.Verdict.OPEN && !left.isEmpty()) {
            int peer = left.remove(draw.below(left.size()));
            boolean lies = world.corrupted().contains(peer) && draw.below(2) == 0;
            recollection.heard(peer, lies ? Long.MAX_VALUE : word(peer, replica));
        }
        return recollection.verdict();
    }

    private long word(int peer, int replica) {
        return world.corrupted().contains(peer) ? 0 : heard[peer][replica];
    }

    /** Whether a correct one among those who run never heard that the disk had come further than that. */
    boolean isNewsToSomebody(int replica, long mine, ReplicaSet running) {
        return running.minus(world.corrupted()).without(replica).toList().stream()
                .anyMatch(peer -> heard[peer][replica] <= mine);
    }
}
