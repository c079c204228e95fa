package org.maftia.simulator;

import java.util.List;
import java.util.Locale;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.maftia.core.crypto.IdealComponents;
import org.maftia.core.protocol.Automaton;
import org.maftia.core.protocol.Node;
import org.maftia.core.replica.Lineage;
import org.maftia.core.wire.Codec;
import org.maftia.simulator.Choices.Purpose;
import org.maftia.simulator.corrupt.Corrupted;
import org.maftia.simulator.corrupt.Equivocation;
import org.maftia.simulator.corrupt.Forgery;
import org.maftia.simulator.corrupt.Grammar;
import org.maftia.simulator.corrupt.Medley;
import org.maftia.simulator.corrupt.Misconduct;
import org.maftia.simulator.corrupt.Mutation;
import org.maftia.simulator.corrupt.Relocation;
import org.maftia.simulator.corrupt.Replay;
import org.maftia.simulator.corrupt.Revenant;
import org.maftia.simulator.corrupt.Silence;
import org.maftia.simulator.corrupt.SlowDrip;
import org.maftia.simulator.corrupt.SpoiledShares;
import org.maftia.simulator.corrupt.TwoFaced;

/** Draws what each corrupted replica of a run does. */
final class Corruption {
    private enum Vice {
        SILENT,
        CRASH,
        REPLAY,
        MUTATE,
        FORGE,
        TWO_FACED,
        EQUIVOCATE,
        SPOIL_SHARES,
        SLOW_DRIP,
        MEDLEY
    }

    private static final List<Vice> STRONG = List.of(Vice.FORGE, Vice.EQUIVOCATE, Vice.MEDLEY, Vice.MEDLEY);
    private static final int FRAMES_BEFORE_CRASH_MAX = 400;
    private static final int FRAMES_BEFORE_CHANGE_MAX = 200;
    private static final long DRIP_MICROS_MAX = 2_000_000;

    private final Choices choices;
    private final World world;
    private final SortedMap<Integer, String> vices = new TreeMap<>();
    private long deeds;

    Corruption(Choices choices, World world) {
        this.choices = choices;
        this.world = world;
    }

    /** What they do, for people. */
    String words() {
        return vices.toString();
    }

    /** The intruder in the place of a correct replica. */
    <I, O> Automaton<I, O> corrupt(int replica, Supplier<Automaton<I, O>> factory, Subject<I, O> subject) {
        Draw draw = choices.at(Purpose.CORRUPTION, replica);
        if (!choices.stands(Purpose.CORRUPTION, replica)) {
            return factory.get();
        }
        // The strong ones more often than the others.
        int pick = draw.below(Vice.values().length + STRONG.size());
        Vice vice = pick < Vice.values().length ? Vice.values()[pick] : STRONG.get(pick - Vice.values().length);
        vices.put(replica, vice.name().toLowerCase(Locale.ROOT));
        if (vice == Vice.TWO_FACED) {
            return new TwoFaced<>(
                    factory,
                    input -> subject.otherwise(input, draw),
                    draw.split()::bits,
                    draw.below(2) == 0 ? 0 : 1 + draw.below(FRAMES_BEFORE_CHANGE_MAX),
                    world.corrupted().bits() & draw.bits());
        }
        Automaton<I, O> correct = factory.get();
        Grammar grammar = grammar(correct);
        Misconduct drawn = misconduct(vice, replica, grammar, draw);
        Misconduct relocating = world.clientsSign() ? new Relocation(grammar, drawn) : drawn;
        Misconduct misconduct = reviving(replica, grammar, relocating);
        BooleanSupplier willing = () -> choices.stands(Purpose.MISCONDUCT, deeds++);
        return new Corrupted<>(correct, misconduct, draw.split(), willing);
    }

    /**
     * Where there are trusted components, every second intruder begins with a new epoch of his and keeps the old component
     * alive. Drawn apart, so that the other runs stay as they were.
     */
    private Misconduct reviving(int replica, Grammar grammar, Misconduct other) {
        IdealComponents components = world.components();
        if (components == null || choices.at(Purpose.CORRUPTION, -1 - replica).below(2) == 0) {
            return other;
        }
        long old = components.epoch(replica);
        components.lose(replica);
        vices.merge(replica, "with an old component", (vice, more) -> vice + " " + more);
        return new Revenant(
                grammar,
                other,
                call -> components.call(replica, old, call, 0),
                ReplicaSubject.STREAM,
                replica,
                world.configuration(),
                world.limits());
    }

    /** The language of a replica. */
    static Grammar grammar(@Nullable Automaton<?, ?> replica) {
        return new Grammar(() -> switch (replica) {
            case Node<?, ?> node -> node.grammar();
            case Lineage lineage -> lineage.grammar();
            case null, default -> new TreeMap<String, Codec<?>>();
        });
    }

    private Misconduct misconduct(Vice vice, int replica, Grammar grammar, Draw draw) {
        int peers = world.trust().size();
        byte[] blank = world.authority().blank(replica);
        return switch (vice) {
            case SILENT -> new Silence();
            case CRASH, TWO_FACED ->
                new Silence(draw.below(FRAMES_BEFORE_CRASH_MAX), draw.below(2) == 0 ? -1 : draw.bits());
            case REPLAY -> new Replay(peers);
            case MUTATE -> new Mutation();
            case FORGE -> new Forgery(grammar, blank, peers);
            case EQUIVOCATE -> new Equivocation(grammar, blank, peers, draw.bits());
            case SPOIL_SHARES -> new SpoiledShares(grammar);
            case MEDLEY ->
                new Medley(List.of(
                        new Forgery(grammar, blank, peers),
                        new Equivocation(grammar, blank, peers, draw.bits()),
                        new Equivocation(grammar, blank, peers, draw.bits()),
                        new Replay(peers),
                        new Silence(0, draw.bits())));
            case SLOW_DRIP -> new SlowDrip(draw.magnitude(100, DRIP_MICROS_MAX), 1 + draw.below(4));
        };
    }
}
