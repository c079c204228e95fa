package org.maftia.services.openid;

import org.maftia.core.wire.Digest;
import org.maftia.core.wire.Reader;
import org.maftia.core.wire.Writer;

/**
 * Somebody is about to use a passkey, or to make one.
 *
 * @param verifier of the browser that began
 * @param gateway through which it did
 * @param name of who registers; empty for who signs in
 * @param challenge zero until it is drawn
 */
record Attempt(Digest verifier, int gateway, boolean registers, String name, Digest challenge, long dueMicros)
        implements Shelf.Perishable {
    /** People look for their keys; an authenticator's own patience is shorter. */
    static final long LIFE_MICROS = 300_000_000;

    boolean isDrawn() {
        return !challenge.equals(Digest.ZERO);
    }

    Attempt with(Digest drawn) {
        return new Attempt(verifier, gateway, registers, name, drawn, dueMicros);
    }

    static void write(Writer writer, Attempt it) {
        writer.digest(it.verifier).u8(it.gateway).bool(it.registers).string(it.name);
        writer.digest(it.challenge).u64(it.dueMicros);
    }

    static Attempt read(Reader reader) {
        return new Attempt(
                reader.digest(),
                reader.u8(),
                reader.bool(),
                reader.string(ProviderCommand.NAME_LENGTH_MAX),
                reader.digest(),
                reader.count());
    }
}
