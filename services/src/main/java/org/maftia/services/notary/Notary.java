package org.maftia.services.notary;

import java.math.BigInteger;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.maftia.core.crypto.Transcript;
import org.maftia.core.ordering.RequestId;
import org.maftia.core.protocol.Invariant;
import org.maftia.core.replica.Command;
import org.maftia.core.replica.Context;
import org.maftia.core.replica.MerkleMap;
import org.maftia.core.replica.StateMachine;
import org.maftia.core.wire.Digest;
import org.maftia.core.wire.MalformedException;
import org.maftia.core.wire.Reader;
import org.maftia.core.wire.Writer;
import org.maftia.services.notary.tsp.AgreedTime;
import org.maftia.services.notary.tsp.Query;
import org.maftia.services.notary.tsp.TimeStampFormat;

/**
 * Stamps digests: every granted token has a serial of its own, and a time above that of every token before it in the
 * log. A command is the client's request as it came, in DER, so that no gateway decides what it means; a result is the
 * reply, in DER. Its {@link #view} tells anybody how far it has come.
 *
 * <p>Source: RFC 3161. Its {@code ordering} field is true, as the times of any two tokens tell their order.
 */
public final class Notary implements StateMachine {
    /** The name under which a group runs it. */
    public static final String NAME = "notary";

    /** Stamps that wait for a signature: seconds of work, and what a snapshot has to carry. */
    private static final int PENDING_MAX = 2048;

    private static final int STATEMENT_LENGTH_MAX = 1024;

    private final String keyId;
    private final TimeStampFormat format;
    private final SortedMap<Long, Pending> pending = new TreeMap<>();
    private long nextSerial = 1;
    private long lastTimeMicros;

    /**
     * @param keyId the group's key for time-stamps
     * @param certificate of that key, DER, for time-stamping only
     * @param policy object identifier of the policy
     * @param accuracySeconds how far agreed time may be off
     */
    public Notary(String keyId, byte[] certificate, String policy, int accuracySeconds) {
        this.keyId = keyId;
        this.format = new TimeStampFormat(certificate, policy, accuracySeconds);
    }

    /** The kind under which the group's public record has the SHA-256 of what a time-stamp states (TSTInfo, DER). */
    public static final int TIME_STAMP_ENTRY = 4;

    /** A stamp without its signature. */
    private record Pending(RequestId id, byte[] statement, boolean certificateWanted) {}

    @Override
    public byte @Nullable [] apply(Command command, Context context) {
        return switch (format.read(command.operation())) {
            case Query.Refused refused -> TimeStampFormat.refused(refused);
            case Query.Stamp stamp -> stamp(command.id(), stamp, context);
        };
    }

    private byte @Nullable [] stamp(RequestId id, Query.Stamp stamp, Context context) {
        if (pending.size() >= PENDING_MAX) {
            return TimeStampFormat.refused(
                    new Query.Refused(Query.Failure.SYSTEM_FAILURE, "too many stamps wait to be signed: come back"));
        }
        long timeMicros = Math.max(context.timeMicros(), lastTimeMicros + 1);
        if (!AgreedTime.canBeStated(timeMicros)) {
            return TimeStampFormat.refused(
                    new Query.Refused(Query.Failure.TIME_NOT_AVAILABLE, "the group has not agreed on a usable time"));
        }
        long serial = nextSerial++;
        lastTimeMicros = timeMicros;
        byte[] statement = format.statement(stamp, BigInteger.valueOf(serial), lastTimeMicros);
        if (!context.sign(keyId, format.toBeSigned(statement), serial)) {
            return TimeStampFormat.refused(new Query.Refused(
                    Query.Failure.SYSTEM_FAILURE, "the policy of the group gives the notary no such key"));
        }
        pending.put(serial, new Pending(id, statement, stamp.certificateWanted()));
        // A stamp does not depend on the public record: where that is full the stamp is granted all the same.
        context.record(TIME_STAMP_ENTRY, Transcript.sha256(statement).toBytes());
        return null;
    }

    @Override
    public void signed(long reference, byte[] signature, Context context) {
        Pending stamp = Invariant.present(pending.remove(reference), "a signature comes once, for a pending stamp");
        context.complete(stamp.id, format.granted(stamp.statement, signature, stamp.certificateWanted));
    }

    /** What is signed names the certificate of the key: another key signs the same statement otherwise. */
    @Override
    public byte[] restated(long reference, byte[] message) {
        Pending stamp = pending.get(reference);
        return stamp == null ? message : format.toBeSigned(stamp.statement);
    }

    /** {@code serials}: how many were given out; {@code time}: the latest one. Eight bytes each. */
    @Override
    public MerkleMap view() {
        return MerkleMap.EMPTY
                .with("serials", new Writer().u64(nextSerial - 1).toBytes())
                .with("time", new Writer().u64(lastTimeMicros).toBytes());
    }

    @Override
    public void snapshot(Writer writer) {
        writer.u64(nextSerial).u64(lastTimeMicros).u32(pending.size());
        pending.forEach((serial, stamp) -> {
            RequestId.CODEC.write(writer.u64(serial), stamp.id);
            writer.opaque16(stamp.statement).bool(stamp.certificateWanted);
        });
    }

    @Override
    public void restore(Reader reader) {
        nextSerial = reader.count();
        lastTimeMicros = reader.count();
        pending.clear();
        long count = reader.u32();
        if (count > PENDING_MAX) {
            throw new MalformedException("more stamps wait than may");
        }
        for (; count > 0; count--) {
            pending.put(
                    reader.count(),
                    new Pending(RequestId.CODEC.read(reader), reader.opaque16(STATEMENT_LENGTH_MAX), reader.bool()));
        }
        reader.end();
    }

    @Override
    public Digest root() {
        Writer writer = new Writer(1024);
        snapshot(writer);
        return Transcript.of("notary").field(writer.toBytes()).digest();
    }
}
