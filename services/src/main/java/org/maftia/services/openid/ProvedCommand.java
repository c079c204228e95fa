package org.maftia.services.openid;

import java.util.List;
import org.maftia.core.crypto.Transcript;
import org.maftia.core.wire.Codec;
import org.maftia.core.wire.Digest;
import org.maftia.core.wire.Reader;
import org.maftia.core.wire.Writer;

/**
 * A command with proofs that its gateway holds the secrets which it uses. Proofs are good for this command of this gateway:
 * who copies it, or a proof, gets nothing.
 *
 * @param body the encoded {@link ProviderCommand}
 */
public record ProvedCommand(byte[] body, List<Proof> proofs) {
    /** A code, the secret of a client, and one to spare. */
    static final int PROOFS_MAX = 3;

    private static final int BODY_LENGTH_MAX = 16 << 10;

    /**
     * That somebody holds a secret.
     *
     * @param verifier the secret's public half
     */
    public record Proof(Digest verifier, byte[] signature) {}

    public static final Codec<ProvedCommand> CODEC = new Codec<>() {
        @Override
        public void write(Writer writer, ProvedCommand value) {
            writer.opaque16(value.body)
                    .list(
                            value.proofs,
                            (out, proof) -> out.digest(proof.verifier).fixed(proof.signature));
        }

        @Override
        public ProvedCommand read(Reader reader) {
            return new ProvedCommand(
                    reader.opaque16(BODY_LENGTH_MAX),
                    reader.list(
                            PROOFS_MAX,
                            Digest.LENGTH + BearerSecret.SIGNATURE_LENGTH,
                            in -> new Proof(in.digest(), in.fixed(BearerSecret.SIGNATURE_LENGTH))));
        }
    };

    public ProvedCommand {
        proofs = List.copyOf(proofs);
    }

    /**
     * A command of a gateway.
     *
     * @param gateway the number of its replica
     * @param secrets that it uses
     */
    public static ProvedCommand of(ProviderCommand command, int gateway, List<BearerSecret> secrets) {
        byte[] body = ProviderCommand.CODEC.encode(command);
        byte[] message = message(body, gateway).toBytes();
        return new ProvedCommand(
                body,
                secrets.stream()
                        .map(secret -> new Proof(secret.verifier(), secret.sign(message)))
                        .toList());
    }

    private static Digest message(byte[] body, int gateway) {
        return Transcript.of("openid/command").field(gateway).field(body).digest();
    }

    /** Names the command of a gateway: the same again is the same wish. */
    Digest name(int gateway) {
        return message(body, gateway);
    }

    boolean proves(Digest verifier, int gateway) {
        byte[] message = message(body, gateway).toBytes();
        return proofs.stream()
                .anyMatch(proof ->
                        proof.verifier.equals(verifier) && BearerSecret.isSignedBy(verifier, message, proof.signature));
    }
}
