package org.maftia.wormhole.trusted;

import org.jspecify.annotations.Nullable;

/**
 * Profile PARTIAL: one decision by Paxos among the components of the view (Lamport, "The Part-Time Parliament", TOCS
 * 1998), with the quorums of its formula. No two components ever decide on different maps, however late or lost
 * messages are; they decide while a quorum of components runs and its messages get through.
 *
 * <p>Ballot 0 belongs to the component of the list's first party, which proposes the map that it has one delay after the
 * start. Ballot k belongs to the member k places further, which begins it if nothing is decided k + 1 waits later; each
 * wait is twice the one before. Two quorums share a member (Q2), and it fails by crashing only, so it has not forgotten.
 */
final class Ballots implements AgreementProfile {
    private static final int MAP = 1;
    private static final int ACCEPT = 2;
    private static final int ACCEPTED = 3;
    private static final int PREPARE = 4;
    private static final int PROMISE = 5;
    private static final int DECIDED = 6;

    /** Waits double; beyond this many an agreement is left undecided by those who have not heard of a decision. */
    static final int BALLOTS_MAX = 16;

    private final ControlChannel channel;
    private final Sending sending;

    Ballots(ControlChannel channel, Sending sending) {
        this.channel = channel;
        this.sending = sending;
    }

    /** D and epsilon. */
    private long delay() {
        return channel.roundMicros() + channel.skewMicros();
    }

    /** Whose a ballot is. */
    private static int leader(Instance instance, int ballot) {
        int first = instance.view.indexOf(instance.list[0].ttcb(), instance.list[0].epoch());
        return (Math.max(0, first) + ballot) % instance.view.members().size();
    }

    /** The map goes out at the start; ballot 0 begins a delay later, ballot k after all the waits before it. */
    private long begins(Instance instance, int step) {
        return step == 0
                ? instance.startMicros
                : instance.startMicros + delay() + 4 * delay() * ((1L << (step - 1)) - 1);
    }

    @Override
    public long nextDue(Instance instance) {
        return instance.ballotsBegun > BALLOTS_MAX ? Long.MAX_VALUE : begins(instance, instance.ballotsBegun);
    }

    @Override
    public boolean act(Instance instance, long nowMicros) {
        int ballot = instance.ballotsBegun++ - 1;
        if (ballot < 0) {
            sending.send(instance, Sending.ALL, MAP, 0, -1, instance.values);
        } else if (leader(instance, ballot) == sending.own(instance)) {
            if (ballot == 0) {
                propose(instance, 0, instance.values);
            } else {
                prepare(instance, ballot);
            }
        }
        return true; // a late ballot divides nobody
    }

    /** Phase 1, for all ballots but the first. */
    private void prepare(Instance instance, int ballot) {
        if (ballot < instance.promised) {
            return; // a later one is under way
        }
        instance.promises = 0;
        instance.promisedHighest = -1;
        sending.send(instance, Sending.ALL, PREPARE, ballot, -1, instance.nothing());
        instance.promised = ballot;
        promise(instance, ballot, sending.own(instance), instance.accepted, instance.acceptedValues);
    }

    /** Whoever promises tells what it has accepted; the highest of a quorum must be proposed again. */
    private void promise(Instance instance, int ballot, int from, int accepted, byte[] @Nullable [] values) {
        if (ballot != instance.promised
                || leader(instance, ballot) != sending.own(instance)
                || instance.view.isQuorum(instance.promises)) {
            return;
        }
        instance.promises |= 1L << from;
        if (accepted > instance.promisedHighest) {
            instance.promisedHighest = accepted;
            instance.promisedValues = values;
        } else if (accepted < 0) {
            instance.learn(values);
        }
        if (instance.view.isQuorum(instance.promises)) {
            propose(instance, ballot, instance.promisedHighest >= 0 ? instance.promisedValues : instance.values);
        }
    }

    /** Phase 2. */
    private void propose(Instance instance, int ballot, byte[] @Nullable [] values) {
        byte[] @Nullable [] proposal = java.util.Arrays.copyOf(values, values.length);
        sending.send(instance, Sending.ALL, ACCEPT, ballot, -1, proposal);
        accept(instance, ballot, proposal);
    }

    private void accept(Instance instance, int ballot, byte[] @Nullable [] values) {
        if (ballot < instance.promised) {
            return;
        }
        instance.promised = ballot;
        instance.accepted = ballot;
        instance.acceptedValues = values;
        sending.send(instance, Sending.ALL, ACCEPTED, ballot, -1, values);
        accepted(instance, sending.own(instance), ballot, values);
    }

    /** A ballot has one map, so whoever accepts it has accepted the same as the others. */
    private void accepted(Instance instance, int from, int ballot, byte[] @Nullable [] values) {
        if (ballot > instance.heardBallot) {
            instance.heardBallot = ballot;
            instance.heard = 0;
        }
        if (ballot == instance.heardBallot) {
            instance.heard |= 1L << from;
            if (instance.view.isQuorum(instance.heard)) {
                instance.decide(values);
            }
        }
    }

    @Override
    public boolean join(Instance instance, Told told, long nowMicros) {
        // Steps whose time has passed are those of others, or come with the next ballot.
        while (instance.ballotsBegun <= BALLOTS_MAX && nextDue(instance) < nowMicros) {
            instance.ballotsBegun++;
        }
        return true;
    }

    @Override
    public void receive(Instance instance, Told told, long nowMicros) {
        int ballot = told.ballot();
        if (instance.over) {
            if (told.type() != DECIDED && told.type() != ACCEPTED) {
                sending.send(instance, told.from(), DECIDED, 0, -1, instance.values);
            }
            return;
        }
        boolean fromLeader = leader(instance, ballot) == told.from();
        switch (told.type()) {
            case MAP -> instance.learn(told.values());
            case ACCEPT -> {
                if (fromLeader) {
                    accept(instance, ballot, told.values());
                }
            }
            case ACCEPTED -> accepted(instance, told.from(), ballot, told.values());
            case PREPARE -> {
                if (fromLeader && ballot > instance.promised) {
                    instance.promised = ballot;
                    boolean has = instance.accepted >= 0;
                    sending.send(
                            instance,
                            told.from(),
                            PROMISE,
                            ballot,
                            instance.accepted,
                            has ? instance.acceptedValues : instance.values);
                }
            }
            case PROMISE -> promise(instance, ballot, told.from(), told.accepted(), told.values());
            case DECIDED -> instance.decide(told.values());
            default -> {} // of another profile: only a fault of the configuration sends it
        }
    }

    /** Ballot 0 without a fault: the maps, the proposal, the acceptances. */
    @Override
    public long timelyEnd(Instance instance) {
        return instance.startMicros + 4 * delay();
    }
}
