package org.maftia.services.openid;

import org.maftia.core.wire.Codec;
import org.maftia.core.wire.Digest;
import org.maftia.core.wire.MalformedException;
import org.maftia.core.wire.Reader;
import org.maftia.core.wire.Writer;

/** What a gateway asks its own replica, without the log. The answer is a {@link ProviderFact}. */
public sealed interface ProviderQuestion {
    /** Who is signed in. */
    record OfSession(Digest verifier) implements ProviderQuestion {}

    /** What an access token's grant is, if it has not ended. */
    record OfGrant(long number) implements ProviderQuestion {}

    /** The same, if the refresh token is the one that is good. */
    record OfRefresh(long number, Digest verifier) implements ProviderQuestion {}

    /** What proofs of possession may name. */
    record OfNonce() implements ProviderQuestion {}

    /** Whose session it is, and which passkeys he has. */
    record OfAccount(Digest session) implements ProviderQuestion {}

    Codec<ProviderQuestion> CODEC = new Codec<>() {
        @Override
        public void write(Writer writer, ProviderQuestion value) {
            switch (value) {
                case OfSession it -> writer.u8(1).digest(it.verifier);
                case OfGrant it -> writer.u8(2).u64(it.number);
                case OfRefresh it -> writer.u8(3).u64(it.number).digest(it.verifier);
                case OfNonce it -> writer.u8(4);
                case OfAccount it -> writer.u8(5).digest(it.session);
            }
        }

        @Override
        public ProviderQuestion read(Reader reader) {
            return switch (reader.u8()) {
                case 1 -> new OfSession(reader.digest());
                case 2 -> new OfGrant(reader.count());
                case 3 -> new OfRefresh(reader.count(), reader.digest());
                case 4 -> new OfNonce();
                case 5 -> new OfAccount(reader.digest());
                default -> throw new MalformedException("no question to a provider");
            };
        }
    };
}
