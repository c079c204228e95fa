package org.maftia.simulator;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.BiConsumer;
import org.maftia.core.ordering.RequestId;
import org.maftia.core.replica.Acceptance;
import org.maftia.core.replica.Input;
import org.maftia.core.replica.Output;
import org.maftia.core.replica.ServiceCall;
import org.maftia.core.replica.StateMachine.Reading;
import org.maftia.core.trust.ReplicaSet;

/**
 * Clients that ask the replicas instead of the log. A question reaches each replica at a moment of its own, as networks
 * have it, and is answered at most once by each; the corrupted ones say at once whatever helps a wrong answer most: the
 * same as everybody.
 */
final class Readers {
    private static final int OPEN_MAX = 3;
    private static final int ASKED_MAX = 300;

    private final World world;
    private final ServiceTrial trial;
    private final int askPpm;
    private final List<Asked> all = new ArrayList<>();
    private final List<Asked> open = new ArrayList<>();

    Readers(World world, ServiceTrial trial, Draw draw) {
        this.world = world;
        this.trial = trial;
        this.askPpm = (int) draw.magnitude(5_000, 300_000);
    }

    /** A question with all that its client knows. */
    static final class Asked {
        private final int number;
        private final byte[] question;
        private final long invoked;
        private final List<Vote> votes = new ArrayList<>();
        private ReplicaSet shown = ReplicaSet.EMPTY;
        private long responded = -1;
        private Reading accepted = new Reading(-1, new byte[0]);

        private Asked(int number, byte[] question, long invoked) {
            this.number = number;
            this.question = question;
            this.invoked = invoked;
        }

        byte[] question() {
            return question;
        }

        long invoked() {
            return invoked;
        }

        long responded() {
            return responded;
        }

        Reading accepted() {
            return accepted;
        }
    }

    /** Who said the same. */
    private record Vote(Reading reading, ReplicaSet equal) {}

    /** Questions that were answered without the log. */
    List<Asked> answered() {
        return all.stream().filter(asked -> asked.responded >= 0).toList();
    }

    /** Perhaps a new question; perhaps an old one reaches one more replica. */
    void act(Draw draw, long now, ReplicaSet up, BiConsumer<Integer, Input> give) {
        if (up.isEmpty()) {
            return;
        }
        if (draw.chance(askPpm) && all.size() < ASKED_MAX) {
            Asked asked = new Asked(all.size(), draw.of(trial.questions()), now);
            all.add(asked);
            open.add(asked);
            if (open.size() > OPEN_MAX) {
                open.removeFirst(); // it lost patience, and would ask the log
            }
        }
        if (!open.isEmpty() && draw.below(3) == 0) {
            Asked asked = draw.of(open);
            int replica = draw.of(up.toList());
            if (!asked.shown.contains(replica)) {
                asked.shown = asked.shown.with(replica);
                give.accept(replica, read(asked));
            }
        }
    }

    private Input read(Asked asked) {
        ServiceCall call = new ServiceCall(trial.name(), asked.question);
        byte[] operation =
                ServiceCall.codec(world.limits().operationLengthMax()).encode(call);
        return new Input.Read(new RequestId(ReplicaSet.SIZE_MAX, 0, asked.number), operation);
    }

    /** An answer of a correct replica. */
    void reading(int replica, Output.Reading output, long now) {
        Asked asked = all.get((int) output.id().sequence());
        if (!open.contains(asked)) {
            return;
        }
        Reading reading = output.reading();
        ReplicaSet equal = ReplicaSet.of(replica).union(world.corrupted());
        for (Vote vote : asked.votes) {
            if (vote.reading.slot() == reading.slot() && Arrays.equals(vote.reading.value(), reading.value())) {
                equal = equal.union(vote.equal);
            }
        }
        asked.votes.add(new Vote(reading, equal));
        if (Acceptance.ofReading(world.trust(), equal)) {
            asked.accepted = reading;
            asked.responded = now;
            open.remove(asked);
        }
    }
}
