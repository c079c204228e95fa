package org.maftia.services.openid;

import org.maftia.core.wire.Digest;
import org.maftia.core.wire.Reader;
import org.maftia.core.wire.Writer;

/**
 * Somebody is about to prove a password, or to set one.
 *
 * @param verifier of the browser that began
 * @param gateway through which it did
 * @param challenge zero until the password is evaluated
 */
record PasswordAttempt(Digest verifier, int gateway, String name, Digest challenge, long dueMicros)
        implements Shelf.Perishable {
    /** Until a slow machine has made a key of the value. */
    static final long LIFE_MICROS = 120_000_000;

    boolean isEvaluated() {
        return !challenge.equals(Digest.ZERO);
    }

    PasswordAttempt with(Digest evaluated) {
        return new PasswordAttempt(verifier, gateway, name, evaluated, dueMicros);
    }

    static void write(Writer writer, PasswordAttempt it) {
        writer.digest(it.verifier).u8(it.gateway).string(it.name);
        writer.digest(it.challenge).u64(it.dueMicros);
    }

    static PasswordAttempt read(Reader reader) {
        return new PasswordAttempt(
                reader.digest(),
                reader.u8(),
                reader.string(ProviderCommand.NAME_LENGTH_MAX),
                reader.digest(),
                reader.count());
    }
}
