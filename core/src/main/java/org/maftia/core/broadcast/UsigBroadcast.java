package org.maftia.core.broadcast;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.maftia.core.crypto.Transcript;
import org.maftia.core.protocol.Attestation;
import org.maftia.core.protocol.Attestation.Ui;
import org.maftia.core.protocol.AttestationVerifier;
import org.maftia.core.protocol.Invariant;
import org.maftia.core.protocol.Port;
import org.maftia.core.protocol.Protocol;
import org.maftia.core.protocol.TrustedCall;
import org.maftia.core.trust.ReplicaSet;
import org.maftia.core.wire.Codec;
import org.maftia.core.wire.Digest;

/**
 * If one correct replica delivers m as the c-th message of a sender, all correct ones do, and none delivers another in that
 * place, however many replicas are corrupt; what a correct sender broadcasts is delivered. Each sender has one sequence,
 * which comes out in its order, without gaps. One message delay.
 *
 * <p>Why: a message carries a UI, and the sender's trusted component gives a counter once. So a sender cannot say two
 * things; it can only leave somebody out, and whoever delivered a message hands it on. An {@linkplain Relay#EAGER eager}
 * instance does so at once, with n² messages; a {@linkplain Relay#LAZY lazy} one says how far it has come, and sends a
 * message only to those who do not say the same within a while: n messages where nobody fails. Links need not be reliable:
 * what is missing is sent again until it is acknowledged.
 *
 * <p>It holds within one epoch of a sender's component, which the owner names. A component that lost its counters has
 * another epoch: what its old one began and did not get through is for the membership to settle, not for this class.
 * Memory is bounded by {@link #WINDOW} messages of each sender: it waits for all who are not {@linkplain #exclude excluded},
 * as whoever was forgotten by all could not be helped. A silent replica therefore holds up senders after a window of
 * messages until the membership excludes it.
 *
 * <p>Source: Correia, Veronese, Lung, "Asynchronous Byzantine consensus with 2f+1 processes" (SAC 2010), for broadcast from
 * counters; Clement, Junqueira, Kate, Rodrigues, "On the (limited) power of non-equivocation" (PODC 2012), for why the
 * identifiers must be transferable.
 */
public final class UsigBroadcast implements Protocol<UsigMessage> {
    /** Messages of one sender that are kept for those who have not acknowledged them. */
    public static final int WINDOW = 64;

    /** Frames of one peer whose identifiers are judged at a time; a peer sends again what is dropped beyond. */
    private static final int JUDGED_PER_PEER_MAX = 2 * WINDOW;

    /** Between two looks at who lacks what. */
    private static final long BEAT_MICROS = 200_000;

    private static final int LANE = 0;

    /** When a message is handed on. */
    public enum Relay {
        /** To all, before it is delivered. */
        EAGER,
        /** To those who do not acknowledge it. */
        LAZY
    }

    /** The {@code number}-th message of a sender, from 1. */
    public record Delivery(int sender, long number, byte[] payload) {}

    private final Port<UsigMessage, Delivery> port;
    private final Codec<UsigMessage> codec;
    private final AttestationVerifier verifier;
    private final int stream;
    private final List<Long> epochs;
    private final Relay relay;

    private final List<Sequence> sequences = new ArrayList<>();
    private final int[] judging;

    /** How far each peer says that it has come with each sender, by peer. */
    private final List<long[]> acknowledged = new ArrayList<>();

    private ReplicaSet excluded = ReplicaSet.EMPTY;

    /** Own payloads that have no counter yet, in order. They are in the journal. */
    private final ArrayDeque<byte[]> pending = new ArrayDeque<>();

    /** The component is asked; or it was never heard of since the restart. */
    private boolean asking;

    /** The component has counted beyond what the journal knows: whatever is said now might lack what was said before. */
    private boolean mute;

    private boolean beating;
    private boolean restoring = true;

    /**
     * @param verifier judges identifiers
     * @param stream the number of this protocol in the group: each instance has its own
     * @param epochs that of each replica's component
     * @param payloadLengthMax bytes of a payload; the same at all replicas
     */
    public UsigBroadcast(
            Port<UsigMessage, Delivery> port,
            AttestationVerifier verifier,
            int stream,
            List<Long> epochs,
            Relay relay,
            int payloadLengthMax) {
        this.port = port;
        this.codec = UsigMessage.codec(port.trust().size(), payloadLengthMax);
        this.verifier = verifier;
        this.stream = stream;
        this.epochs = List.copyOf(epochs);
        this.relay = relay;
        this.judging = new int[port.trust().size()];
        for (int replica = 0; replica < port.trust().size(); replica++) {
            sequences.add(new Sequence());
            acknowledged.add(new long[port.trust().size()]);
        }
    }

    /** What is known of one sender's messages. */
    private static final class Sequence {
        /** All up to this one were delivered. */
        long delivered;

        /** All up to this one are acknowledged by everybody who counts, and forgotten. */
        long forgotten;

        /** Those above, delivered or waiting for a gap to close. */
        final TreeMap<Long, UsigMessage.Data> held = new TreeMap<>();

        boolean inWindow(long number) {
            return number > forgotten && number <= forgotten + WINDOW;
        }
    }

    @Override
    public Codec<UsigMessage> codec() {
        return codec;
    }

    /** Whether there is room for one more; if not, peers have to acknowledge, or to be excluded. */
    public boolean canBroadcast() {
        Sequence own = sequences.get(port.self());
        return !mute && own.inWindow(own.delivered + pending.size() + 1);
    }

    /** Broadcasts; the caller has asked {@link #canBroadcast}. */
    public void broadcast(byte[] payload) {
        Invariant.check(canBroadcast(), "a broadcast waits until there is room for it");
        pending.add(payload);
        port.persist(new UsigMessage.Pending(payload));
        if (!asking) {
            certify();
        }
    }

    /** Nobody waits for this replica any longer: the membership has settled how far it takes part. */
    public void exclude(int replica) {
        excluded = excluded.with(replica);
        forget();
    }

    /** The link to a peer is up again. */
    public void nudge(int peer) {
        port.send(peer, progress(true));
    }

    private Digest digest(byte[] payload) {
        return Transcript.of("usig/payload")
                .field(port.path().toString())
                .field(payload)
                .digest();
    }

    /** The message is durable, so its digest may be given a counter. */
    private void certify() {
        byte[] payload = pending.peek();
        asking = payload != null && !mute;
        if (payload != null && asking) {
            port.certify(new TrustedCall.CreateUi(stream, LANE, digest(payload)), this::certified);
        }
    }

    private void certified(Optional<Attestation> answer) {
        asking = false;
        Sequence own = sequences.get(port.self());
        if (answer.isPresent() && answer.get() instanceof Ui ui && ui.counter() == own.delivered + 1) {
            byte[] payload = Invariant.present(pending.poll(), "a payload waits for its counter");
            UsigMessage.Data data = new UsigMessage.Data(ui, payload);
            own.held.put(ui.counter(), data);
            port.trust().all().without(port.self()).forEach(peer -> port.send(peer, data));
            deliver(port.self());
            certify();
        } else {
            mute = true;
        }
    }

    @Override
    public void receive(int from, UsigMessage message) {
        switch (message) {
            case UsigMessage.Data m -> onData(from, m);
            case UsigMessage.Progress m -> onProgress(from, m);
            case UsigMessage.Pending m -> port.blame(from, "records of a journal are not sent");
        }
    }

    private void onData(int from, UsigMessage.Data m) {
        int sender = m.ui().replica();
        Sequence sequence = sequences.get(sender);
        boolean needed = sequence.inWindow(m.ui().counter()) && !sequence.held.containsKey(m.ui().counter());
        if (sender == port.self() || !needed || judging[from] == JUDGED_PER_PEER_MAX) {
            return;
        }
        if (!isPlausible(m)) {
            port.blame(from, "passes on what no component certified");
            return;
        }
        judging[from]++;
        port.compute(() -> verifier.verify(stream, m.ui()), good -> {
            judging[from]--;
            judged(from, m, good);
        });
    }

    private boolean isPlausible(UsigMessage.Data m) {
        Ui ui = m.ui();
        boolean fresh = ui.view() == 0 && ui.checkpoint() == 0;
        return ui.lane() == LANE
                && fresh
                && ui.epoch() == epochs.get(ui.replica())
                && ui.digest().equals(digest(m.payload()));
    }

    private void judged(int from, UsigMessage.Data m, boolean good) {
        Sequence sequence = sequences.get(m.ui().replica());
        if (!good) {
            port.blame(from, "passes on what no component certified");
        } else if (sequence.inWindow(m.ui().counter()) && !sequence.held.containsKey(m.ui().counter())) {
            sequence.held.put(m.ui().counter(), m);
            deliver(m.ui().replica());
        }
    }

    /** Delivers what has no gap before it. */
    private void deliver(int sender) {
        Sequence sequence = sequences.get(sender);
        for (UsigMessage.Data next = sequence.held.get(sequence.delivered + 1);
                next != null;
                next = sequence.held.get(sequence.delivered + 1)) {
            sequence.delivered++;
            // Others may lack it for ever if this replica loses it now.
            port.persist(next);
            if (relay == Relay.EAGER && sender != port.self()) {
                UsigMessage.Data handed = next;
                port.trust().all().without(port.self()).without(sender).forEach(peer -> port.send(peer, handed));
            }
            port.output(new Delivery(sender, sequence.delivered, next.payload()));
        }
        beat();
    }

    private void onProgress(int from, UsigMessage.Progress m) {
        if (from == port.self()) {
            return;
        }
        long[] known = acknowledged.get(from);
        for (int sender = 0; sender < known.length; sender++) {
            known[sender] = Math.max(known[sender], m.delivered().get(sender));
        }
        forget();
        if (m.reply()) {
            port.send(from, progress(false));
        }
        beat();
    }

    private void forget() {
        for (int sender = 0; sender < sequences.size(); sender++) {
            Sequence sequence = sequences.get(sender);
            long least = sequence.delivered;
            for (int peer :
                    port.trust().all().minus(excluded).without(port.self()).toList()) {
                least = Math.min(least, acknowledged.get(peer)[sender]);
            }
            if (least > sequence.forgotten) {
                sequence.forgotten = least;
                sequence.held.headMap(least + 1).clear();
                // The journal may forget as well, but not at every step: that would rewrite it each time.
                if (sequence.forgotten % WINDOW == 0) {
                    port.compact();
                }
            }
        }
    }

    private UsigMessage.Progress progress(boolean reply) {
        return new UsigMessage.Progress(
                sequences.stream().map(sequence -> sequence.delivered).toList(), reply);
    }

    /** While somebody may lack something, all say how far they are, and hand on what others lack. */
    private void beat() {
        if (!beating && !restoring) {
            beating = true;
            port.wake(BEAT_MICROS, this::onBeat);
        }
    }

    private void onBeat() {
        beating = false;
        boolean waiting = false;
        for (int peer : port.trust().all().minus(excluded).without(port.self()).toList()) {
            boolean lacks = isBehind(peer);
            waiting |= lacks;
            port.send(peer, progress(lacks));
            help(peer);
        }
        if (waiting) {
            beat();
        }
    }

    private boolean isBehind(int peer) {
        for (int sender = 0; sender < sequences.size(); sender++) {
            Sequence sequence = sequences.get(sender);
            if (acknowledged.get(peer)[sender] < sequence.delivered || sequence.held.size() > held(sequence)) {
                return true;
            }
        }
        return false;
    }

    /** How many of the held ones are delivered. */
    private static long held(Sequence sequence) {
        return sequence.delivered - sequence.forgotten;
    }

    private void help(int peer) {
        for (int sender = 0; sender < sequences.size(); sender++) {
            Sequence sequence = sequences.get(sender);
            long from = Math.max(acknowledged.get(peer)[sender], sequence.forgotten);
            if (sender != peer && from < sequence.delivered) {
                sequence.held.subMap(from + 1, sequence.delivered + 1).values().forEach(data -> port.send(peer, data));
            }
        }
    }

    @Override
    public void restore(UsigMessage record) {
        switch (record) {
            case UsigMessage.Pending m -> pending.add(m.payload());
            case UsigMessage.Data m -> restoreDelivered(m);
            case UsigMessage.Progress m -> {
                for (int sender = 0; sender < sequences.size(); sender++) {
                    Sequence sequence = sequences.get(sender);
                    sequence.delivered = m.delivered().get(sender);
                    sequence.forgotten = sequence.delivered;
                }
            }
        }
    }

    private void restoreDelivered(UsigMessage.Data m) {
        int sender = m.ui().replica();
        Sequence sequence = sequences.get(sender);
        sequence.delivered = m.ui().counter();
        sequence.held.put(m.ui().counter(), m);
        if (sender == port.self()) {
            pending.poll();
        }
        port.output(new Delivery(sender, m.ui().counter(), m.payload()));
    }

    /** What the component certified last tells whether its answer was lost with the memory. */
    @Override
    public void restored() {
        restoring = false;
        asking = true;
        port.certify(new TrustedCall.LastUi(stream, LANE), this::lastKnown);
        beat();
    }

    private void lastKnown(Optional<Attestation> answer) {
        long known = sequences.get(port.self()).delivered;
        long last = answer.isPresent() && answer.get() instanceof Ui ui ? ui.counter() : 0;
        byte[] first = pending.peek();
        if (last == known) {
            certify();
        } else if (last == known + 1 && first != null && answer.get().digest().equals(digest(first))) {
            certified(answer);
        } else {
            mute = true;
        }
    }

    @Override
    public void journal(Consumer<UsigMessage> sink) {
        sink.accept(new UsigMessage.Progress(
                sequences.stream().map(sequence -> sequence.forgotten).toList(), false));
        // Their pendings come first: reading a delivered one of its own takes out the oldest.
        Sequence own = sequences.get(port.self());
        for (Map.Entry<Long, UsigMessage.Data> entry : own.held.entrySet()) {
            sink.accept(new UsigMessage.Pending(entry.getValue().payload()));
        }
        for (Sequence sequence : sequences) {
            sequence.held.headMap(sequence.delivered + 1).values().forEach(sink);
        }
        pending.forEach(payload -> sink.accept(new UsigMessage.Pending(payload)));
    }

    /** Where a sender stands here, or null where nothing of it is delivered. For tests. */
    @Nullable
    Long delivered(int sender) {
        long delivered = sequences.get(sender).delivered;
        return delivered == 0 ? null : delivered;
    }

    /** Whether the component's counters are ahead of the journal: this replica broadcasts no more in this epoch. */
    public boolean isMute() {
        return mute;
    }
}
