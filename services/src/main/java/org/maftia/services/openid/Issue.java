package org.maftia.services.openid;

import org.maftia.core.wire.Reader;
import org.maftia.core.wire.Writer;

/**
 * An access token was signed for a gateway, which may want the identity token to it.
 *
 * @param atSeconds when it was issued
 */
record Issue(int gateway, long grant, long atSeconds, long dueMicros) implements Shelf.Perishable {
    static final long LIFE_MICROS = 60_000_000;

    static void write(Writer writer, Issue it) {
        writer.u8(it.gateway).u64(it.grant).u64(it.atSeconds).u64(it.dueMicros);
    }

    static Issue read(Reader reader) {
        return new Issue(reader.u8(), reader.count(), reader.count(), reader.count());
    }
}
