package org.maftia.services.openid;

import java.util.Optional;
import org.maftia.core.crypto.Transcript;
import org.maftia.core.wire.Digest;
import org.maftia.core.wire.Reader;
import org.maftia.core.wire.Writer;
import org.maftia.services.jose.StrictJson;

/**
 * What a proof of possession must name to be a new one (RFC 9449, section 8). The group draws it when a client comes, the same
 * for all: who once had a key to use cannot have made proofs for later.
 */
final class Nonces {
    /** Then the next one is drawn, if somebody asks. */
    static final long FRESH_MICROS = 300_000_000;

    /** So that who was given one can use it. */
    static final long LIFE_MICROS = 2 * FRESH_MICROS;

    private Digest present = Digest.ZERO;
    private long sinceMicros;
    private Digest former = Digest.ZERO;
    private long formerSinceMicros;

    /** The one to give out; empty where one must be drawn. */
    Optional<Digest> fresh(long nowMicros) {
        boolean fresh = !present.equals(Digest.ZERO) && nowMicros < sinceMicros + FRESH_MICROS;
        return fresh ? Optional.of(present) : Optional.empty();
    }

    Digest drawn(byte[] random, long nowMicros) {
        former = present;
        formerSinceMicros = sinceMicros;
        present = Transcript.of("openid/nonce").field(random).digest();
        sinceMicros = nowMicros;
        return present;
    }

    boolean isGood(String text, long nowMicros) {
        return isText(present, text) && nowMicros < sinceMicros + LIFE_MICROS
                || isText(former, text) && nowMicros < formerSinceMicros + LIFE_MICROS;
    }

    private static boolean isText(Digest nonce, String text) {
        return !nonce.equals(Digest.ZERO) && StrictJson.base64(nonce.toBytes()).equals(text);
    }

    ProviderFact fact() {
        return new ProviderFact.Nonce(present, sinceMicros, former, formerSinceMicros);
    }

    void write(Writer writer) {
        writer.digest(present).u64(sinceMicros).digest(former).u64(formerSinceMicros);
    }

    void read(Reader reader) {
        present = reader.digest();
        sinceMicros = reader.count();
        former = reader.digest();
        formerSinceMicros = reader.count();
    }
}
