package org.maftia.services.openid;

import org.maftia.core.wire.Digest;
import org.maftia.core.wire.Reader;
import org.maftia.core.wire.Writer;

/**
 * What a client may bring once (RFC 6749, section 4.1.2).
 *
 * @param challenge SHA-256 of the client's secret (RFC 7636)
 * @param key to which its tokens must be bound; zero where its client named none
 * @param spentBy the command that brought it; zero as long as none did
 * @param grant what came of it
 */
record Code(Terms terms, String redirect, Digest challenge, Digest key, Digest spentBy, long grant, long dueMicros)
        implements Shelf.Perishable {
    static final long LIFE_MICROS = 60_000_000;

    boolean isSpent() {
        return !spentBy.equals(Digest.ZERO);
    }

    Code spent(Digest command, long made) {
        return new Code(terms, redirect, challenge, key, command, made, dueMicros);
    }

    static void write(Writer writer, Code it) {
        Terms.write(writer, it.terms);
        writer.string(it.redirect).digest(it.challenge).digest(it.key);
        writer.digest(it.spentBy).u64(it.grant).u64(it.dueMicros);
    }

    static Code read(Reader reader) {
        return new Code(
                Terms.read(reader),
                reader.string(ProviderCommand.PLACE_LENGTH_MAX),
                reader.digest(),
                reader.digest(),
                reader.digest(),
                reader.count(),
                reader.count());
    }
}
