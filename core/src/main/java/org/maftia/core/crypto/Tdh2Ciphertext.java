package org.maftia.core.crypto;

import org.maftia.core.wire.Codec;
import org.maftia.core.wire.MalformedException;
import org.maftia.core.wire.Reader;
import org.maftia.core.wire.Writer;

/**
 * The parts of a ciphertext, as they are written; the label is known from where it stands.
 *
 * @param u g^r
 * @param uBar ḡ^r
 * @param proof that the exponent is the same: ε and f of the paper
 * @param payload r and the message under AES-256-GCM, with the tag
 */
record Tdh2Ciphertext(CurvePoint u, CurvePoint uBar, EqualLogarithms proof, byte[] payload) {
    static final int TAG_BITS = 128;

    private static final int TAG_LENGTH = TAG_BITS / Byte.SIZE;

    /** Of r, which stands before the message. */
    static final int EXPONENT_LENGTH = CurvePoint.SCALAR_LENGTH;

    /** Two points, two numbers, a length, r, and the tag. */
    static final int OVERHEAD =
            2 * CurvePoint.LENGTH + EqualLogarithms.LENGTH + Integer.BYTES + EXPONENT_LENGTH + TAG_LENGTH;

    /** Above every operation of any group; protocols have tighter bounds. */
    private static final int PAYLOAD_LENGTH_MAX = 16 << 20;

    static final Codec<Tdh2Ciphertext> CODEC = new Codec<>() {
        @Override
        public void write(Writer writer, Tdh2Ciphertext value) {
            writer.fixed(value.u.toBytes()).fixed(value.uBar.toBytes());
            EqualLogarithms.CODEC.write(writer, value.proof);
            writer.opaque32(value.payload);
        }

        @Override
        public Tdh2Ciphertext read(Reader reader) {
            CurvePoint u = CurvePoint.decoded(reader.fixed(CurvePoint.LENGTH));
            CurvePoint uBar = CurvePoint.decoded(reader.fixed(CurvePoint.LENGTH));
            EqualLogarithms proof = EqualLogarithms.CODEC.read(reader);
            byte[] payload = reader.opaque32(PAYLOAD_LENGTH_MAX);
            if (payload.length < TAG_LENGTH) {
                throw new MalformedException("a payload has its tag");
            }
            return new Tdh2Ciphertext(u, uBar, proof, payload);
        }
    };
}
