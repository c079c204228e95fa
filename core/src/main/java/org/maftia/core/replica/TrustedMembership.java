package org.maftia.core.replica;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.maftia.core.ordering.Era;
import org.maftia.core.ordering.hybrid.TrustedComponents;
import org.maftia.core.protocol.Attestation;
import org.maftia.core.protocol.Attestation.Fence;
import org.maftia.core.protocol.Attestation.Mark;
import org.maftia.core.protocol.Path;
import org.maftia.core.protocol.Port;
import org.maftia.core.protocol.Protocol;
import org.maftia.core.protocol.TrustedCall;
import org.maftia.core.trust.ReplicaSet;
import org.maftia.core.wire.Codec;
import org.maftia.core.wire.MalformedException;
import org.maftia.core.wire.Reader;
import org.maftia.core.wire.Writer;

/**
 * Brings the trusted component of this replica into the trusted view that the log names: those components work together that
 * count in the present era, in their epochs.
 *
 * <p>Guarantee: a component that is in a view moves only to a later one over which components of a quorum of its own view gave
 * FENCEs; every quorum has a correct replica, and that has its component vouch for what the log says and for nothing else. So
 * no two components are in different views of one number, unless one is beside a corrupt replica that told it a false first
 * one, and then it is alone there. A component comes to the newest view when those of its present view that are correct, and
 * still members, are a quorum of that view and hear each other; where too few are left it needs a new start, with which it
 * takes the view of the log as its first.
 *
 * <p>It keeps no journal. What is to be vouched for follows from the log, the component gives one FENCE for a number, and
 * gives it again when asked. Nothing that a peer sends is believed here: the component judges the FENCEs.
 *
 * <p>Source: wormhole design, section 9, <em>Membership</em>; see decision 64 for where it departs.
 */
final class TrustedMembership implements Protocol<TrustedMembership.Message> {
    /** Who lacks FENCEs asks again this often. */
    private static final long REPEAT_MICROS = 1_000_000;

    /** A peer is answered this often at most, whatever it asks. */
    private static final long ANSWER_AGAIN_MICROS = 100_000;

    private final Port<Message, Output> port;
    private final TrustedComponents.ViewForm form;
    private final long configuration;

    /** The view that the log names; null before the first, and where this replica's component is excluded from it. */
    private @Nullable Wanted wanted;

    /** The newest FENCE that each member showed of its component. */
    private final SortedMap<Integer, Fence> vouchers = new TreeMap<>();

    private final SortedMap<Integer, Long> answeredMicros = new TreeMap<>();

    /** Where the component is, and what it vouched for last; asked for first. */
    private Attestation.@Nullable InView entered;

    private @Nullable Fence own;
    private boolean knowsView;
    private boolean knowsFence;

    /** The newest view that the log named, whether this replica's component is a member or not. */
    private long followed = -1;

    private boolean started;
    private boolean asking;
    private Port.@Nullable Timer repeat;

    private record Wanted(long number, TrustedComponents.View view, ReplicaSet members, Progress progress) {}

    /** How far this replica came with a view. */
    private static final class Progress {
        /** The component gave another FENCE for this number, or one for a later. */
        boolean mute;

        boolean told;

        /** With whose FENCEs it was asked to enter; null: not yet. */
        @Nullable
        ReplicaSet tried;
    }

    /** What members say to each other. */
    sealed interface Message {}

    /** The sender's component vouches for a view. */
    record Vouch(Fence fence) implements Message {}

    /** The sender's component is in an older view than this one: it needs FENCEs over it. */
    record Lacks(long number) implements Message {}

    /** From host to host, for the component there. */
    record Carried(byte[] bytes) implements Message {}

    /** @param configuration its number: views are counted through all of them */
    TrustedMembership(Port<Message, Output> port, TrustedComponents.ViewForm form, long configuration) {
        this.port = port;
        this.form = form;
        this.configuration = configuration;
    }

    /** The one of a replica that begins from this; null where there are no trusted components, or they are told nothing of each other. */
    static @Nullable TrustedMembership nest(Port<?, Output> port, Genesis genesis) {
        TrustedComponents components = genesis.components();
        if (components == null || components.views() == TrustedComponents.ViewForm.NONE) {
            return null;
        }
        Tenure tenure = genesis.tenure();
        long number = tenure == null ? 0 : tenure.configuration().number();
        return port.<Message, Output, TrustedMembership>nest(
                "view", Path.NO_INDEX, child -> new TrustedMembership(child, components.views(), number), port::output);
    }

    /** Where the component is, as far as that is known here; empty where it is in no view. */
    Optional<Status.InView> standing() {
        Attestation.InView here = entered;
        return here == null ? Optional.empty() : Optional.of(new Status.InView(here.number(), isWanted(here)));
    }

    private boolean isWanted(Attestation.InView here) {
        Wanted target = wanted;
        return target != null && here.number() == target.number && here.digest().equals(target.view.digest());
    }

    /** The log is in this era now. */
    void follow(Era era) {
        long number = Status.InView.number(configuration, era.number());
        if (number <= followed) {
            return;
        }
        followed = number;
        // Another process life, or the tree of another configuration, may have asked the component since.
        knowsView = false;
        knowsFence = false;
        ReplicaSet members = port.trust().all().minus(era.excluded());
        wanted = members.contains(port.self())
                ? form.of(number, era)
                        .map(view -> new Wanted(number, view, members, new Progress()))
                        .orElse(null)
                : null;
        act();
    }

    /** A link came up: what was under way may be lost. */
    void connected(int peer) {
        Fence mine = own;
        if (mine != null && isOver(wanted, mine)) {
            port.send(peer, new Vouch(mine));
        }
    }

    /** The host of the component here sends to that of a peer. */
    void carry(int peer, byte[] bytes) {
        if (isMember(peer) && bytes.length <= Replica.RELAYED_LENGTH_MAX) {
            port.send(peer, new Carried(bytes));
        }
    }

    private boolean isMember(int peer) {
        Wanted target = wanted;
        return target != null && target.members.contains(peer) && peer != port.self();
    }

    @Override
    public Codec<Message> codec() {
        return CODEC;
    }

    @Override
    public void restored() {
        started = true;
        act();
    }

    @Override
    public void receive(int from, Message message) {
        switch (message) {
            case Vouch vouch -> vouched(from, vouch.fence);
            case Lacks lacks -> lacks(from, lacks.number);
            case Carried carried -> {
                if (isMember(from)) {
                    port.output(new Output.Delivered(from, carried.bytes));
                }
            }
        }
    }

    private void vouched(int from, Fence fence) {
        if (fence.replica() != from || fence.mark() != Mark.VIEW) {
            port.blame(from, "a member vouches for trusted views by its own component's mark");
            return;
        }
        Fence known = vouchers.get(from);
        if (known == null || known.value() < fence.value()) {
            vouchers.put(
                    from, fence); // one a member, and the first for each number: more would cost the component time
            act();
        }
    }

    private void lacks(int from, long number) {
        Fence mine = own;
        boolean may = answeredMicros.getOrDefault(from, Long.MIN_VALUE / 2) <= port.nowMicros() - ANSWER_AGAIN_MICROS;
        if (from != port.self() && may && mine != null && mine.value() >= number) {
            answeredMicros.put(from, port.nowMicros());
            port.send(from, new Vouch(mine));
        }
    }

    private static boolean isOver(@Nullable Wanted target, Fence fence) {
        return target != null
                && fence.value() == target.number
                && fence.digest().equals(target.view.digest());
    }

    /** Does what comes next, one question to the component at a time. */
    private void act() {
        Wanted target = wanted;
        if (!started || asking || target == null) {
            return;
        }
        if (!knowsView) {
            ask(new TrustedCall.View(form.stream()), answer -> {
                knowsView = true;
                entered(answer.orElse(null));
            });
        } else if (!knowsFence) {
            ask(new TrustedCall.LastFence(form.stream(), Mark.VIEW), answer -> {
                knowsFence = true;
                own = answer.orElse(null) instanceof Fence fence ? fence.by(port.self()) : null;
            });
        } else if (!vouch(target)) {
            enter(target);
        }
    }

    /** Vouches for the view, and tells the others; true while the component is asked. */
    private boolean vouch(Wanted target) {
        Fence mine = own;
        boolean due = target.number > 0 && !target.progress.mute && (mine == null || !isOver(target, mine));
        if (due && mine != null && mine.value() >= target.number) {
            target.progress.mute = true;
            return false;
        }
        if (due) {
            ask(
                    new TrustedCall.Raise(form.stream(), Mark.VIEW, target.number, target.view.digest()),
                    answer -> raised(target, answer.orElse(null)));
            return true;
        }
        if (mine != null && isOver(target, mine) && !target.progress.told) {
            target.progress.told = true;
            port.sendAll(new Vouch(mine));
        }
        return false;
    }

    private void raised(Wanted target, @Nullable Attestation answer) {
        if (answer instanceof Fence fence) {
            own = fence.by(port.self());
        } else {
            target.progress.mute = true; // it vouched for a later one, in a life that this one does not remember
        }
    }

    private void enter(Wanted target) {
        Attestation.InView here = entered;
        if (here != null && here.number() >= target.number) {
            return;
        }
        List<Fence> fences = new ArrayList<>();
        ReplicaSet by = ReplicaSet.EMPTY;
        if (here != null) {
            for (Fence fence : vouchers.values()) {
                if (isOver(target, fence)) {
                    fences.add(fence);
                    by = by.with(fence.replica());
                }
            }
        }
        if (here != null) {
            askAgain(target);
        }
        if (by.equals(target.progress.tried)) {
            return; // the component said already that these do not suffice
        }
        target.progress.tried = by;
        ask(
                new TrustedCall.Install(form.stream(), target.view.bytes(), fences),
                answer -> answer.ifPresent(this::entered));
    }

    private void entered(@Nullable Attestation answer) {
        Wanted target = wanted;
        entered = answer instanceof Attestation.InView view ? view : null;
        if (entered != null && target != null && isWanted(entered)) {
            port.output(new Output.TrustedView(target.number, target.members.toList()));
        }
    }

    private void askAgain(Wanted target) {
        if (repeat == null && target.number > 0) {
            repeat = port.wake(REPEAT_MICROS, () -> {
                repeat = null;
                Attestation.InView here = entered;
                Wanted now = wanted;
                if (here != null && now != null && here.number() < now.number) {
                    port.sendAll(new Lacks(now.number));
                    askAgain(now);
                }
            });
        }
    }

    private void ask(TrustedCall call, Consumer<Optional<Attestation>> then) {
        asking = true;
        port.certify(call, answer -> {
            asking = false;
            then.accept(answer);
            act();
        });
    }

    static final Codec<Message> CODEC = new Codec<>() {
        @Override
        public void write(Writer writer, Message value) {
            switch (value) {
                case Vouch vouch -> Fence.CODEC.write(writer.u8(1), vouch.fence);
                case Lacks lacks -> writer.u8(2).u64(lacks.number);
                case Carried carried -> writer.u8(3).opaque16(carried.bytes);
            }
        }

        @Override
        public Message read(Reader reader) {
            return switch (reader.u8()) {
                case 1 -> new Vouch(Fence.CODEC.read(reader));
                case 2 -> new Lacks(reader.count());
                case 3 -> new Carried(reader.opaque16(Replica.RELAYED_LENGTH_MAX));
                default -> throw new MalformedException("no message about trusted views");
            };
        }
    };
}
