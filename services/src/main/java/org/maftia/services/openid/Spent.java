package org.maftia.services.openid;

import org.maftia.core.wire.Digest;
import org.maftia.core.wire.Reader;
import org.maftia.core.wire.Writer;

/**
 * A signed message of a client that was good once.
 *
 * @param by the command that used it, which its gateway may repeat
 */
record Spent(Digest by, long dueMicros) implements Shelf.Perishable {
    static void write(Writer writer, Spent it) {
        writer.digest(it.by).u64(it.dueMicros);
    }

    static Spent read(Reader reader) {
        return new Spent(reader.digest(), reader.count());
    }
}
