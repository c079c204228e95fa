package org.maftia.server.testing;

import java.nio.charset.StandardCharsets;
import org.maftia.core.crypto.Transcript;
import org.maftia.core.replica.Command;
import org.maftia.core.replica.Context;
import org.maftia.core.replica.StateMachine;
import org.maftia.core.wire.Digest;
import org.maftia.core.wire.Reader;
import org.maftia.core.wire.Writer;

/** Counts commands and answers each with its number: the least that a service can do. */
public final class NullService implements StateMachine {
    /** At this operation it breaks, half done. */
    public static final String BREAKING = "break";

    private long count;

    @Override
    public byte[] apply(Command command, Context context) {
        count++;
        if (new String(command.operation(), StandardCharsets.ISO_8859_1).equals(BREAKING)) {
            throw new IllegalStateException("as it was asked to");
        }
        return new Writer(16).u64(count).toBytes();
    }

    @Override
    public void snapshot(Writer writer) {
        writer.u64(count);
    }

    @Override
    public void restore(Reader reader) {
        count = reader.count();
    }

    @Override
    public Digest root() {
        return Transcript.of("null service").field(count).digest();
    }
}
