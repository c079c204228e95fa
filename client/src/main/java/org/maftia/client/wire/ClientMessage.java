package org.maftia.client.wire;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.maftia.core.crypto.Transcript;
import org.maftia.core.ordering.Seal;
import org.maftia.core.protocol.Limits;
import org.maftia.core.replica.CertifiedRead;
import org.maftia.core.replica.MerkleMap;
import org.maftia.core.replica.ServiceCall;
import org.maftia.core.wire.Codec;
import org.maftia.core.wire.Digest;
import org.maftia.core.wire.MalformedException;
import org.maftia.core.wire.Reader;
import org.maftia.core.wire.Writer;

/**
 * The client protocol. After the handshake the replica says {@link Welcome}; then the client sends {@link Request}s,
 * singly or in a {@link Batch}, and the replica answers each with {@link Reply} or {@link Refused}, in any order; a {@link Read} with {@link Reading} or
 * {@link Unread}, a {@link Show} with {@link Shown} or {@link Unread}. A client that gives requests to one replica only
 * tells the others to {@link Listen}. A client that knows an older configuration than the one it is welcomed to asks what
 * came after it with {@link Follow}, step by step. One that breaks a rule hears {@link HeldOff}, and the connection ends. Who speaks is
 * known from TLS, never from a field.
 */
public sealed interface ClientMessage {
    /** Both sides speak the same version, or part. */
    int VERSION = 6;

    /** Shorter results are sent whole in any case: their digest would be as long. */
    int ALWAYS_WHOLE = Digest.LENGTH;

    /** A reason is one sentence, in bytes. */
    int REASON_LENGTH_MAX = 200;

    /**
     * The replica takes requests.
     *
     * @param configuration of the group
     * @param client the number under which the group knows the client
     * @param credits requests that may be open here at the same time
     */
    record Welcome(Digest configuration, int client, int credits) implements ClientMessage {}

    /**
     * Asks for an operation. The same may be asked again: it is executed once, and answered each time.
     *
     * @param whole whether this replica should send the result itself rather than its digest
     * @param alone whether no other replica gets it from the client: then it must be signed, and this one hands it on
     * @param operation an encoded {@link ServiceCall}
     * @param seal the client's signature, or null
     */
    record Request(
            long session,
            long sequence,
            boolean whole,
            boolean alone,
            byte[] operation,
            @Nullable Seal seal) implements ClientMessage {}

    /**
     * Asks for several operations, as a {@link Request} for each would: all that the client signed together, in the order in which
     * it did. So nothing of the tree over them has to travel.
     *
     * @param items 1 to {@link Seal#COUNT_MAX}
     * @param signature the client's, over all of them
     */
    record Batch(long session, List<Item> items, byte[] signature) implements ClientMessage {
        public Batch {
            items = List.copyOf(items);
        }
    }

    /** One of a {@link Batch}; see {@link Request}. */
    record Item(long sequence, boolean whole, byte[] operation) {
        /** Sequence, form, length. */
        private static final int LENGTH_MIN = 8 + 1 + 4;

        /** Bytes of it on the wire. */
        public int length() {
            return LENGTH_MIN + operation.length;
        }
    }

    /** What a {@link Batch} takes besides its items. */
    int BATCH_ENVELOPE_LENGTH_MAX = 256;

    /** Results of this session's requests are wanted here, though the requests go elsewhere. */
    record Listen(long session) implements ClientMessage {}

    /**
     * The client sent what no correct one sends. Nothing is taken from it for a while; the connection ends.
     *
     * @param micros from now on
     * @param reason which rule it broke
     */
    record HeldOff(long micros, String reason) implements ClientMessage {}

    /**
     * The request was executed.
     *
     * @param slot where
     * @param whole whether {@code payload} is the result, or its {@link #digest}
     */
    record Reply(long session, long sequence, long slot, boolean whole, byte[] payload) implements ClientMessage {
        /** What this replica says the result hashes to. */
        public Digest resultDigest() {
            return whole ? digest(payload) : Digest.of(payload);
        }
    }

    /** The request was not taken here; asking later may help. */
    record Refused(long session, long sequence, String reason) implements ClientMessage {}

    /**
     * Asks for an answer from the present state, at once and without the log.
     *
     * @param number of the client's own, given back with the answer
     * @param whole whether the answer itself is wanted rather than its digest
     * @param operation an encoded {@link ServiceCall}
     */
    record Read(long number, boolean whole, byte[] operation) implements ClientMessage {}

    /**
     * The present answer.
     *
     * @param slot since when it is what it is
     * @param whole whether {@code payload} is the answer, or its {@link #digest}
     */
    record Reading(long number, long slot, boolean whole, byte[] payload) implements ClientMessage {
        /** What this replica says the answer hashes to. */
        public Digest valueDigest() {
            return whole ? digest(payload) : Digest.of(payload);
        }
    }

    /**
     * Asks for a value of a service's view with its proof.
     *
     * @param notBeforeMicros agreed time, in microseconds since 1970: where the newest certified state is older, the
     *     replica answers from it, and sees to a newer one
     */
    record Show(long number, String service, String key, long notBeforeMicros) implements ClientMessage {}

    /** The answer, an encoded {@link CertifiedRead}, which proves itself. */
    record Shown(long number, byte[] read) implements ClientMessage {}

    /** A {@link Read} or {@link Show} gets no answer here. */
    record Unread(long number, String reason) implements ClientMessage {}

    /** Asks which configuration followed the one of this digest. */
    record Follow(Digest configuration) implements ClientMessage {}

    /**
     * The configuration that followed.
     *
     * @param step proves itself, in the encoding of the group's shell; empty where the replica knows of none
     */
    record Followed(byte[] step) implements ClientMessage {}

    /** A step holds the public keys of a whole group. */
    int STEP_LENGTH_MAX = 1 << 20;

    /** The digest of a result, by which replies are compared. */
    static Digest digest(byte[] result) {
        return Transcript.of("result").field(result).digest();
    }

    /** Longest frame from a replica: a step of the group is longer than any result. */
    static int answerLengthMax(Limits limits) {
        return Math.max(frameLengthMax(limits), STEP_LENGTH_MAX + 16);
    }

    /** Longest frame from a client, and of most answers: a certified read has a longer envelope than a signed request. */
    static int frameLengthMax(Limits limits) {
        return operationLengthMax(limits) + CertifiedRead.ENVELOPE_LENGTH_MAX;
    }

    /** A result may be as long as a request. */
    static int operationLengthMax(Limits limits) {
        return limits.operationLengthMax() + ServiceCall.NAME_LENGTH_MAX + 8;
    }

    static Codec<ClientMessage> codec(Limits limits) {
        return new ClientCodec(operationLengthMax(limits));
    }

    /** The encoding: a kind, then the fields in order. */
    record ClientCodec(int operationLengthMax) implements Codec<ClientMessage> {
        private static final int WELCOME = 1;
        private static final int REQUEST = 2;
        private static final int REPLY = 3;
        private static final int REFUSED = 4;
        private static final int READ = 5;
        private static final int READING = 6;
        private static final int SHOW = 7;
        private static final int SHOWN = 8;
        private static final int UNREAD = 9;
        private static final int LISTEN = 10;
        private static final int HELD_OFF = 11;
        private static final int FOLLOW = 12;
        private static final int FOLLOWED = 13;
        private static final int BATCH = 14;

        /** Kind, number and length of a {@link Shown}. */
        private static final int SHOWN_OVERHEAD = 13;

        @Override
        public void write(Writer writer, ClientMessage value) {
            switch (value) {
                case Welcome m ->
                    writer.u8(WELCOME)
                            .u8(VERSION)
                            .digest(m.configuration)
                            .u16(m.client)
                            .u32(m.credits);
                case Request m -> write(writer.u8(REQUEST), m);
                case Batch m ->
                    writer.u8(BATCH)
                            .u64(m.session)
                            .opaque8(m.signature)
                            .list(
                                    m.items,
                                    (to, item) -> to.u64(item.sequence)
                                            .bool(item.whole)
                                            .opaque32(item.operation));
                case Listen m -> writer.u8(LISTEN).u64(m.session);
                case HeldOff m -> writer.u8(HELD_OFF).u64(m.micros).string(m.reason);
                case Reply m ->
                    writer.u8(REPLY)
                            .u64(m.session)
                            .u64(m.sequence)
                            .u64(m.slot)
                            .bool(m.whole)
                            .opaque32(m.payload);
                case Refused m ->
                    writer.u8(REFUSED).u64(m.session).u64(m.sequence).string(m.reason);
                case Read m -> writer.u8(READ).u64(m.number).bool(m.whole).opaque32(m.operation);
                case Reading m ->
                    writer.u8(READING).u64(m.number).u64(m.slot).bool(m.whole).opaque32(m.payload);
                case Show m ->
                    writer.u8(SHOW)
                            .u64(m.number)
                            .string(m.service)
                            .string(m.key)
                            .u64(m.notBeforeMicros);
                case Shown m -> writer.u8(SHOWN).u64(m.number).opaque32(m.read);
                case Follow m -> writer.u8(FOLLOW).digest(m.configuration);
                case Followed m -> writer.u8(FOLLOWED).opaque32(m.step);
                case Unread m -> writer.u8(UNREAD).u64(m.number).string(m.reason);
            }
        }

        private static void write(Writer writer, Request request) {
            writer.u64(request.session)
                    .u64(request.sequence)
                    .bool(request.whole)
                    .bool(request.alone)
                    .opaque32(request.operation)
                    .bool(request.seal != null);
            if (request.seal != null) {
                Seal.CODEC.write(writer, request.seal);
            }
        }

        private Request request(Reader reader) {
            Request request = new Request(
                    reader.count(),
                    reader.count(),
                    reader.bool(),
                    reader.bool(),
                    reader.opaque32(operationLengthMax),
                    reader.bool() ? Seal.CODEC.read(reader) : null);
            if (request.alone && request.seal == null) {
                throw new MalformedException("a request for one replica alone is signed");
            }
            return request;
        }

        @Override
        public ClientMessage read(Reader reader) {
            int kind = reader.u8();
            return switch (kind) {
                case WELCOME -> welcome(reader);
                case REQUEST -> request(reader);
                case BATCH -> batch(reader);
                case LISTEN -> new Listen(reader.count());
                case HELD_OFF -> new HeldOff(reader.count(), reader.string(REASON_LENGTH_MAX));
                case REPLY -> reply(reader);
                case REFUSED -> new Refused(reader.count(), reader.count(), reader.string(REASON_LENGTH_MAX));
                case READ -> new Read(reader.count(), reader.bool(), reader.opaque32(operationLengthMax));
                case READING -> reading(reader);
                case SHOW ->
                    new Show(
                            reader.count(),
                            reader.string(ServiceCall.NAME_LENGTH_MAX),
                            reader.string(MerkleMap.KEY_LENGTH_MAX),
                            reader.count());
                case SHOWN ->
                    new Shown(
                            reader.count(),
                            reader.opaque32(operationLengthMax + CertifiedRead.ENVELOPE_LENGTH_MAX - SHOWN_OVERHEAD));
                case FOLLOW -> new Follow(reader.digest());
                case FOLLOWED -> new Followed(reader.opaque32(STEP_LENGTH_MAX));
                case UNREAD -> new Unread(reader.count(), reader.string(REASON_LENGTH_MAX));
                default -> throw new MalformedException("no client message " + kind);
            };
        }

        private Batch batch(Reader reader) {
            long session = reader.count();
            byte[] signature = reader.opaque8(Seal.SIGNATURE_LENGTH_MAX);
            List<Item> items = reader.list(
                    Seal.COUNT_MAX,
                    Item.LENGTH_MIN,
                    from -> new Item(from.count(), from.bool(), from.opaque32(operationLengthMax)));
            if (items.isEmpty()) {
                throw new MalformedException("a batch of nothing");
            }
            return new Batch(session, items, signature);
        }

        private static Welcome welcome(Reader reader) {
            int version = reader.u8();
            if (version != VERSION) {
                throw new MalformedException("client protocol version " + version + ", not " + VERSION);
            }
            Digest configuration = reader.digest();
            int client = reader.u16();
            long credits = reader.u32();
            if (credits > Integer.MAX_VALUE) {
                throw new MalformedException("credits without bound");
            }
            return new Welcome(configuration, client, (int) credits);
        }

        private Reply reply(Reader reader) {
            Reply reply = new Reply(
                    reader.count(), reader.count(), reader.count(), reader.bool(), reader.opaque32(operationLengthMax));
            requireForm(reply.whole, reply.payload);
            return reply;
        }

        private Reading reading(Reader reader) {
            Reading reading =
                    new Reading(reader.count(), reader.count(), reader.bool(), reader.opaque32(operationLengthMax));
            requireForm(reading.whole, reading.payload);
            return reading;
        }

        private static void requireForm(boolean whole, byte[] payload) {
            if (!whole && payload.length != Digest.LENGTH) {
                throw new MalformedException("a digest has 32 bytes");
            }
        }
    }
}
