package org.maftia.core.replica;

import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.IntUnaryOperator;
import org.maftia.core.trust.FaultStructure;
import org.maftia.core.trust.ReplicaSet;

/**
 * Finds out whether the memory with which a replica comes back is its newest one: a disk may have been put back to an older
 * copy of itself, and whoever believes that would say again, and otherwise, what it said since.
 *
 * <p>With its frames a replica tells how far its memory had come, and peers tell it when it comes back. Nothing leaves before:
 *
 * <ul>
 *   <li>a kernel of peers heard of a later memory: one of them is correct, so this one is old;
 *   <li>this replica and peers that heard of no later one are a quorum: it goes on.
 * </ul>
 *
 * <p><b>What that gives.</b> A replica whose memory is the newest always goes on: no correct peer says otherwise, and with
 * itself they are a quorum, so no fault set holds it up. One with an old memory goes on only if the correct ones of a quorum
 * never got, or forgot in a restart of their own, all that it said since. One word alone does not do: believed, it would let
 * a liar silence any replica that restarts, and with the liar's own silence the group.
 *
 * @param <P> how far a memory has come; the later is the greater
 */
public final class Recollection<P extends Comparable<P>> {
    /** The last one decides; the earlier ones, of configurations that are over, may still say that the memory is old. */
    private final List<Jury> juries = new ArrayList<>();

    private final int self;
    private final P mine;

    /** What each peer said, its newest word, by seat. */
    private final SortedMap<Integer, P> remembered = new TreeMap<>();

    /** Whose word counts how much. Who is no member counts nothing. */
    public interface Jury {
        /** Whether one of the members among these seats is correct. */
        boolean isKernel(SortedSet<Integer> seats);

        /** Whether the members among these seats are all but a fault set. */
        boolean isQuorum(SortedSet<Integer> seats);

        /** The members of the structure, whose seats are their indices. */
        static Jury of(FaultStructure trust) {
            return of(trust, seat -> seat);
        }

        /** @param index of the member with a seat; negative: no member has it */
        static Jury of(FaultStructure trust, IntUnaryOperator index) {
            return new Jury() {
                @Override
                public boolean isKernel(SortedSet<Integer> seats) {
                    return trust.isKernel(members(seats));
                }

                @Override
                public boolean isQuorum(SortedSet<Integer> seats) {
                    return trust.isQuorum(members(seats));
                }

                private ReplicaSet members(SortedSet<Integer> seats) {
                    ReplicaSet members = ReplicaSet.EMPTY;
                    for (int seat : seats) {
                        int member = index.applyAsInt(seat);
                        members = member < 0 ? members : members.with(member);
                    }
                    return members;
                }
            };
        }
    }

    /** What came out. */
    public enum Verdict {
        /** Too few have spoken. */
        OPEN,
        /** Nothing was said that this memory lacks, as far as a quorum knows. */
        NEWEST,
        /** The replica said more than this memory holds. */
        OLD
    }

    /**
     * @param self the seat of this replica
     * @param mine how far the memory has come that was found on the disk
     */
    public Recollection(Jury jury, int self, P mine) {
        this.juries.add(jury);
        this.self = self;
        this.mine = mine;
    }

    /** A peer tells how far it has ever heard this replica's memory to have come. */
    public void heard(int peer, P latest) {
        remembered.put(peer, latest);
    }

    /** It speaks again when it is back; meanwhile somebody else may get its seat. */
    public void left(int peer) {
        remembered.remove(peer);
    }

    /**
     * The group has gone on to other members, as this replica has proof of: what they say counts now. What it can
     * contradict it said to those among whom it will take part, and where it took part before is over.
     */
    public void judgedBy(Jury next) {
        juries.add(next);
    }

    public Verdict verdict() {
        SortedSet<Integer> later = later();
        for (Jury jury : juries) {
            if (jury.isKernel(later)) {
                return Verdict.OLD;
            }
        }
        SortedSet<Integer> others = heard();
        others.removeAll(later);
        others.add(self);
        return juries.getLast().isQuorum(others) ? Verdict.NEWEST : Verdict.OPEN;
    }

    /** Those who heard of a later memory. */
    public SortedSet<Integer> later() {
        SortedSet<Integer> later = new TreeSet<>();
        remembered.forEach((peer, latest) -> {
            if (latest.compareTo(mine) > 0) {
                later.add(peer);
            }
        });
        return later;
    }

    /** Those who have spoken. */
    public SortedSet<Integer> heard() {
        return new TreeSet<>(remembered.keySet());
    }
}
