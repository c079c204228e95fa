package org.maftia.services.register;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
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

/**
 * Keys and values in memory: every operation takes effect at one moment between its call and its result. An operation
 * that is malformed, or would add a key too many, has an empty result and no effect. Its view shows every key with its
 * value; a {@link RegisterOperation.Get} may be asked of the replicas instead of the log.
 */
public final class Register implements StateMachine {
    /** The name under which a group runs it. */
    public static final String NAME = "register";

    /** Keys that are kept: the state travels whole at a state transfer. */
    private static final int KEYS_MAX = 256;

    private static final byte[] NOTHING = new byte[0];

    private final SortedMap<String, Entry> entries = new TreeMap<>();

    /** Keys whose present value the view does not show yet: a key that changes often is hashed once a checkpoint. */
    private final SortedSet<String> changed = new TreeSet<>();

    private MerkleMap view = MerkleMap.EMPTY;

    /** A value and the slot in which it was set. */
    private record Entry(long slot, byte[] value) {
        static final Entry NONE = new Entry(0, NOTHING);
    }

    @Override
    public byte[] apply(Command command, Context context) {
        if (command.operation().length == 0) {
            return NOTHING;
        }
        try {
            return apply(RegisterOperation.CODEC.decode(command.operation()), context.index());
        } catch (MalformedException e) {
            return NOTHING; // the client's own mistake, and the documented answer to it
        }
    }

    private byte[] apply(RegisterOperation operation, long slot) {
        return switch (operation) {
            case RegisterOperation.Put put -> {
                set(put.key(), slot, put.value());
                yield NOTHING;
            }
            case RegisterOperation.Get get -> value(get.key());
            case RegisterOperation.Add add -> {
                byte[] present = value(add.key());
                long sum = add.amount()
                        + (present.length == Long.BYTES
                                ? ByteBuffer.wrap(present).getLong()
                                : 0);
                byte[] bytes = ByteBuffer.allocate(Long.BYTES).putLong(sum).array();
                yield set(add.key(), slot, bytes) ? bytes : NOTHING;
            }
            case RegisterOperation.Swap swap -> {
                boolean equal =
                        Arrays.equals(value(swap.key()), swap.expected()) && set(swap.key(), slot, swap.value());
                yield new byte[] {(byte) (equal ? 1 : 0)};
            }
        };
    }

    private Entry entry(String key) {
        return entries.getOrDefault(key, Entry.NONE);
    }

    private byte[] value(String key) {
        return entry(key).value;
    }

    private boolean set(String key, long slot, byte[] value) {
        if (!entries.containsKey(key) && entries.size() >= KEYS_MAX) {
            return false;
        }
        entries.put(key, new Entry(slot, value));
        changed.add(key);
        return true;
    }

    @Override
    public @Nullable Reading read(byte[] operation) {
        try {
            if (RegisterOperation.CODEC.decode(operation) instanceof RegisterOperation.Get get) {
                Entry entry = entry(get.key());
                return new Reading(entry.slot, entry.value);
            }
        } catch (MalformedException e) {
            return null; // the log gives the documented answer to it
        }
        return null;
    }

    @Override
    public MerkleMap view() {
        for (String key : changed) {
            if (!key.isEmpty()) {
                view = view.with(key, value(key));
            }
        }
        changed.clear();
        return view;
    }

    @Override
    public void snapshot(Writer writer) {
        writer.u32(entries.size());
        entries.forEach((key, entry) -> writer.string(key).u64(entry.slot).opaque32(entry.value));
    }

    @Override
    public void restore(Reader reader) {
        entries.clear();
        view = MerkleMap.EMPTY;
        for (long count = reader.u32(); count > 0; count--) {
            entries.put(
                    reader.string(RegisterOperation.KEY_LENGTH_MAX),
                    new Entry(reader.count(), reader.opaque32(RegisterOperation.VALUE_LENGTH_MAX)));
        }
        changed.clear();
        changed.addAll(entries.keySet());
        reader.end();
    }

    @Override
    public Digest root() {
        Writer writer = new Writer(1024);
        snapshot(writer);
        return Transcript.of("register").field(writer.toBytes()).digest();
    }
}
