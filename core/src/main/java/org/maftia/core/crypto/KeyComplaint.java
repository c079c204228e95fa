package org.maftia.core.crypto;

import java.util.Arrays;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;
import org.maftia.core.trust.ReplicaSet;
import org.maftia.core.wire.Codec;
import org.maftia.core.wire.Reader;
import org.maftia.core.wire.Writer;

/**
 * A recipient opens before all what a dealer encrypted to it, with a proof that it opens it truly: then everybody sees
 * whether the share in it is the one that the dealer committed to. {@link DistributedKey#isJustified} judges it.
 *
 * @param dealer who is accused
 * @param leaf whose share is wrong
 * @param opening the secret point between dealer and recipient, 48 bytes
 * @param proof that it is that point, 64 bytes
 */
public record KeyComplaint(int dealer, int leaf, byte[] opening, byte[] proof) {
    public static final Codec<KeyComplaint> CODEC = new Codec<>() {
        @Override
        public void write(Writer writer, KeyComplaint value) {
            writer.u8(value.dealer).u16(value.leaf).fixed(value.opening).fixed(value.proof);
        }

        @Override
        public KeyComplaint read(Reader reader) {
            return new KeyComplaint(
                    reader.replica(ReplicaSet.SIZE_MAX),
                    reader.u16(),
                    reader.fixed(CurvePoint.LENGTH),
                    reader.fixed(EqualLogarithms.LENGTH));
        }
    };

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof KeyComplaint that && Arrays.equals(CODEC.encode(this), CODEC.encode(that));
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(CODEC.encode(this));
    }

    @Override
    public String toString() {
        return "complaint about dealer " + dealer + ", leaf " + leaf + ": "
                + HexFormat.of().formatHex(opening);
    }
}
