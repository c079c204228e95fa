package org.maftia.simulator;

import java.util.Optional;
import java.util.OptionalInt;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.BiConsumer;
import org.maftia.core.agreement.BinaryAgreement;
import org.maftia.core.agreement.BinaryAgreement.Decision;
import org.maftia.core.agreement.BinaryMessage;
import org.maftia.core.protocol.Automaton;
import org.maftia.core.protocol.Node;
import org.maftia.core.protocol.Port;
import org.maftia.core.trust.ReplicaSet;
import org.maftia.simulator.Parent.Input;

/**
 * One binary agreement with an ideal coin. Promised: agreement; validity, that the decision was given to a correct
 * replica; integrity; a decision of every replica of the healed core.
 */
final class BinarySubject implements Subject<Input<Boolean>, Decision> {
    private final World world;
    private final SortedMap<Integer, Boolean> decided = new TreeMap<>();

    /** What correct replicas were given, in all their lives. */
    private final SortedSet<Boolean> given = new TreeSet<>();

    private final Tosses tosses = new Tosses();
    private final Proposals<Boolean> proposals = new Proposals<>(this::proposal);

    BinarySubject(World world) {
        this.world = world;
    }

    @Override
    public Automaton<Input<Boolean>, Decision> boot(Boot boot) {
        proposals.booted(boot.replica());
        return new Node<>(
                boot.replica(),
                world.trust(),
                world.limits(),
                boot.nowMicros(),
                (Port<Void, Decision> port) -> Parent.of(
                        port,
                        "ba",
                        (Port<BinaryMessage, Decision> child) ->
                                counted(boot.replica(), new BinaryAgreement(child, boot.coin())),
                        BinaryAgreement::propose,
                        BinaryAgreement::nudge));
    }

    private BinaryAgreement counted(int replica, BinaryAgreement agreement) {
        tosses.booted(replica, agreement::round);
        return agreement;
    }

    @Override
    public Optional<Input<Boolean>> connected(int peer) {
        return Optional.of(new Input.Connected<>(peer));
    }

    @Override
    public void stimulate(Draw draw, ReplicaSet up, BiConsumer<Integer, Input<Boolean>> give) {
        proposals.stimulate(draw, up, give);
    }

    @Override
    public void insist(Draw draw, ReplicaSet core, BiConsumer<Integer, Input<Boolean>> give) {
        proposals.insist(draw, core, give);
    }

    private boolean proposal(int replica, Draw draw) {
        // Few groups would be unanimous if each proposal were drawn by itself.
        boolean value =
                draw.below(4) == 0 ? draw.below(2) == 0 : world.configuration().d() % 2 == 0;
        if (world.correct().contains(replica)) {
            given.add(value);
        }
        return value;
    }

    @Override
    public Optional<Input<Boolean>> otherwise(Input<Boolean> input, Draw draw) {
        return Optional.of(input instanceof Input.Give<Boolean> give ? new Input.Give<>(!give.value()) : input);
    }

    @Override
    public void output(int replica, Decision decision) {
        boolean value = decision.value();
        Violation.unless(given.contains(value), "a value is decided that no correct replica proposed");
        decided.forEach((other, old) ->
                Violation.unless(old == value, "r" + other + " and r" + replica + " decide differently"));
        decided.put(replica, value);
        tosses.decided(replica);
    }

    /** A round ends with a toss. */
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
