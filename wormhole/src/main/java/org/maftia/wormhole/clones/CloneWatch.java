package org.maftia.wormhole.clones;

import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.maftia.wormhole.certificate.Certificate;
import org.maftia.wormhole.certificate.Counters;
import org.maftia.wormhole.certificate.Digest;
import org.maftia.wormhole.certificate.Fence;
import org.maftia.wormhole.certificate.Header;
import org.maftia.wormhole.certificate.Mark;
import org.maftia.wormhole.certificate.Stream;
import org.maftia.wormhole.certificate.Ui;

/**
 * Remembers how far the components of a group have come, and holds new certificates against that: heartbeat regression.
 * The caller has verified each certificate before; who gives false ones would blame a sound component.
 *
 * <p>It keeps, for every component and stream, the last {@value #WINDOW} UIs of each lane and the newest FENCE of each mark,
 * of the newest epoch only.
 */
public final class CloneWatch {
    static final int WINDOW = 32;
    static final int STREAMS_MAX = 64;

    private final Stream group;
    private final Set<Integer> components;
    private final Map<Integer, Known> known = new TreeMap<>();

    /** A component in its newest epoch. */
    private static final class Known {
        private final long epoch;
        private final Map<Integer, History> streams = new TreeMap<>();

        private Known(long epoch) {
            this.epoch = epoch;
        }
    }

    /** One stream of it. */
    private static final class History {
        private final @Nullable Ui[] @Nullable [] uis = new Ui[Stream.LANES][];
        private final @Nullable Ui[] newest = new Ui[Stream.LANES];
        private final @Nullable Fence[] fences = new Fence[Mark.values().length];
    }

    /**
     * @param group under any protocol
     * @param components the numbers of those that are watched
     */
    public CloneWatch(Stream group, Set<Integer> components) {
        this.group = group;
        this.components = new TreeSet<>(components);
    }

    private @Nullable History history(Header header) {
        if (!components.contains(header.ttcb()) || !header.stream().sameGroup(group)) {
            return null;
        }
        Known component = known.get(header.ttcb());
        if (component == null || component.epoch < header.epoch()) {
            component = new Known(header.epoch());
            known.put(header.ttcb(), component);
        }
        if (component.epoch > header.epoch()) {
            return null; // that one is over, and its certificates count no more
        }
        int protocol = header.stream().protocol();
        if (!component.streams.containsKey(protocol) && component.streams.size() == STREAMS_MAX) {
            return null; // a component keeps no more streams either
        }
        return component.streams.computeIfAbsent(protocol, unused -> new History());
    }

    /** Takes a genuine UI; gives what it contradicts. */
    public Optional<Contradiction> see(Ui ui) {
        History history = history(ui.header());
        if (history == null) {
            return Optional.empty();
        }
        Ui[] window = history.uis[ui.lane()];
        if (window == null) {
            window = new Ui[WINDOW];
            history.uis[ui.lane()] = window;
        }
        int place = (int) (ui.counter() % WINDOW);
        @Nullable Ui before = window[place];
        if (before != null && before.counter() == ui.counter() && !sameStatement(before, ui)) {
            return found(Contradiction.Kind.EQUIVOCATION, before, ui);
        }
        for (Fence fence : history.fences) {
            if (fence != null && contradicts(fence, ui)) {
                return found(Contradiction.Kind.MARKS, fence, ui);
            }
        }
        if (before == null || before.counter() < ui.counter()) {
            window[place] = ui;
        }
        Ui newest = history.newest[ui.lane()];
        if (newest == null || newest.counter() < ui.counter()) {
            history.newest[ui.lane()] = ui;
        }
        return Optional.empty();
    }

    private static boolean sameStatement(Ui one, Ui other) {
        return one.digest().equals(other.digest()) && one.view() == other.view() && one.ckpt() == other.ckpt();
    }

    /** Counters above a FENCE carry at least its marks; those up to it carry less of the one that it raised. */
    private static boolean contradicts(Fence fence, Ui ui) {
        if (ui.counter() > fence.counters().of(ui.lane())) {
            return ui.view() < fence.view() || ui.ckpt() < fence.ckpt();
        }
        return (fence.mark() == Mark.VIEW ? ui.view() : ui.ckpt()) >= fence.value();
    }

    /** Takes a genuine FENCE; gives what it contradicts. */
    public Optional<Contradiction> see(Fence fence) {
        History history = history(fence.header());
        if (history == null) {
            return Optional.empty();
        }
        Fence before = history.fences[fence.mark().ordinal()];
        if (before != null
                && before.value() == fence.value()
                && !(before.digest().equals(fence.digest()) && before.counters().equals(fence.counters()))) {
            return found(Contradiction.Kind.EQUIVOCATION, before, fence);
        }
        for (Ui ui : history.newest) {
            if (ui != null && contradicts(fence, ui)) {
                return found(Contradiction.Kind.MARKS, ui, fence);
            }
        }
        if (before == null || before.value() < fence.value()) {
            history.fences[fence.mark().ordinal()] = fence;
        }
        return Optional.empty();
    }

    /**
     * Takes a genuine answer to a question that was put after everything that was seen so far.
     *
     * @param nonce what was drawn for this question, and told nobody before
     */
    public Optional<Contradiction> answered(Counters answer, Digest nonce) {
        History history = history(answer.header());
        if (history == null || !answer.nonce().equals(nonce)) {
            return Optional.empty(); // an answer to somebody else's question says nothing of now
        }
        for (Ui ui : history.newest) {
            if (ui != null
                    && (answer.counters().of(ui.lane()) < ui.counter()
                            || answer.view() < ui.view()
                            || answer.ckpt() < ui.ckpt())) {
                return found(Contradiction.Kind.REGRESSION, ui, answer);
            }
        }
        for (Fence fence : history.fences) {
            if (fence != null && (answer.view() < fence.view() || answer.ckpt() < fence.ckpt())) {
                return found(Contradiction.Kind.REGRESSION, fence, answer);
            }
        }
        return Optional.empty();
    }

    private static Optional<Contradiction> found(Contradiction.Kind kind, Certificate earlier, Certificate later) {
        return Optional.of(new Contradiction(kind, earlier, later));
    }
}
