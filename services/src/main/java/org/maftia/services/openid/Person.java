package org.maftia.services.openid;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.maftia.core.crypto.Transcript;
import org.maftia.core.wire.Digest;
import org.maftia.core.wire.MalformedException;
import org.maftia.core.wire.Reader;
import org.maftia.core.wire.Writer;
import org.maftia.services.openid.webauthn.PasskeyCheck;

/** Somebody who has passkeys, or a password. */
final class Person {
    /** Of what relying parties know the person by, and authenticators too. */
    static final int SUBJECT_LENGTH = 16;

    /** A phone, a computer, a key on the ring, and some more. */
    static final int PASSKEYS_MAX = 8;

    /** Browsers at the same time; the oldest session ends. */
    static final int SESSIONS_MAX = 8;

    /** Clients with refresh tokens, or with access tokens that are good; the oldest grant ends. */
    static final int GRANTS_MAX = 32;

    /** Codes and tokens: a person with many pages open. */
    static final int TOKENS_PER_MINUTE = 120;

    private static final long MINUTE_MICROS = 60_000_000;

    final String name;
    final byte[] subject;
    final List<Passkey> passkeys = new ArrayList<>();

    /** The public half of the key that comes of the password; zero where there is none. */
    Digest password = Digest.ZERO;

    /** Oldest first. */
    final List<Digest> sessions = new ArrayList<>();

    /** Oldest first. */
    final List<Long> grants = new ArrayList<>();

    private long minute;
    private long tokens;

    /** @param key public, as the authenticator wrote it */
    record Passkey(byte[] id, byte[] key, long counter) {
        Digest name() {
            return name(id);
        }

        static Digest name(byte[] id) {
            return Transcript.of("openid/passkey").field(id).digest();
        }

        boolean isNamed(byte[] other) {
            return Arrays.equals(id, other);
        }
    }

    Person(String name, byte[] subject) {
        this.name = name;
        this.subject = subject.clone();
    }

    /**
     * Counts a code or a token.
     *
     * @throws Refusal when there were too many in this minute
     */
    void count(long nowMicros) {
        long now = nowMicros / MINUTE_MICROS;
        if (now != minute) {
            minute = now;
            tokens = 0;
        }
        if (tokens >= TOKENS_PER_MINUTE) {
            throw Refusal.busy(60 - nowMicros / 1_000_000 % 60);
        }
        tokens++;
    }

    void write(Writer writer) {
        writer.string(name).fixed(subject).digest(password);
        writer.list(
                passkeys, (out, key) -> out.opaque16(key.id).opaque16(key.key).u32(key.counter));
        writer.list(sessions, Writer::digest).list(grants, Writer::u64);
        writer.u64(minute).u64(tokens);
    }

    static Person read(Reader reader) {
        Person person = new Person(reader.string(ProviderCommand.NAME_LENGTH_MAX), reader.fixed(SUBJECT_LENGTH));
        person.password = reader.digest();
        person.passkeys.addAll(reader.list(
                PASSKEYS_MAX,
                2,
                in -> new Passkey(
                        in.opaque16(PasskeyCheck.ID_LENGTH_MAX), in.opaque16(PasskeyCheck.KEY_LENGTH_MAX), in.u32())));
        person.sessions.addAll(reader.list(SESSIONS_MAX, Digest.LENGTH, Reader::digest));
        person.grants.addAll(reader.list(GRANTS_MAX, Long.BYTES, Reader::count));
        person.minute = reader.count();
        person.tokens = reader.count();
        if (person.tokens > TOKENS_PER_MINUTE) {
            throw new MalformedException("more tokens than a person gets");
        }
        return person;
    }
}
