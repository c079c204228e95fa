package org.maftia.simulator;

import java.util.HexFormat;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.BiConsumer;
import org.maftia.core.agreement.CommonSubset;
import org.maftia.core.agreement.Leadership;
import org.maftia.core.protocol.Automaton;
import org.maftia.core.protocol.Node;
import org.maftia.core.protocol.Port;
import org.maftia.core.trust.ReplicaSet;
import org.maftia.simulator.Parent.Input;

/**
 * One common subset. Promised: all output the same inputs, of a quorum; the input of a correct replica is what it was
 * given; every replica of the healed core outputs.
 */
final class SubsetSubject implements Subject<Input<byte[]>, SortedMap<Integer, byte[]>> {
    private static final long PATIENCE_MICROS = 50_000;
    private static final int INPUT_LENGTH_MAX = 16;
    private static final HexFormat HEX = HexFormat.of();

    private final World world;

    /** In hexadecimal: what each replica was given in all its lives, and what came out. */
    private final SortedMap<Integer, SortedSet<String>> given = new TreeMap<>();

    private final SortedMap<Integer, SortedMap<Integer, String>> outputs = new TreeMap<>();
    private final Proposals<byte[]> proposals = new Proposals<>(this::proposal);

    SubsetSubject(World world) {
        this.world = world;
    }

    @Override
    public Automaton<Input<byte[]>, SortedMap<Integer, byte[]>> boot(Boot boot) {
        proposals.booted(boot.replica());
        return new Node<>(
                boot.replica(),
                world.trust(),
                world.limits(),
                boot.nowMicros(),
                (Port<Void, SortedMap<Integer, byte[]>> port) -> Parent.of(
                        port,
                        "subset",
                        (Port<CommonSubset.Nothing, SortedMap<Integer, byte[]>> child) -> new CommonSubset(
                                child,
                                boot.certifier(),
                                boot.coin(),
                                world.configuration(),
                                leadership(),
                                INPUT_LENGTH_MAX),
                        CommonSubset::propose,
                        CommonSubset::nudge));
    }

    /** Every second group has no timer that matters. */
    private Leadership leadership() {
        return world.configuration().a() % 2 == 0 ? Leadership.ELECTED : new Leadership(0, PATIENCE_MICROS);
    }

    @Override
    public Optional<Input<byte[]>> connected(int peer) {
        return Optional.of(new Input.Connected<>(peer));
    }

    @Override
    public void stimulate(Draw draw, ReplicaSet up, BiConsumer<Integer, Input<byte[]>> give) {
        proposals.stimulate(draw, up, give);
    }

    @Override
    public void insist(Draw draw, ReplicaSet core, BiConsumer<Integer, Input<byte[]>> give) {
        proposals.insist(draw, core, give);
    }

    private byte[] proposal(int replica, Draw draw) {
        byte[] input = draw.bytes(draw.below(INPUT_LENGTH_MAX));
        given.computeIfAbsent(replica, missing -> new TreeSet<>()).add(HEX.formatHex(input));
        return input;
    }

    @Override
    public Optional<Input<byte[]>> otherwise(Input<byte[]> input, Draw draw) {
        return Optional.of(
                input instanceof Input.Give<byte[]>
                        ? new Input.Give<>(draw.bytes(draw.below(INPUT_LENGTH_MAX)))
                        : input);
    }

    @Override
    public void output(int replica, SortedMap<Integer, byte[]> inputs) {
        SortedMap<Integer, String> texts = new TreeMap<>();
        ReplicaSet senders = ReplicaSet.EMPTY;
        for (var input : inputs.entrySet()) {
            String text = HEX.formatHex(input.getValue());
            texts.put(input.getKey(), text);
            senders = senders.with(input.getKey());
            Violation.unless(
                    world.corrupted().contains(input.getKey())
                            || given.getOrDefault(input.getKey(), new TreeSet<>())
                                    .contains(text),
                    "an input is heard that r" + input.getKey() + " did not propose");
        }
        Violation.unless(world.trust().isQuorum(senders), "inputs of less than a quorum");
        outputs.forEach((other, old) ->
                Violation.unless(old.equals(texts), "r" + other + " and r" + replica + " hear different inputs"));
        outputs.put(replica, texts);
    }

    @Override
    public boolean settled(ReplicaSet core) {
        return core.toList().stream().allMatch(outputs::containsKey);
    }

    @Override
    public void conclude(ReplicaSet core) {
        Violation.unless(outputs.containsKey(core.first()), "nothing is heard");
    }

    @Override
    public String standing(ReplicaSet core) {
        return "output by " + outputs.keySet();
    }
}
