package org.maftia.services.authority;

import org.maftia.core.wire.Codec;
import org.maftia.core.wire.Reader;
import org.maftia.core.wire.Writer;
import org.maftia.services.authority.pki.Identifier;

/**
 * What each replica is to look at: whether the account controls the name, and whether the name's owner lets this authority
 * certify it.
 *
 * @param identifier without a wildcard
 * @param wildcard whether names below it are wanted
 * @param keyAuthorization token and thumbprint of the account's key
 * @param accountPath the path of the account's URL, which CAA records may name
 */
public record ProbeQuestion(
        Method method,
        Identifier identifier,
        boolean wildcard,
        String token,
        String keyAuthorization,
        String accountPath) {
    /** Of an encoded question. */
    public static final int LENGTH_MAX = 1024;

    private static final int TEXT_LENGTH_MAX = 256;

    public static final Codec<ProbeQuestion> CODEC = new Codec<>() {
        @Override
        public void write(Writer writer, ProbeQuestion value) {
            writer.u8(value.method.ordinal());
            Identifier.CODEC.write(writer, value.identifier);
            writer.bool(value.wildcard)
                    .string(value.token)
                    .string(value.keyAuthorization)
                    .string(value.accountPath);
        }

        @Override
        public ProbeQuestion read(Reader reader) {
            return new ProbeQuestion(
                    Method.read(reader),
                    Identifier.CODEC.read(reader),
                    reader.bool(),
                    reader.string(TEXT_LENGTH_MAX),
                    reader.string(TEXT_LENGTH_MAX),
                    reader.string(TEXT_LENGTH_MAX));
        }
    };
}
