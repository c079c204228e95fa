package org.maftia.simulator;

import java.util.Arrays;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import org.maftia.core.agreement.Leadership;
import org.maftia.core.agreement.MultivaluedAgreement;
import org.maftia.core.agreement.MultivaluedMessage;
import org.maftia.core.agreement.Validity.Verdict;
import org.maftia.core.protocol.Automaton;
import org.maftia.core.protocol.Node;
import org.maftia.core.protocol.Path;
import org.maftia.core.protocol.Port;
import org.maftia.core.protocol.Protocol;
import org.maftia.core.trust.ReplicaSet;
import org.maftia.core.wire.Codec;

/**
 * One multi-valued agreement. Promised: agreement; validity, also of a value that some replicas can judge only later;
 * integrity; a decision of every replica of the healed core.
 */
final class AgreementSubject implements Subject<AgreementSubject.Input, byte[]> {
    /** What the parent of an agreement does with it. */
    sealed interface Input {
        /** Proposes a value. */
        record Propose(byte[] value) implements Input {}

        /** The data that values name has come. */
        record Learn() implements Input {}

        /** A link is up again. */
        record Connected(int peer) implements Input {}
    }

    private static final long PATIENCE_MICROS = 50_000;
    private static final long STATUS_MICROS = 1_000_000;
    private static final int PROPOSE_PPM = 40_000;
    private static final int VALUE_LENGTH_MAX = 12;

    /** The kinds of values, by their first byte. */
    private static final byte VALID = 0;

    private static final byte VALID_LATER = 1;

    private final World world;
    private final SortedMap<Integer, byte[]> decided = new TreeMap<>();
    private final Tosses tosses = new Tosses();
    private ReplicaSet proposed = ReplicaSet.EMPTY;
    private ReplicaSet learned = ReplicaSet.EMPTY;

    AgreementSubject(World world) {
        this.world = world;
    }

    @Override
    public Automaton<Input, byte[]> boot(Boot boot) {
        // A value that was not durable is proposed again, perhaps another one.
        proposed = proposed.without(boot.replica());
        learned = learned.without(boot.replica());
        return new Node<>(
                boot.replica(), world.trust(), world.limits(), boot.nowMicros(), (Port<Void, byte[]> port) -> {
                    Parent parent = new Parent(port, boot);
                    tosses.booted(boot.replica(), parent.agreement::view);
                    return parent;
                });
    }

    /** In one of four worlds nobody is given as the first leader. */
    private static Leadership leadership(World world) {
        return (world.configuration().a() & 3) == 0 ? Leadership.ELECTED : new Leadership(0, PATIENCE_MICROS);
    }

    /** The smallest parent: nests the agreement, and repairs as ordering does. */
    private static final class Parent implements Protocol.Root<Input, Void> {
        private final Port<Void, byte[]> port;
        private final MultivaluedAgreement agreement;
        private boolean knowing;

        Parent(Port<Void, byte[]> port, Boot boot) {
            this.port = port;
            this.agreement = port.nest(
                    "mvba",
                    Path.NO_INDEX,
                    (Port<MultivaluedMessage, byte[]> child) -> new MultivaluedAgreement(
                            child,
                            boot.certifier(),
                            boot.coin(),
                            boot.world().configuration(),
                            leadership(boot.world()),
                            this::judge),
                    port::output);
            port.wake(STATUS_MICROS, this::status);
        }

        private void status() {
            for (int peer = 0; peer < port.trust().size(); peer++) {
                if (peer != port.self()) {
                    agreement.nudge(peer);
                }
            }
            port.wake(STATUS_MICROS, this::status);
        }

        private Verdict judge(byte[] value) {
            if (value.length == 0 || value[0] > VALID_LATER || value[0] < VALID) {
                return Verdict.INVALID;
            }
            return value[0] == VALID || knowing ? Verdict.VALID : Verdict.UNKNOWN;
        }

        @Override
        public void input(Input input) {
            switch (input) {
                case Input.Propose propose -> {
                    knowing = knowing || propose.value()[0] == VALID_LATER;
                    agreement.propose(propose.value());
                }
                case Input.Learn learn -> {
                    knowing = true;
                    agreement.recheck();
                }
                case Input.Connected connected -> agreement.nudge(connected.peer());
            }
        }

        @Override
        public void receive(int from, Void message) {
            throw new IllegalStateException("no bytes are a message of the parent");
        }

        @Override
        public Codec<Void> codec() {
            return Codec.ofNothing();
        }
    }

    @Override
    public Optional<Input> connected(int peer) {
        return Optional.of(new Input.Connected(peer));
    }

    @Override
    public void stimulate(Draw draw, ReplicaSet up, BiConsumer<Integer, Input> give) {
        if (draw.chance(PROPOSE_PPM) && !up.isEmpty()) {
            push(draw, draw.of(up.toList()), give);
        }
    }

    private void push(Draw draw, int replica, BiConsumer<Integer, Input> give) {
        if (!proposed.contains(replica)) {
            proposed = proposed.with(replica);
            give.accept(replica, new Input.Propose(value(draw)));
        } else if (!learned.contains(replica)) {
            learned = learned.with(replica);
            give.accept(replica, new Input.Learn());
        }
    }

    @Override
    public void insist(Draw draw, ReplicaSet core, BiConsumer<Integer, Input> give) {
        if (!learned.containsAll(core)) {
            push(draw, draw.of(core.toList()), give);
        }
    }

    @Override
    public Optional<Input> otherwise(Input input, Draw draw) {
        return Optional.of(input instanceof Input.Propose ? new Input.Propose(value(draw)) : input);
    }

    private static byte[] value(Draw draw) {
        byte[] value = draw.bytes(1 + draw.below(VALUE_LENGTH_MAX));
        value[0] = draw.below(3) == 0 ? VALID_LATER : VALID;
        return value;
    }

    @Override
    public void output(int replica, byte[] value) {
        Violation.unless(
                value.length > 0 && value[0] >= VALID && value[0] <= VALID_LATER, "an invalid value is decided");
        decided.forEach((other, old) ->
                Violation.unless(Arrays.equals(old, value), "r" + other + " and r" + replica + " decide differently"));
        decided.put(replica, value);
        tosses.decided(replica);
    }

    /** The leader of each view but that with number 0 is elected by a toss. */
    @Override
    public OptionalInt tosses(ReplicaSet core) {
        return tosses.most(core);
    }

    @Override
    public boolean settled(ReplicaSet core) {
        return core.toList().stream().allMatch(decided::containsKey);
    }

    @Override
    public void conclude(ReplicaSet core) {
        Violation.unless(decided.containsKey(core.first()), "nothing is decided");
    }

    @Override
    public String standing(ReplicaSet core) {
        return "decided by " + decided.keySet();
    }
}
