package org.maftia.core.ordering;

import java.util.ArrayList;
import org.jspecify.annotations.Nullable;
import org.maftia.core.trust.ReplicaSet;

/** Who votes for what: one digest a sender, the first. A value is typically a digest. */
final class Tally<T> {
    private final ArrayList<T> values = new ArrayList<>(1);
    private final ArrayList<ReplicaSet> voters = new ArrayList<>(1);
    private ReplicaSet all = ReplicaSet.EMPTY;

    /** Counts the vote; the voters of its value, or null when the sender has voted before. */
    @Nullable
    ReplicaSet add(int from, T value) {
        if (all.contains(from)) {
            return null;
        }
        all = all.with(from);
        int at = values.indexOf(value);
        if (at < 0) {
            values.add(value);
            voters.add(ReplicaSet.of(from));
            return ReplicaSet.of(from);
        }
        ReplicaSet now = voters.get(at).with(from);
        voters.set(at, now);
        return now;
    }

    ReplicaSet of(T value) {
        int at = values.indexOf(value);
        return at < 0 ? ReplicaSet.EMPTY : voters.get(at);
    }

    ReplicaSet all() {
        return all;
    }
}
