package org.maftia.services.beacon;

import java.util.ArrayList;
import java.util.List;
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

/**
 * Has each round signed when agreed time reaches it, and never before; whoever wants it gets the one value it has. A
 * command is a round's number in eight bytes, 0 for the newest; a result is a {@link BeaconAnswer}. Rounds that came while
 * nobody could agree are not made up for, but signed when somebody asks for them, and so are those that are no longer kept, and
 * those whose time came before the group had made its key.
 */
public final class Beacon implements StateMachine {
    /** The name under which a group runs it. */
    public static final String NAME = "beacon";

    /** Command for the newest round. */
    public static final long NEWEST = 0;

    /** Of a signature in state and answers; 48 in BLS. */
    static final int SIGNATURE_LENGTH_MAX = 255;

    /** Rounds that are kept: eight hours of one each half minute, in 64 KB of state. */
    static final int KEPT = 1024;

    /** Old rounds that are being signed at the same time; each costs every replica some milliseconds. */
    static final int PENDING_MAX = 64;

    /** With those whose time comes meanwhile: if none gets done for so long, they too wait until somebody asks. */
    static final int PENDING_WITH_NEW_MAX = 2 * PENDING_MAX;

    /** Who waits for one round: as many as all gateways of a large group let through. */
    static final int WAITING_MAX = 1024;

    private final String keyId;
    private final Digest keyDigest;
    private final boolean made;
    private final BeaconSchedule schedule;
    private final SortedMap<Long, byte[]> signatures = new TreeMap<>();

    /** Who waits for each round that is being signed. */
    private final SortedMap<Long, List<RequestId>> pending = new TreeMap<>();

    /** The newest round that was asked for when its time came. */
    private long newest;

    /**
     * @param keyId the group's key for the beacon
     * @param publicKey of that key: what it signed no other key's owner keeps
     */
    public Beacon(String keyId, byte[] publicKey, BeaconSchedule schedule) {
        this(keyId, publicKey, false, schedule);
    }

    private Beacon(String keyId, byte[] identity, boolean made, BeaconSchedule schedule) {
        this.keyId = keyId;
        this.keyDigest = Transcript.of("beacon key").field(identity).digest();
        this.made = made;
        this.schedule = schedule;
    }

    /**
     * One whose key the group makes for itself: nobody knows it at the beginning.
     *
     * @param serial names the key, and no other one that the group ever makes
     */
    public static Beacon ofMadeKey(String keyId, byte[] serial, BeaconSchedule schedule) {
        return new Beacon(keyId, serial, true, schedule);
    }

    @Override
    public long dueMicros() {
        return schedule.timeMicros(newest + 1);
    }

    /** Of rounds that were missed only the newest is of interest to all. */
    @Override
    public void tick(Context context) {
        newest = Math.max(newest, schedule.roundAt(context.timeMicros()));
        if (!signatures.containsKey(newest) && hasRoom(newest) && context.isMade(keyId)) {
            sign(newest, context);
        }
    }

    /** The newest have places of their own, or old ones could keep them out. */
    private boolean hasRoom(long round) {
        return pending.containsKey(round) || pending.size() < (round < newest ? PENDING_MAX : PENDING_WITH_NEW_MAX);
    }

    /** Who is to hear of it; empty while nobody is. */
    private List<RequestId> sign(long round, Context context) {
        Invariant.check(
                round > 0 && context.timeMicros() >= schedule.timeMicros(round), "no round is signed before its time");
        List<RequestId> waiting = pending.get(round);
        if (waiting == null) {
            waiting = new ArrayList<>();
            pending.put(round, waiting);
            Invariant.check(
                    context.sign(keyId, BeaconSchedule.message(round), round),
                    "a group that runs a beacon gives it its key");
        }
        return waiting;
    }

    @Override
    public byte @Nullable [] apply(Command command, Context context) {
        if (command.operation().length != Long.BYTES) {
            return BeaconAnswer.CODEC.encode(new BeaconAnswer.Malformed());
        }
        long now = schedule.roundAt(context.timeMicros());
        long asked = new Reader(command.operation()).u64();
        long round = asked == NEWEST ? now : asked;
        // A number above the largest positive one is a round so far off that it is as good as never.
        if (round <= 0 || round > now) {
            return BeaconAnswer.CODEC.encode(new BeaconAnswer.Early(now));
        }
        byte[] known = signatures.get(round);
        if (known != null) {
            return BeaconAnswer.CODEC.encode(new BeaconAnswer.Signed(round, known));
        }
        if (!context.isMade(keyId)) {
            return BeaconAnswer.CODEC.encode(new BeaconAnswer.Unmade());
        }
        if (!hasRoom(round) || pending.getOrDefault(round, List.of()).size() >= WAITING_MAX) {
            return BeaconAnswer.CODEC.encode(new BeaconAnswer.Busy());
        }
        sign(round, context).add(command.id());
        return null;
    }

    @Override
    public void signed(long round, byte[] signature, Context context) {
        List<RequestId> waiting =
                Invariant.present(pending.remove(round), "a signature comes once, for a round that is wanted");
        signatures.put(round, signature);
        while (signatures.size() > KEPT) {
            signatures.remove(signatures.firstKey());
        }
        byte[] answer = BeaconAnswer.CODEC.encode(new BeaconAnswer.Signed(round, signature));
        waiting.forEach(id -> context.complete(id, answer));
    }

    /** {@code newest}: the newest round that is signed, in eight bytes, and its signature; not there before the first. */
    @Override
    public MerkleMap view() {
        if (signatures.isEmpty()) {
            return MerkleMap.EMPTY;
        }
        long last = signatures.lastKey();
        byte[] signature = Invariant.present(signatures.get(last), "the last key has a value");
        return MerkleMap.EMPTY.with(
                "newest", new Writer().u64(last).fixed(signature).toBytes());
    }

    @Override
    public void snapshot(Writer writer) {
        writer.digest(keyDigest).u64(newest).u32(signatures.size());
        signatures.forEach((round, signature) -> writer.u64(round).opaque8(signature));
        writer.u32(pending.size());
        pending.forEach((round, waiting) -> {
            writer.u64(round).u32(waiting.size());
            waiting.forEach(id -> RequestId.CODEC.write(writer, id));
        });
    }

    /**
     * A group whose key was dealt anew begins with this state too: what the old key signed is no value of the new one's
     * chain, and what waits the new one signs. Where the new one is still to be made nothing waits for it: who asked asks again.
     */
    @Override
    public void restore(Reader reader) {
        boolean sameKey = reader.digest().equals(keyDigest);
        newest = reader.count();
        signatures.clear();
        for (long count = bounded(reader.u32(), KEPT); count > 0; count--) {
            long round = reader.count();
            byte[] signature = reader.opaque8(SIGNATURE_LENGTH_MAX);
            if (sameKey) {
                signatures.put(round, signature);
            }
        }
        pending.clear();
        for (long count = bounded(reader.u32(), PENDING_WITH_NEW_MAX); count > 0; count--) {
            long round = reader.count();
            List<RequestId> waiting = new ArrayList<>();
            for (long ids = bounded(reader.u32(), WAITING_MAX); ids > 0; ids--) {
                waiting.add(RequestId.CODEC.read(reader));
            }
            if (sameKey || !made) {
                pending.put(round, waiting);
            }
        }
        reader.end();
    }

    private static long bounded(long count, long max) {
        if (count > max) {
            throw new MalformedException("more than a beacon keeps");
        }
        return count;
    }

    @Override
    public Digest root() {
        Writer writer = new Writer(1024);
        snapshot(writer);
        return Transcript.of("beacon").field(writer.toBytes()).digest();
    }
}
