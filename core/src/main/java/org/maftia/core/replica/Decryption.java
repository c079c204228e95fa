package org.maftia.core.replica;

import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.maftia.core.crypto.ThresholdCipher;
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
 * <p>Optimistic: the first few in turn, who qualify, send shares, and the first of all looks at them. The others do their part when
 * nothing comes of that, or are told to by whoever asks: a share and its check cost as much as hundreds of plain requests. Nor are
 * shares verified while what they open shows that it is right: each is only where that does not show.
 *
 * <p>Source: Shoup, Gennaro (J. Cryptology 2002), for the cipher; the shares in the log make the opening checkable by all.
 */
final class Decryption implements Protocol<Decryption.Message> {
    /** A share is asked for after this time: a round trip and some shares' worth of computing. */
    private static final long PATIENCE_MICROS = 300_000;

    /** Others leave a lead to those before them in turn, so that not all bring the same to the log. */
    private static final long TURN_MICROS = 150_000;

    /**
     * While others are opened one may simply wait for its turn in the queues: it is overtaken only when so many came before it, or
     * twice as many as are under way.
     */
    private static final int OVERTAKEN_MIN = 16;

    /** For so many wishes a replica that did not do its part is not among the first in turn. */
    private static final int SPARED = 64;

    /** Who has brought it brings it again, should that be lost. */
    private static final long AGAIN_MICROS = 2_000_000;

    private final Port<Message, Finished> port;
    private final UsedKey<ThresholdCipher.Holder> key;
    private final SortedMap<Long, Open> open = new TreeMap<>();

    /** Shares of peers whose logs are ahead, by sender; no more wishes than may be open. */
    private final List<SortedMap<Long, Message.Share>> early = new ArrayList<>();

    /** By replica, up to which number it is not among the first; what each sees for itself, as only time depends on it. */
    private final SortedMap<Integer, Long> sparedUntil = new TreeMap<>();

    private long nextNumber;
    private long lastProgressMicros;

    Decryption(Port<Message, Finished> port, UsedKey<ThresholdCipher.Holder> key) {
        this.port = port;
        this.key = key;
        for (int i = 0; i < port.trust().size(); i++) {
            early.add(new TreeMap<>());
        }
    }

    /**
     * What opens it, to be put into the log: shares of a qualified set that are true, or open it all the same, or none where
     * nothing opens it.
     *
     * @param keyEpoch of which the shares are
     */
    record Finished(long number, long keyEpoch, SortedMap<Integer, byte[]> shares) {}

    /** What replicas say to each other about the wish {@code number}. */
    sealed interface Message {
        /** @param keyEpoch whose shares of the key made it */
        record Share(long number, long keyEpoch, byte[] share) implements Message {}

        /** I lack shares, and can use those of this epoch. */
        record Want(long number, long keyEpoch) implements Message {}
    }

    /** The log wants this opened. */
    void wanted(long number, PendingDecryptions.Wanted wanted) {
        nextNumber = Math.max(nextNumber, number + 1);
        Open opening = new Open(number, wanted);
        open.put(number, opening);
        for (int peer = 0; peer < early.size(); peer++) {
            Message.Share share = early.get(peer).remove(number);
            if (share != null) {
                opening.shares.receive(peer, share.keyEpoch, share.share);
            }
            early.get(peer).headMap(nextNumber).clear();
        }
        opening.begin();
    }

    /** The key has another epoch, or this replica's shares of it have come. */
    void renewed() {
        List.copyOf(open.values()).forEach(Open::renewed);
    }

    /** The log has what opens it. */
    void done(long number) {
        lastProgressMicros = port.nowMicros();
        open.headMap(number).values().forEach(overtaken -> overtaken.overtakenBy++);
        close(number);
    }

    /** What was found out here about a wish, so that it need not be found out again. */
    PendingDecryptions.Found found(long number, long keyEpoch) {
        Open opening = open.get(number);
        if (opening == null) {
            return PendingDecryptions.Found.NOTHING;
        }
        CiphertextShares shares = opening.shares;
        return new PendingDecryptions.Found() {
            @Override
            public boolean isValid() {
                return shares.hasBegun();
            }

            @Override
            public boolean isTrue(int replica, byte[] share) {
                return shares.isKnown(keyEpoch, replica, share);
            }

            @Override
            public byte @Nullable [] message(SortedMap<Integer, byte[]> by) {
                return shares.message(keyEpoch, by);
            }
        };
    }

    private void close(long number) {
        Open opening = open.remove(number);
        if (opening != null) {
            opening.timer.cancel();
        }
    }

    /** The state was replaced: these are wanted now. */
    void reset(SortedMap<Long, PendingDecryptions.Wanted> wanted) {
        for (long number : List.copyOf(open.keySet())) {
            close(number);
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
            case Message.Share share -> received(from, share);
            case Message.Want want -> {
                Open opening = open.get(want.number);
                if (opening != null) {
                    opening.missed();
                    opening.shares.answer(
                            from,
                            want.keyEpoch,
                            (epoch, share) -> port.send(from, new Message.Share(want.number, epoch, share)));
                }
            }
        }
    }

    private void received(int from, Message.Share message) {
        long number = message.number;
        if (from == port.self() || !CiphertextShares.isPlausible(port, key, from, message.keyEpoch, message.share)) {
            return;
        }
        Open opening = open.get(number);
        if (opening != null) {
            opening.shares.receive(from, message.keyEpoch, message.share);
        } else if (number >= nextNumber && number < nextNumber + PendingDecryptions.COUNT_MAX) {
            early.get(from).putIfAbsent(number, message);
        }
    }

    /** In what order replicas do their part: it begins with another one each time, and ends with those who were silent lately. */
    private List<Integer> order(long number) {
        int size = port.trust().size();
        List<Integer> order = new ArrayList<>();
        List<Integer> silent = new ArrayList<>();
        for (int i = 0; i < size; i++) {
            int replica = (int) ((number % size + i) % size);
            (number < sparedUntil.getOrDefault(replica, 0L) ? silent : order).add(replica);
        }
        order.addAll(silent);
        return order;
    }

    /** One message on its way to being opened. */
    private final class Open implements CiphertextShares.Events {
        private final long number;
        private final PendingDecryptions.Wanted wanted;

        private final List<Integer> order;
        private final long sinceMicros = port.nowMicros();
        private final CiphertextShares shares;
        private boolean invalid;
        private Port.Timer timer;

        /** When it is this replica's turn to bring it to the log. */
        private long turnMicros;

        /** Those before this one in turn have not done it: it does its part, too. */
        private boolean late;

        private int overtakenBy;

        Open(long number, PendingDecryptions.Wanted wanted) {
            this.number = number;
            this.wanted = wanted;
            this.order = order(number);
            this.shares = new CiphertextShares(
                    port, key, wanted.ciphertext(), wanted.label(), () -> !isClosed() && !invalid, this);
            this.turnMicros = port.nowMicros() + TURN_MICROS * turn();
            this.timer = port.wake(Math.max(1, TURN_MICROS * turn()), this::lostPatience);
        }

        private int turn() {
            return order.indexOf(port.self());
        }

        private boolean isClosed() {
            return open.get(number) != this;
        }

        /** A share is an oracle, so none leaves for what is not valid, even should the log hold it. */
        void begin() {
            ThresholdCipher scheme = shares.cipher();
            port.<Boolean>compute(() -> scheme.isValid(wanted.ciphertext(), wanted.label()), this::checked);
        }

        private void checked(boolean valid) {
            if (isClosed()) {
                return;
            }
            if (valid) {
                shares.begin();
            } else {
                invalid = true;
                shares.clear();
                bring();
            }
        }

        @Override
        public void made(long epoch, byte[] share) {
            port.sendAll(new Message.Share(number, epoch, share));
        }

        @Override
        public void grown() {
            bring();
        }

        /** Whether this replica is among the first that qualify. */
        @Override
        public boolean contributes() {
            return late || first().contains(port.self());
        }

        @Override
        public boolean gathers() {
            return late || turn() == 0;
        }

        @Override
        public boolean triesTogether() {
            return true;
        }

        private ReplicaSet first() {
            ReplicaSet first = ReplicaSet.EMPTY;
            for (int replica : order) {
                if (shares.cipher().isQualified(first)) {
                    break;
                }
                first = first.with(replica);
            }
            return first;
        }

        /** What stands in the log with shares of before opens nothing: it is brought again, without the wait for that. */
        void renewed() {
            if (shares.epoch() != key.epoch()) {
                turnMicros = port.nowMicros() + TURN_MICROS * turn();
            }
            shares.renewed();
        }

        private boolean isComplete() {
            return invalid || shares.isComplete();
        }

        /** Brings it to the log when it is this replica's turn; again after a while, should it get lost. */
        private void bring() {
            if (!isClosed() && isComplete() && port.nowMicros() >= turnMicros) {
                turnMicros = port.nowMicros() + AGAIN_MICROS;
                SortedMap<Integer, byte[]> contributed = shares.opening();
                contributed.values().removeIf(share -> share.length == 0);
                port.output(new Finished(number, shares.epoch(), contributed));
            }
        }

        private void lostPatience() {
            timer = port.wake(PATIENCE_MICROS, this::lostPatience);
            boolean progress = port.nowMicros() - lastProgressMicros < PATIENCE_MICROS;
            boolean overtaken = overtakenBy >= Math.max(OVERTAKEN_MIN, 2 * open.size());
            if (isComplete()) {
                bring();
                return;
            }
            if (!shares.hasBegun() || port.nowMicros() < turnMicros || progress && !overtaken) {
                return; // it waits in the own queue, or others do it, or all are busy
            }
            boolean again = late || turn() == 0;
            if (again && port.nowMicros() < turnMicros + PATIENCE_MICROS) {
                return;
            }
            spareSilent();
            late = true;
            shares.resume();
            if (again) {
                port.sendAll(new Message.Want(number, shares.epoch()));
            }
        }

        /** A peer lacks shares: after some time those who showed none are not waited for the next times. */
        private void missed() {
            if (port.nowMicros() >= sinceMicros + TURN_MICROS) {
                spareSilent();
            }
        }

        private void spareSilent() {
            for (int replica : first().toList()) {
                if (replica != port.self() && !shares.hasHeard(replica)) {
                    sparedUntil.put(replica, number + SPARED);
                }
            }
        }
    }

    private static final Codec<Message> CODEC = new Codec<>() {
        @Override
        public void write(Writer writer, Message value) {
            switch (value) {
                case Message.Share share ->
                    writer.u8(1).u64(share.number).u64(share.keyEpoch).opaque16(share.share);
                case Message.Want want -> writer.u8(2).u64(want.number).u64(want.keyEpoch);
            }
        }

        @Override
        public Message read(Reader reader) {
            return switch (reader.u8()) {
                case 1 ->
                    new Message.Share(
                            reader.count(), reader.count(), reader.opaque16(ThresholdCipher.SHARE_LENGTH_MAX));
                case 2 -> new Message.Want(reader.count(), reader.count());
                default -> throw new MalformedException("no message of decryption");
            };
        }
    };
}
