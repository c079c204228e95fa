package org.maftia.services.authority;

import org.jspecify.annotations.Nullable;
import org.maftia.core.wire.MalformedException;
import org.maftia.core.wire.Reader;
import org.maftia.core.wire.Writer;
import org.maftia.services.authority.acme.Problem;
import org.maftia.services.authority.pki.Identifier;

/** That an account shows, or has shown, that it controls a name. */
final class Authorization {
    /** After its validation: what CAA records say is no older than that when a certificate is issued (RFC 8659 via the rules). */
    static final long VALID_MICROS = 8 * Agreed.HOUR_MICROS;

    private static final int TOKEN_LENGTH_MAX = 64;

    final long id;
    final long account;

    /** Without a wildcard. */
    final Identifier identifier;

    final boolean wildcard;
    final String token;
    State state = State.PENDING;
    long expiresMicros;

    /** By which it is, or was, looked at. */
    Method method = Method.HTTP_01;

    /** When it became valid; 0 before. */
    long validatedMicros;

    /** From when on to look, where a hostile authority lets the client wait; 0: it was looked at, or is. */
    long lookFromMicros;

    @Nullable
    Problem problem;

    /** Where it stands, but for its end by time. */
    enum State {
        PENDING("pending"),
        /** The replicas look. */
        PROCESSING("pending"),
        VALID("valid"),
        INVALID("invalid"),
        DEACTIVATED("deactivated");

        private final String word;

        State(String word) {
            this.word = word;
        }
    }

    Authorization(long id, long account, Identifier identifier, boolean wildcard, String token, long expiresMicros) {
        this.id = id;
        this.account = account;
        this.identifier = identifier;
        this.wildcard = wildcard;
        this.token = token;
        this.expiresMicros = expiresMicros;
    }

    boolean isExpired(long nowMicros) {
        return nowMicros >= expiresMicros && state != State.INVALID && state != State.DEACTIVATED;
    }

    boolean isValid(long nowMicros) {
        return state == State.VALID && !isExpired(nowMicros);
    }

    /** Whether it can still become valid. */
    boolean isOpen(long nowMicros) {
        return (state == State.PENDING || state == State.PROCESSING) && !isExpired(nowMicros);
    }

    /** In JSON. */
    String status(long nowMicros) {
        return isExpired(nowMicros) ? "expired" : state.word;
    }

    void write(Writer writer) {
        writer.u64(id).u64(account);
        Identifier.CODEC.write(writer, identifier);
        writer.bool(wildcard).string(token).u8(state.ordinal()).u64(expiresMicros);
        writer.u8(method.ordinal()).u64(validatedMicros).u64(lookFromMicros).bool(problem != null);
        if (problem != null) {
            Problem.CODEC.write(writer, problem);
        }
    }

    static Authorization read(Reader reader) {
        long id = reader.count();
        long account = reader.count();
        Identifier identifier = Identifier.CODEC.read(reader);
        boolean wildcard = reader.bool();
        String token = reader.string(TOKEN_LENGTH_MAX);
        int state = reader.u8();
        if (state >= State.values().length) {
            throw new MalformedException("no state of an authorization");
        }
        Authorization authorization = new Authorization(id, account, identifier, wildcard, token, reader.count());
        authorization.state = State.values()[state];
        authorization.method = Method.read(reader);
        authorization.validatedMicros = reader.count();
        authorization.lookFromMicros = reader.count();
        authorization.problem = reader.bool() ? Problem.CODEC.read(reader) : null;
        return authorization;
    }
}
