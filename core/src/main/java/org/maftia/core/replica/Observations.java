package org.maftia.core.replica;

import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.maftia.core.trust.FaultStructure;
import org.maftia.core.trust.ReplicaSet;

/**
 * What replicas say of the world outside, each for itself, as the log has it so far. A service decides by them: <em>yes</em>
 * when those who say yes are a quorum, so that at least one correct one does, and a fault set can neither say it alone nor
 * keep it from being said; <em>no</em> when those who say no are a kernel, so that no quorum for yes can come any more, or
 * when the time is over.
 */
public final class Observations {
    private final FaultStructure trust;
    private final byte[] question;
    private final SortedMap<Integer, byte[]> answers;
    private final boolean over;

    /**
     * @param answers by the index of the replica
     * @param over whether the deadline has come
     */
    public Observations(FaultStructure trust, byte[] question, SortedMap<Integer, byte[]> answers, boolean over) {
        this.trust = trust;
        this.question = question.clone();
        this.answers = Collections.unmodifiableSortedMap(new TreeMap<>(answers));
        this.over = over;
    }

    /** What the service asked. */
    public byte[] question() {
        return question.clone();
    }

    /** One answer of each replica that gave one, by its index in the present configuration; any bytes if it is corrupted. */
    public SortedMap<Integer, byte[]> answers() {
        return answers;
    }

    /** Those whose answer is like this. */
    public ReplicaSet those(Predicate<byte[]> like) {
        ReplicaSet those = ReplicaSet.EMPTY;
        for (var entry : answers.entrySet()) {
            those = like.test(entry.getValue()) ? those.with(entry.getKey()) : those;
        }
        return those;
    }

    /** Whether those whose answer is like this are a quorum. */
    public boolean isQuorum(Predicate<byte[]> like) {
        return trust.isQuorum(those(like));
    }

    /** Whether those whose answer is like this are a kernel: at least one of them is correct. */
    public boolean isKernel(Predicate<byte[]> like) {
        return trust.isKernel(those(like));
    }

    /** Whether the deadline has come: no answer counts any more, and this is the last call. */
    public boolean isOver() {
        return over;
    }
}
