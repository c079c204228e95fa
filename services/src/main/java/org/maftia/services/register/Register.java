package org.maftia.services.register;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.SortedMap;
import java.util.TreeMap;
import org.maftia.core.crypto.Transcript;
import org.maftia.core.replica.Command;
import org.maftia.core.replica.Context;
import org.maftia.core.replica.StateMachine;
import org.maftia.core.wire.Digest;
import org.maftia.core.wire.MalformedException;
import org.maftia.core.wire.Reader;
import org.maftia.core.wire.Writer;

/**
 * Keys and values in memory: every operation takes effect at one moment between its call and its result. An operation
 * that is malformed, or would add a key too many, has an empty result and no effect.
 */
public final class Register implements StateMachine {
    /** The name under which a group runs it. */
    public static final String NAME = "register";

    /** Keys that are kept: the state travels whole at a state transfer. */
    private static final int KEYS_MAX = 256;

    private static final byte[] NOTHING = new byte[0];

    private final SortedMap<String, byte[]> values = new TreeMap<>();

    @Override
    public byte[] apply(Command command, Context context) {
        if (command.operation().length == 0) {
            return NOTHING;
        }
        try {
            return apply(RegisterOperation.CODEC.decode(command.operation()));
        } catch (MalformedException e) {
            return NOTHING; // the client's own mistake, and the documented answer to it
        }
    }

    private byte[] apply(RegisterOperation operation) {
        return switch (operation) {
            case RegisterOperation.Put put -> {
                set(put.key(), put.value());
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
                yield set(add.key(), bytes) ? bytes : NOTHING;
            }
            case RegisterOperation.Swap swap -> {
                boolean equal = Arrays.equals(value(swap.key()), swap.expected()) && set(swap.key(), swap.value());
                yield new byte[] {(byte) (equal ? 1 : 0)};
            }
        };
    }

    private byte[] value(String key) {
        return values.getOrDefault(key, NOTHING);
    }

    private boolean set(String key, byte[] value) {
        if (!values.containsKey(key) && values.size() >= KEYS_MAX) {
            return false;
        }
        values.put(key, value);
        return true;
    }

    @Override
    public void snapshot(Writer writer) {
        writer.u32(values.size());
        values.forEach((key, value) -> writer.string(key).opaque32(value));
    }

    @Override
    public void restore(Reader reader) {
        values.clear();
        for (long count = reader.u32(); count > 0; count--) {
            values.put(
                    reader.string(RegisterOperation.KEY_LENGTH_MAX),
                    reader.opaque32(RegisterOperation.VALUE_LENGTH_MAX));
        }
        reader.end();
    }

    @Override
    public Digest root() {
        Writer writer = new Writer(1024);
        snapshot(writer);
        return Transcript.of("register").field(writer.toBytes()).digest();
    }
}
