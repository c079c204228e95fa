package org.maftia.core.replica;

import org.maftia.core.crypto.Transcript;
import org.maftia.core.crypto.Verifier;
import org.maftia.core.trust.ReplicaSet;
import org.maftia.core.wire.Codec;
import org.maftia.core.wire.Digest;
import org.maftia.core.wire.Reader;
import org.maftia.core.wire.Writer;

/**
 * READY: a member of a configuration to come has installed its keys for it. Signed with its key there, so anybody may
 * bring it to those who order it.
 *
 * @param configuration digest of the one to come
 * @param member the signer's index in it
 * @param nonce the signer's own: tells whether it was said before or after its disk was lost
 */
public record Readiness(Digest configuration, int member, long nonce, byte[] signature) {
    private static final int SIGNATURE_LENGTH_MAX = 128;

    /** What the member signs. */
    static Digest digest(Digest configuration, int member, long nonce) {
        return Transcript.of("ready")
                .field(configuration)
                .field(member)
                .field(nonce)
                .digest();
    }

    boolean isValid(Verifier members) {
        return members.verify(member, digest(configuration, member, nonce), signature);
    }

    public static final Codec<Readiness> CODEC = new Codec<>() {
        @Override
        public void write(Writer writer, Readiness value) {
            writer.digest(value.configuration).u8(value.member).u64(value.nonce).opaque8(value.signature);
        }

        @Override
        public Readiness read(Reader reader) {
            return new Readiness(
                    reader.digest(),
                    reader.replica(ReplicaSet.SIZE_MAX),
                    reader.count(),
                    reader.opaque8(SIGNATURE_LENGTH_MAX));
        }
    };
}
