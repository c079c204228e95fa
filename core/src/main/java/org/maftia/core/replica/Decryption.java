package org.maftia.core.replica;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.maftia.core.crypto.ThresholdCipher;
import org.maftia.core.protocol.Invariant;
import org.maftia.core.protocol.Port;
import org.maftia.core.protocol.Protocol;
import org.maftia.core.trust.ReplicaSet;
import org.maftia.core.wire.Codec;
import org.maftia.core.wire.MalformedException;
import org.maftia.core.wire.Reader;
import org.maftia.core.wire.Writer;

/**
 * Gathers what opens the messages that services want opened. Nothing leaves a replica but its share of what its own log
 * asked for; what was gathered goes into the log, where everybody checks it, so all services hear of it at one place.
 *
 * <p>All that are correct qualify, and all of them see the wish in their logs, so shares that suffice come together; what a
 * link or a crash swallowed is asked for, and is the same again. One replica brings them to the log, another one each time,
 * and the next in turn where it does not.
 *
 * <p>Source: Shoup, Gennaro (J. Cryptology 2002), for the cipher; the shares in the log make the opening checkable by all.
 */
final class Decryption implements Protocol<Decryption.Message> {
    /** A share is asked for after this time: a round trip and some shares' worth of computing. */
    private static final long PATIENCE_MICROS = 300_000;

    /** Others leave a lead to those before them in turn, so that not all bring the same to the log. */
    private static final long TURN_MICROS = 150_000;

    /** Who has brought it brings it again, should that be lost. */
    private static final long AGAIN_MICROS = 2_000_000;

    /** A peer gets the same share again this often. */
    private static final long ANSWER_AGAIN_MICROS = 100_000;

    private final Port<Message, Finished> port;
    private final ThresholdCipher.Holder holder;
    private final SortedMap<Long, Open> open = new TreeMap<>();

    /** Shares of peers whose logs are ahead, by sender; no more wishes than may be open. */
    private final List<SortedMap<Long, byte[]>> early = new ArrayList<>();

    private long nextNumber;

    Decryption(Port<Message, Finished> port, ThresholdCipher.Holder holder) {
        this.port = port;
        this.holder = holder;
        for (int i = 0; i < port.trust().size(); i++) {
            early.add(new TreeMap<>());
        }
    }

    /** What opens it, to be put into the log: true shares of a qualified set, or none where nothing opens it. */
    record Finished(long number, SortedMap<Integer, byte[]> shares) {}

    /** What replicas say to each other about the wish {@code number}. */
    sealed interface Message {
        record Share(long number, byte[] share) implements Message {}

        /** I lack shares. */
        record Want(long number) implements Message {}
    }

    /** The log wants this opened. */
    void wanted(long number, PendingDecryptions.Wanted wanted) {
        nextNumber = Math.max(nextNumber, number + 1);
        Open opening = new Open(number, wanted);
        open.put(number, opening);
        for (int peer = 0; peer < early.size(); peer++) {
            byte[] share = early.get(peer).remove(number);
            if (share != null) {
                opening.shares.put(peer, share);
            }
            early.get(peer).headMap(nextNumber).clear();
        }
        opening.begin();
    }

    /** The log has what opens it. */
    void done(long number) {
        Open opening = open.remove(number);
        if (opening != null) {
            opening.timer.cancel();
        }
    }

    /** The state was replaced: these are wanted now. */
    void reset(SortedMap<Long, PendingDecryptions.Wanted> wanted) {
        for (long number : List.copyOf(open.keySet())) {
            done(number);
        }
        wanted.forEach(this::wanted);
    }

    @Override
    public Codec<Message> codec() {
        return CODEC;
    }

    @Override
    public void receive(int from, Message message) {
        switch (message) {
            case Message.Share share -> received(from, share.number, share.share);
            case Message.Want want -> {
                Open opening = open.get(want.number);
                if (opening != null) {
                    opening.answer(from);
                }
            }
        }
    }

    private void received(int from, long number, byte[] share) {
        if (from == port.self()) {
            return;
        }
        if (share.length != holder.cipher().shareLength(from)) {
            // Nothing is kept of what is longer than a share.
            port.blame(from, "sends a false share of a ciphertext");
            return;
        }
        Open opening = open.get(number);
        if (opening != null) {
            opening.receive(from, share);
        } else if (number >= nextNumber && number < nextNumber + PendingDecryptions.COUNT_MAX) {
            early.get(from).putIfAbsent(number, share);
        }
    }

    /** One message on its way to being opened. */
    private final class Open {
        private final long number;
        private final PendingDecryptions.Wanted wanted;

        /** As they came, not verified. */
        private final SortedMap<Integer, byte[]> shares = new TreeMap<>();

        private final SortedMap<Integer, byte[]> verified = new TreeMap<>();
        private ReplicaSet verifying = ReplicaSet.EMPTY;
        private ReplicaSet refused = ReplicaSet.EMPTY;
        private final SortedMap<Integer, Long> answeredMicros = new TreeMap<>();
        private byte @Nullable [] own;
        private boolean invalid;
        private Port.Timer timer;

        /** When it is this replica's turn to bring it to the log. */
        private long turnMicros;

        Open(long number, PendingDecryptions.Wanted wanted) {
            this.number = number;
            this.wanted = wanted;
            this.turnMicros = port.nowMicros() + TURN_MICROS * turn();
            this.timer = port.wake(Math.max(1, TURN_MICROS * turn()), this::lostPatience);
        }

        private int turn() {
            int size = port.trust().size();
            return Math.floorMod(port.self() - number % size, size);
        }

        private boolean isClosed() {
            return open.get(number) != this;
        }

        /** A share is an oracle, so none leaves for what is not valid, even should the log hold it. */
        void begin() {
            port.<Optional<byte[]>>compute(this::ownShare, this::release);
        }

        /** Computed elsewhere, so it looks at nothing that changes. A replica without a leaf has an empty share. */
        private Optional<byte[]> ownShare() {
            return holder.cipher().isValid(wanted.ciphertext(), wanted.label())
                    ? Optional.of(holder.share(wanted.ciphertext(), wanted.label()))
                    : Optional.empty();
        }

        private void release(Optional<byte[]> computed) {
            if (isClosed()) {
                return;
            }
            if (computed.isEmpty()) {
                invalid = true;
                shares.clear();
            } else {
                byte[] share = computed.get();
                own = share;
                verified.put(port.self(), share);
                if (share.length > 0) {
                    port.sendAll(new Message.Share(number, share));
                }
                verifyMore();
            }
            bring();
        }

        void receive(int from, byte[] share) {
            boolean known = verified.containsKey(from) || verifying.contains(from) || refused.contains(from);
            if (!known && !invalid) {
                shares.put(from, share);
                verifyMore();
            }
        }

        /** Verifies as many as are needed beside the own one, and others only when some of those prove false. */
        private void verifyMore() {
            while (own != null
                    && !isClosed()
                    && !shares.isEmpty()
                    && !holder.cipher().isQualified(promising())) {
                int from = shares.firstKey();
                byte[] share = Invariant.present(shares.remove(from), "the key is the map's");
                verifying = verifying.with(from);
                port.<Boolean>compute(
                        () -> holder.cipher().verify(wanted.ciphertext(), wanted.label(), from, share),
                        holds -> verified(from, share, holds));
            }
        }

        private ReplicaSet promising() {
            return verifying.union(verifiedBy());
        }

        private ReplicaSet verifiedBy() {
            ReplicaSet set = ReplicaSet.EMPTY;
            for (int replica : verified.keySet()) {
                set = set.with(replica);
            }
            return set;
        }

        private void verified(int from, byte[] share, boolean holds) {
            verifying = verifying.without(from);
            if (holds) {
                verified.put(from, share);
            } else {
                refused = refused.with(from);
                port.blame(from, "sends a false share of a ciphertext");
            }
            verifyMore();
            bring();
        }

        private boolean isComplete() {
            return invalid || holder.cipher().isQualified(verifiedBy());
        }

        /** Brings it to the log when it is this replica's turn; again after a while, should it get lost. */
        private void bring() {
            if (!isClosed() && isComplete() && port.nowMicros() >= turnMicros) {
                turnMicros = port.nowMicros() + AGAIN_MICROS;
                SortedMap<Integer, byte[]> contributed = new TreeMap<>(verified);
                contributed.values().removeIf(share -> share.length == 0);
                port.output(new Finished(number, contributed));
            }
        }

        private void lostPatience() {
            timer = port.wake(PATIENCE_MICROS, this::lostPatience);
            if (isComplete()) {
                bring();
            } else if (own != null && port.nowMicros() >= turnMicros + PATIENCE_MICROS) {
                port.sendAll(new Message.Want(number));
            }
        }

        void answer(int from) {
            byte[] share = own;
            Long last = answeredMicros.get(from);
            boolean lately = last != null && port.nowMicros() - last < ANSWER_AGAIN_MICROS;
            if (share != null && share.length > 0 && from != port.self() && !lately) {
                answeredMicros.put(from, port.nowMicros());
                port.send(from, new Message.Share(number, share));
            }
        }
    }

    private static final Codec<Message> CODEC = new Codec<>() {
        @Override
        public void write(Writer writer, Message value) {
            switch (value) {
                case Message.Share share -> writer.u8(1).u64(share.number).opaque16(share.share);
                case Message.Want want -> writer.u8(2).u64(want.number);
            }
        }

        @Override
        public Message read(Reader reader) {
            return switch (reader.u8()) {
                case 1 -> new Message.Share(reader.count(), reader.opaque16(ThresholdCipher.SHARE_LENGTH_MAX));
                case 2 -> new Message.Want(reader.count());
                default -> throw new MalformedException("no message of decryption");
            };
        }
    };
}
