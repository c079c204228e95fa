package org.maftia.core.broadcast;

import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.maftia.core.crypto.Certificate;
import org.maftia.core.crypto.Certifier;
import org.maftia.core.crypto.Transcript;
import org.maftia.core.protocol.Port;
import org.maftia.core.protocol.Protocol;
import org.maftia.core.trust.ReplicaSet;
import org.maftia.core.wire.Codec;
import org.maftia.core.wire.Digest;
import org.maftia.core.wire.MalformedException;
import org.maftia.core.wire.Reader;
import org.maftia.core.wire.Writer;

/**
 * No two correct replicas deliver different payloads of one instance; with a correct sender all deliver. With a corrupt
 * one some may deliver and others never: that is what makes it cheap, a number of messages linear in the group.
 * Verifiable: {@link #closing} proves the delivery to anyone, and {@link #deliverClosing} completes it there.
 *
 * <p>The delivered payload is the output, once (again after a restart).
 *
 * <p>Source: Reiter, "Secure agreement protocols" (CCS 1994); Cachin, Kursawe, Petzold, Shoup, "Secure and efficient
 * asynchronous broadcast protocols" (CRYPTO 2001), with a vector of signatures in place of a threshold signature.
 */
public final class ConsistentBroadcast implements Protocol<ConsistentBroadcast.Message>, Broadcast {
    /** What travels, and what the journal keeps. */
    public sealed interface Message {}

    record Send(byte[] payload) implements Message {}

    /** Answer to the sender. */
    record Sign(Digest digest, byte[] signature) implements Message {}

    /** The transferable proof. */
    record Final(byte[] payload, Certificate proof) implements Message {}

    private final Port<Message, byte[]> port;
    private final Certifier certifier;
    private final Digest configuration;
    private final int sender;
    private final Codec<Message> codec;

    private final Origin<Message, Send> origin;
    private @Nullable Sign signed;
    private @Nullable Final closing;
    private final SortedMap<Integer, byte[]> signatures = new TreeMap<>();

    /**
     * @param configuration names the members and their keys; part of everything signed
     * @param sender the only replica whose SEND counts
     * @param payloadLengthMax bytes of a payload; the same at all replicas
     */
    public ConsistentBroadcast(
            Port<Message, byte[]> port, Certifier certifier, Digest configuration, int sender, int payloadLengthMax) {
        this.port = port;
        this.certifier = certifier;
        this.configuration = configuration;
        this.sender = sender;
        this.origin = new Origin<>(port, sender);
        this.codec = new MessageCodec(payloadLengthMax);
    }

    @Override
    public Codec<Message> codec() {
        return codec;
    }

    @Override
    public void broadcast(byte[] payload) {
        origin.broadcast(new Send(payload));
    }

    @Override
    public boolean hasSent() {
        return origin.sent != null;
    }

    @Override
    public void nudge(int peer) {
        if (closing != null) {
            port.send(peer, closing);
        } else if (origin.sent != null) {
            port.send(peer, origin.sent);
        } else if (signed != null && peer == sender) {
            port.send(peer, signed);
        }
    }

    /** The proof of what was delivered here, for {@link #deliverClosing} of any other replica. */
    public Optional<byte[]> closing() {
        return Optional.ofNullable(closing).map(codec::encode);
    }

    /** Delivers what a proof from elsewhere shows; false when it shows nothing. Any bytes may be given. */
    public boolean deliverClosing(byte[] proof) {
        try {
            return codec.decode(proof) instanceof Final shown && deliver(shown);
        } catch (MalformedException e) {
            return false;
        }
    }

    /** What is signed: this instance, with the digest of the payload. */
    private Digest statement(byte[] payload) {
        return statement(configuration, port.path().toString(), sender, payload);
    }

    static Digest statement(Digest configuration, String path, int sender, byte[] payload) {
        return Transcript.of("consistent")
                .field(configuration)
                .field(path)
                .field(sender)
                .field(digest(payload))
                .digest();
    }

    private static Digest digest(byte[] payload) {
        return Transcript.of("consistent/payload").field(payload).digest();
    }

    @Override
    public void receive(int from, Message message) {
        switch (message) {
            case Send m -> onSend(from, m);
            case Sign m -> onSign(from, m);
            case Final m -> {
                if (!deliver(m)) {
                    port.blame(from, "closes without a proof");
                }
            }
        }
    }

    /** First SEND of the sender: a signature over the digest, back to it; the same one again when it asks again. */
    private void onSend(int from, Send m) {
        if (!origin.isSender(from)) {
            return;
        }
        Digest digest = digest(m.payload);
        if (signed == null) {
            signed = new Sign(digest, certifier.sign(statement(m.payload)));
            port.persist(signed);
        } else if (!signed.digest.equals(digest)) {
            port.blame(from, "sends two payloads in one broadcast");
            return;
        }
        port.send(sender, signed);
    }

    /** Signatures of a quorum: FINAL. */
    private void onSign(int from, Sign m) {
        if (closing != null) {
            return;
        }
        if (origin.sent == null
                || !m.digest.equals(digest(origin.sent.payload))
                || !certifier.verify(from, statement(origin.sent.payload), m.signature)) {
            port.blame(from, "signs what was not sent");
            return;
        }
        signatures.put(from, m.signature);
        ReplicaSet signers = ReplicaSet.EMPTY;
        for (int signer : signatures.keySet()) {
            signers = signers.with(signer);
        }
        if (port.trust().isQuorum(signers)) {
            port.sendAll(new Final(origin.sent.payload, Certificate.of(signatures)));
        }
    }

    /** Delivers on a valid FINAL; whether it was one. */
    private boolean deliver(Final shown) {
        if (closing != null) {
            return true;
        }
        ReplicaSet signers = shown.proof.signers();
        boolean holds = port.trust().all().containsAll(signers)
                && port.trust().isQuorum(signers)
                && shown.proof.verify(certifier, statement(shown.payload));
        if (holds) {
            closing = shown;
            port.persist(shown);
            port.output(shown.payload);
        }
        return holds;
    }

    @Override
    public void restore(Message record) {
        switch (record) {
            case Send m -> origin.sent = m;
            case Sign m -> signed = m;
            case Final m -> closing = m;
        }
    }

    @Override
    public void restored() {
        if (closing != null) {
            port.output(closing.payload);
        }
        if (origin.sent != null) {
            port.sendAll(closing != null ? closing : origin.sent);
        } else if (signed != null) {
            port.send(sender, signed);
        }
    }

    @Override
    public void journal(Consumer<Message> sink) {
        origin.journal(sink);
        if (signed != null) {
            sink.accept(signed);
        }
        if (closing != null) {
            sink.accept(closing);
        }
    }

    private record MessageCodec(int payloadLengthMax) implements Codec<Message> {
        /** As in {@link Certificate}. */
        private static final int SIGNATURE_LENGTH_MAX = 128;

        @Override
        public void write(Writer writer, Message message) {
            switch (message) {
                case Send m -> writer.u8(0).opaque32(m.payload);
                case Sign m -> writer.u8(1).digest(m.digest).opaque8(m.signature);
                case Final m -> Certificate.CODEC.write(writer.u8(2).opaque32(m.payload), m.proof);
            }
        }

        @Override
        public Message read(Reader reader) {
            int type = reader.u8();
            return switch (type) {
                case 0 -> new Send(reader.opaque32(payloadLengthMax));
                case 1 -> new Sign(reader.digest(), reader.opaque8(SIGNATURE_LENGTH_MAX));
                case 2 -> new Final(reader.opaque32(payloadLengthMax), Certificate.CODEC.read(reader));
                default -> throw new MalformedException("no message of consistent broadcast: " + type);
            };
        }
    }
}
