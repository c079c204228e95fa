package org.maftia.core.replica;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;
import org.maftia.core.crypto.ThresholdCipher;
import org.maftia.core.protocol.Port;
import org.maftia.core.protocol.Protocol;
import org.maftia.core.wire.Codec;
import org.maftia.core.wire.Digest;
import org.maftia.core.wire.MalformedException;
import org.maftia.core.wire.Reader;
import org.maftia.core.wire.Writer;

/**
 * Opens confidential requests once they are ordered: every correct replica learns the same content, and nobody learns any
 * before a correct replica has seen the request decided.
 *
 * <p><em>Secrecy.</em> A fault set does not qualify, so whoever opens a request needs the share of a correct replica, and
 * that leaves only for what its own log holds. <em>One content.</em> Only verified shares are combined, so each qualified
 * set gives the same. <em>Liveness.</em> All correct replicas qualify and see the request decided; shares that a link or
 * a crash swallowed are asked for, and given again: they are a function of the request, so a replica that forgot makes
 * the same. Who asks for what the others have left behind fetches their state instead.
 *
 * <p>Source: Cachin, Kursawe, Petzold, Shoup, "Secure and efficient asynchronous broadcast protocols" (CRYPTO 2001),
 * secure causal atomic broadcast, over TDH2.
 */
final class Disclosure implements Protocol<Disclosure.Message> {
    /** A share is asked for after this time: a round trip and some shares' worth of computing. */
    private static final long PATIENCE_MICROS = 300_000;

    /** Then others may have left behind what is waited for. */
    private static final long STALLED_MICROS = 1_000_000;

    /** Requests that are asked for at a time: execution waits for the oldest first. */
    private static final int WANTED_MAX = 64;

    private final Port<Message, Event> port;
    private final UsedKey<ThresholdCipher.Holder> key;
    private final CiphertextCheck check;

    /** By the digest of the request, in the order of the log. */
    private final Map<Digest, Opening> openings = new LinkedHashMap<>();

    /** Those without content yet, in the order of the log. */
    private final Map<Digest, Opening> unread = new LinkedHashMap<>();

    private final List<EarlyShares> early = new ArrayList<>();
    private boolean watching;

    Disclosure(Port<Message, Event> port, UsedKey<ThresholdCipher.Holder> key, CiphertextCheck check) {
        this.port = port;
        this.key = key;
        this.check = check;
        for (int i = 0; i < port.trust().size(); i++) {
            early.add(new EarlyShares(port.limits().heldBytesPerPeer()));
        }
    }

    /** What a request turned out to hold: the operation, or null for garbage. */
    record Content(byte @Nullable [] operation) {
        static final Content UNREADABLE = new Content(null);
    }

    /** What replicas say to each other about ordered requests, by their digests. */
    sealed interface Message {
        /**
         * This is what I contribute to opening it.
         *
         * @param keyEpoch whose shares of the key made it
         */
        record Share(Digest request, long keyEpoch, byte[] share) implements Message {}

        /**
         * These I cannot open yet.
         *
         * @param keyEpoch whose shares I can use: who is ahead uses later ones, and who is behind has none yet
         */
        record Want(long keyEpoch, List<Digest> requests) implements Message {
            public Want {
                requests = List.copyOf(requests);
            }
        }
    }

    /** What comes out. */
    sealed interface Event {}

    /** The content of another request is known. */
    record Disclosed() implements Event {}

    /** Something waits for long: the peers may have nothing left to give but their state. */
    record Stalled() implements Event {}

    /** The log holds the request: it may be opened. Called again for the same one it does nothing. */
    void ordered(SealedRequest request) {
        if (openings.containsKey(request.digest())) {
            return;
        }
        Opening opening = new Opening(request);
        openings.put(request.digest(), opening);
        unread.put(request.digest(), opening);
        for (int peer = 0; peer < early.size(); peer++) {
            Message.Share share = early.get(peer).take(request.digest());
            if (share != null) {
                opening.shares.receive(peer, share.keyEpoch, share.share);
            }
        }
        check.check(request, opening::checked);
        watch();
    }

    /** The key has another epoch, or this replica's shares of it have come: what is not read yet is read with those. */
    void renewed() {
        List.copyOf(unread.values()).forEach(opening -> opening.shares.renewed());
    }

    /** What an ordered request holds, once that is known. */
    @Nullable
    Content content(Digest request) {
        Opening opening = openings.get(request);
        return opening == null ? null : opening.content;
    }

    /** A stable checkpoint covers the request: peers need no share of it any more, only the state. */
    void forget(Digest request) {
        openings.remove(request);
        unread.remove(request);
    }

    @Override
    public Codec<Message> codec() {
        return CODEC;
    }

    @Override
    public void receive(int from, Message message) {
        switch (message) {
            case Message.Share share -> received(from, share);
            case Message.Want want ->
                want.requests.forEach(request -> {
                    Opening opening = openings.get(request);
                    if (opening != null) {
                        opening.shares.answer(
                                from,
                                want.keyEpoch,
                                (epoch, share) -> port.send(from, new Message.Share(request, epoch, share)));
                    }
                });
        }
    }

    private void received(int from, Message.Share message) {
        if (from == port.self() || !CiphertextShares.isPlausible(port, key, from, message.keyEpoch, message.share)) {
            return;
        }
        Opening opening = openings.get(message.request);
        if (opening == null) {
            early.get(from).keep(message);
        } else {
            opening.shares.receive(from, message.keyEpoch, message.share);
        }
    }

    private void watch() {
        if (!watching && !unread.isEmpty()) {
            watching = true;
            port.wake(PATIENCE_MICROS, () -> {
                watching = false;
                ask();
                watch();
            });
        }
    }

    /** Asks for what waits longest. Under load that may only be its turn, so answers are bounded where they are given. */
    private void ask() {
        List<Digest> wanted = new ArrayList<>();
        boolean stalled = false;
        for (Opening opening : unread.values()) {
            long waited = port.nowMicros() - opening.sinceMicros;
            if (waited < PATIENCE_MICROS || wanted.size() == WANTED_MAX) {
                break;
            }
            stalled |= waited >= STALLED_MICROS;
            wanted.add(opening.request.digest());
        }
        if (!wanted.isEmpty()) {
            port.sendAll(new Message.Want(key.epoch(), wanted));
        }
        if (stalled) {
            port.output(new Stalled());
        }
    }

    /** One request on its way to being read. */
    private final class Opening implements CiphertextShares.Events {
        private final SealedRequest request;
        private final long sinceMicros = port.nowMicros();

        private final CiphertextShares shares;
        private boolean combining;
        private @Nullable Content content;

        Opening(SealedRequest request) {
            this.request = request;
            this.shares =
                    new CiphertextShares(port, key, request.ciphertext(), request.label(), () -> !isClosed(), this);
        }

        private boolean isClosed() {
            return content != null || openings.get(request.digest()) != this;
        }

        /** A share is an oracle, so none leaves for what is not valid, even should the log hold it. */
        void checked(boolean holds) {
            if (isClosed()) {
                return;
            }
            if (!holds) {
                settle(Content.UNREADABLE);
                return;
            }
            shares.begin();
        }

        /** Others may need it where this replica does not any more. */
        @Override
        public void made(long epoch, byte[] share) {
            if (openings.get(request.digest()) == this) {
                port.sendAll(new Message.Share(request.digest(), epoch, share));
            }
        }

        @Override
        public void grown() {
            if (combining || isClosed() || !shares.isComplete()) {
                return;
            }
            combining = true;
            SortedMap<Integer, byte[]> chosen = shares.opening();
            ThresholdCipher scheme = shares.cipher();
            port.<Optional<byte[]>>compute(
                    () -> scheme.combine(request.ciphertext(), request.label(), chosen),
                    message -> settle(new Content(message.orElse(null))));
        }

        private void settle(Content known) {
            if (isClosed()) {
                return;
            }
            content = known;
            unread.remove(request.digest());
            shares.clear(); // what was read is executed soon
            port.output(new Disclosed());
        }
    }

    /** Shares of one peer for requests that this replica has not seen decided yet; the oldest make room for new ones. */
    private static final class EarlyShares {
        /** What an entry takes besides its share. */
        private static final int ENTRY_BYTES = 100;

        private final int bytesMax;
        private final Map<Digest, Message.Share> shares = new LinkedHashMap<>();
        private long bytes;

        EarlyShares(int bytesMax) {
            this.bytesMax = bytesMax;
        }

        void keep(Message.Share message) {
            take(message.request);
            shares.put(message.request, message);
            bytes += ENTRY_BYTES + message.share.length;
            while (bytes > bytesMax) {
                take(shares.keySet().iterator().next());
            }
        }

        Message.@Nullable Share take(Digest request) {
            Message.Share message = shares.remove(request);
            bytes -= message == null ? 0 : ENTRY_BYTES + message.share.length;
            return message;
        }
    }

    private static final Codec<Message> CODEC = new Codec<>() {
        @Override
        public void write(Writer writer, Message value) {
            switch (value) {
                case Message.Share share ->
                    writer.u8(1).digest(share.request).u64(share.keyEpoch).opaque16(share.share);
                case Message.Want want -> writer.u8(2).u64(want.keyEpoch).list(want.requests, Writer::digest);
            }
        }

        @Override
        public Message read(Reader reader) {
            return switch (reader.u8()) {
                case 1 ->
                    new Message.Share(
                            reader.digest(), reader.count(), reader.opaque16(ThresholdCipher.SHARE_LENGTH_MAX));
                case 2 -> new Message.Want(reader.count(), reader.list(WANTED_MAX, Digest.LENGTH, Reader::digest));
                default -> throw new MalformedException("no message of disclosure");
            };
        }
    };
}
