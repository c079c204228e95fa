package org.maftia.services.openid;

import org.maftia.core.wire.Reader;
import org.maftia.core.wire.Writer;

/**
 * A browser in which somebody is signed in.
 *
 * @param name of the person
 * @param sinceSeconds when, in agreed time
 * @param byPassword how: by a password, or by a passkey
 */
record Session(String name, long sinceSeconds, boolean byPassword, long dueMicros) implements Shelf.Perishable {
    /** A working day. */
    static final long LIFE_MICROS = 8 * 3_600_000_000L;

    static void write(Writer writer, Session it) {
        writer.string(it.name).u64(it.sinceSeconds).bool(it.byPassword).u64(it.dueMicros);
    }

    static Session read(Reader reader) {
        return new Session(
                reader.string(ProviderCommand.NAME_LENGTH_MAX), reader.count(), reader.bool(), reader.count());
    }
}
