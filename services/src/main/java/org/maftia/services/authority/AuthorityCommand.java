package org.maftia.services.authority;

import org.maftia.core.wire.Codec;
import org.maftia.core.wire.MalformedException;
import org.maftia.core.wire.Reader;
import org.maftia.core.wire.Writer;
import org.maftia.services.authority.acme.Jws;
import org.maftia.services.authority.pki.OcspQuestion;

/** What a gateway orders; all of it as a client brought it, so that no gateway decides what it means. */
public sealed interface AuthorityCommand {
    /** A client's signed request; the result is an {@link AuthorityAnswer}. */
    record Post(byte[] jws) implements AuthorityCommand {}

    /** Whether a certificate is revoked, in DER; the result is an OCSP response. */
    record Ask(byte[] question) implements AuthorityCommand {}

    /**
     * An {@link OfficerOrder}; the result is an {@link AuthorityAnswer}.
     *
     * @param signature of the officer, by Ed25519
     */
    record Official(byte[] order, byte[] signature) implements AuthorityCommand {}

    Codec<AuthorityCommand> CODEC = new Codec<>() {
        @Override
        public void write(Writer writer, AuthorityCommand value) {
            switch (value) {
                case Post post -> writer.u8(1).opaque32(post.jws);
                case Ask ask -> writer.u8(2).opaque16(ask.question);
                case Official official -> writer.u8(3).opaque16(official.order).opaque8(official.signature);
            }
        }

        @Override
        public AuthorityCommand read(Reader reader) {
            return switch (reader.u8()) {
                case 1 -> new Post(reader.opaque32(Jws.LENGTH_MAX));
                case 2 -> new Ask(reader.opaque16(OcspQuestion.LENGTH_MAX));
                case 3 -> new Official(reader.opaque16(OfficerOrder.LENGTH_MAX), reader.opaque8(64));
                default -> throw new MalformedException("no command of the authority");
            };
        }
    };
}
