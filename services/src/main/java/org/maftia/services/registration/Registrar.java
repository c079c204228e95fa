package org.maftia.services.registration;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.maftia.core.crypto.Transcript;
import org.maftia.core.replica.Command;
import org.maftia.core.replica.Context;
import org.maftia.core.replica.MerkleMap;
import org.maftia.core.replica.StateMachine;
import org.maftia.core.wire.Digest;
import org.maftia.core.wire.MalformedException;
import org.maftia.core.wire.Reader;
import org.maftia.core.wire.Writer;
import org.maftia.services.registration.Registration.Standing;

/**
 * Registers documents in the order in which the log has their ciphertexts. A command is a {@link RegistrationCommand}, a result
 * a {@link RegistrationAnswer}. The result of a registration tells its place at once, before anybody knows what it hides.
 */
public final class Registrar implements StateMachine {
    /** The name under which a group runs it. */
    public static final String NAME = "registration";

    /** What a registered document is in the transparency log; the body is {@link Receipt#payload}. */
    public static final int DOCUMENT_ENTRY = 5;

    /** Registrations that are undecided: half of what the group opens at a time, so that other services have room. */
    static final int WAITING_MAX = 128;

    /** Of their ciphertexts, in bytes: half of what the group has room for. */
    static final long WAITING_BYTES_MAX = 2L << 20;

    /** Of one client, which gateways are too: who floods its gateway takes no room from others'. */
    static final int WAITING_PER_CLIENT_MAX = 32;

    static final long WAITING_BYTES_PER_CLIENT_MAX = 640 << 10;

    /** The public record has room again once its next head is signed, which takes a second. */
    private static final long RECORD_AGAIN_MICROS = 500_000;

    private final Addressee addressee;
    private final String keyId;
    private final Digest key;
    private final Registrations registrations;
    private final SortedMap<Long, Waiting> waiting = new TreeMap<>();
    private long next = 1;
    private long recordAgainMicros;

    /**
     * @param addressee for whom documents are sealed
     * @param keyId the group's RSA key for receipts
     * @param key its thumbprint (RFC 7638), which receipts name
     */
    public Registrar(Addressee addressee, String keyId, Digest key) {
        this(addressee, keyId, key, Registrations.BYTES_MAX);
    }

    /** @param bytesMax of registrations that are remembered */
    Registrar(Addressee addressee, String keyId, Digest key, long bytesMax) {
        this.addressee = addressee;
        this.keyId = keyId;
        this.key = key;
        this.registrations = new Registrations(bytesMax);
    }

    @Override
    public byte[] apply(Command command, Context context) {
        return RegistrationAnswer.CODEC.encode(answer(command, context));
    }

    private RegistrationAnswer answer(Command command, Context context) {
        try {
            return switch (RegistrationCommand.CODEC.decode(command.operation())) {
                case RegistrationCommand.Register register ->
                    register(command.id().client(), register.sealed(), context);
                case RegistrationCommand.Certify certify -> certify(command, certify.id(), context);
            };
        } catch (MalformedException e) {
            return new RegistrationAnswer.Malformed(); // a correct gateway brings no such thing
        }
    }

    /** Who brings what is known already learns what came of it, and moves nothing. */
    private RegistrationAnswer register(int client, byte[] sealed, Context context) {
        Digest id = SealedDocument.id(sealed);
        Optional<Registration> known = registrations.find(id);
        if (known.isPresent()) {
            return new RegistrationAnswer.Known(known.get());
        }
        SealedDocument parts = SealedDocument.CODEC.decode(sealed);
        byte[] label = addressee.serviceLabel(parts.reference());
        if (!hasRoomFor(client, sealed.length) || !context.decrypt(parts.ciphertext(), label, next)) {
            return new RegistrationAnswer.Busy();
        }
        Registration registration =
                new Registration(id, next, context.index(), context.timeMicros(), new Standing.Ordered());
        registrations.put(registration);
        waiting.put(next++, new Waiting(client, sealed.length, null));
        return new RegistrationAnswer.Known(registration);
    }

    private boolean hasRoomFor(int client, int length) {
        int count = 0;
        long bytes = length;
        long all = length;
        for (Waiting other : waiting.values()) {
            all += other.length();
            if (other.client() == client) {
                count++;
                bytes += other.length();
            }
        }
        return waiting.size() < WAITING_MAX
                && all <= WAITING_BYTES_MAX
                && count < WAITING_PER_CLIENT_MAX
                && bytes <= WAITING_BYTES_PER_CLIENT_MAX;
    }

    private RegistrationAnswer certify(Command command, Digest id, Context context) {
        Optional<Registration> known = registrations.find(id);
        if (known.isEmpty()) {
            return new RegistrationAnswer.Unknown();
        }
        Registration registration = known.get();
        if (!(registration.standing() instanceof Standing.Registered registered)) {
            return new RegistrationAnswer.Known(registration);
        }
        String input = Receipt.of(registration, registered.description(), registered.first(), registered.since())
                .signingInput(key);
        return context.signFor(command.id(), keyId, input.getBytes(StandardCharsets.US_ASCII))
                ? new RegistrationAnswer.Certified(registration, input)
                : new RegistrationAnswer.Busy();
    }

    @Override
    public void decrypted(long reference, byte @Nullable [] message, Context context) {
        waiting.computeIfPresent(reference, (sequence, one) -> one.opened(message));
        decide(context);
    }

    /** Whether the first that waits is open. */
    private boolean isDecidable() {
        return !waiting.isEmpty() && waiting.firstEntry().getValue().finding() != null;
    }

    /** In the order of the log, whatever was opened first: an earlier registration of the same document stays the first. */
    private void decide(Context context) {
        while (isDecidable()) {
            Registration at = registrations.at(waiting.firstKey());
            Standing standing = decided(at, waiting.firstEntry().getValue(), context);
            if (standing instanceof Standing.Ordered) {
                recordAgainMicros = context.timeMicros() + RECORD_AGAIN_MICROS;
                return;
            }
            waiting.remove(at.sequence());
            registrations.put(at.now(standing));
        }
    }

    /** Nothing is registered that does not stand in the public record: while that has no room it waits. */
    private Standing decided(Registration at, Waiting opened, Context context) {
        return switch (opened.finding()) {
            case null -> new Standing.Ordered();
            case Waiting.Finding.Faulty faulty -> new Standing.Rejected(faulty.fault());
            case Waiting.Finding.Found found -> {
                List<Long> earlier = registrations.of(found.description().sha256());
                long first = earlier.isEmpty() ? at.sequence() : earlier.getFirst();
                long since = registrations.since();
                byte[] body = Receipt.of(at, found.description(), first, since).payload();
                long entry = context.record(DOCUMENT_ENTRY, body);
                yield entry < 0
                        ? new Standing.Ordered()
                        : new Standing.Registered(found.description(), first, since, entry);
            }
        };
    }

    @Override
    public long dueMicros() {
        return isDecidable() ? recordAgainMicros : Long.MAX_VALUE;
    }

    @Override
    public void tick(Context context) {
        decide(context);
    }

    @Override
    public byte @Nullable [] peek(byte[] question) {
        try {
            return switch (RegistrationQuestion.CODEC.decode(question)) {
                case RegistrationQuestion.ById byId -> {
                    List<Registration> found =
                            registrations.find(byId.id()).stream().toList();
                    yield found(found.size(), found);
                }
                case RegistrationQuestion.ByContent byContent -> {
                    List<Long> all = registrations.of(byContent.sha256());
                    yield found(
                            all.size(),
                            all.stream()
                                    .limit(RegistrationQuestion.Found.EARLIEST_MAX)
                                    .map(registrations::at)
                                    .toList());
                }
            };
        } catch (MalformedException e) {
            return null;
        }
    }

    private static byte[] found(long count, List<Registration> earliest) {
        return RegistrationQuestion.Found.CODEC.encode(new RegistrationQuestion.Found(count, earliest));
    }

    /** {@code sequences}: how many were given out, eight bytes. */
    @Override
    public MerkleMap view() {
        return MerkleMap.EMPTY.with("sequences", new Writer().u64(next - 1).toBytes());
    }

    @Override
    public void snapshot(Writer writer) {
        registrations.write(writer);
        write(writer);
    }

    private void write(Writer writer) {
        writer.u64(next).u64(recordAgainMicros).u32(waiting.size());
        waiting.forEach((sequence, one) -> Waiting.CODEC.write(writer.u64(sequence), one));
    }

    @Override
    public void restore(Reader reader) {
        registrations.read(reader);
        next = reader.count();
        recordAgainMicros = reader.count();
        waiting.clear();
        for (long count = reader.u32(); count > 0; count--) {
            if (waiting.size() >= WAITING_MAX) {
                throw new MalformedException("more registrations wait than may");
            }
            waiting.put(reader.count(), Waiting.CODEC.read(reader));
        }
        reader.end();
    }

    @Override
    public Digest root() {
        Writer writer = new Writer();
        write(writer);
        return Transcript.of("registration/state")
                .field(registrations.root())
                .field(writer.finish())
                .digest();
    }
}
