package org.maftia.server.testing;

import org.maftia.core.crypto.Transcript;
import org.maftia.core.replica.Command;
import org.maftia.core.replica.Context;
import org.maftia.core.replica.StateMachine;
import org.maftia.core.wire.Digest;
import org.maftia.core.wire.Reader;
import org.maftia.core.wire.Writer;

/** Counts commands and answers each with its number: the least that a service can do. */
public final class NullService implements StateMachine {
    private long count;

    @Override
    public byte[] apply(Command command, Context context) {
        count++;
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
