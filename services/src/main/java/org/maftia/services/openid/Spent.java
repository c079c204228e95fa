package org.maftia.services.openid;

import org.maftia.core.wire.Digest;
import org.maftia.core.wire.Reader;
import org.maftia.core.wire.Writer;

/**
 * A signed message of a client that was good once.
 *
 * @param by the command that used it, which its gateway may repeat
 * @param client whose it was; empty for orders of officers
 */
record Spent(Digest by, String client, long dueMicros) implements Shelf.Perishable {
    static void write(Writer writer, Spent it) {
        writer.digest(it.by).string(it.client).u64(it.dueMicros);
    }

    static Spent read(Reader reader) {
        return new Spent(reader.digest(), reader.string(ProviderCommand.NAME_LENGTH_MAX), reader.count());
    }
}
