package org.maftia.core.agreement;

import org.maftia.core.agreement.BinaryMessage.Ballot;
import org.maftia.core.agreement.BinaryMessage.Decide;
import org.maftia.core.agreement.BinaryMessage.Echo;
import org.maftia.core.agreement.BinaryMessage.Echo2;
import org.maftia.core.agreement.BinaryMessage.Share;
import org.maftia.core.agreement.BinaryMessage.Val;
import org.maftia.core.crypto.Coin;
import org.maftia.core.wire.Codec;
import org.maftia.core.wire.MalformedException;
import org.maftia.core.wire.Reader;
import org.maftia.core.wire.Writer;

/**
 * The canonical encoding of binary agreement: a type byte, then the fields in the order of the records.
 *
 * @param proofLengthMax bytes of a proof
 */
record BinaryAgreementCodec(int proofLengthMax) implements Codec<BinaryMessage> {
    /** Every other round decides; nobody gets here. Keeps round numbers in an int. */
    static final int ROUND_MAX = 1 << 20;

    @Override
    public void write(Writer writer, BinaryMessage message) {
        switch (message) {
            case Val m -> {
                writer.u8(0).u32(m.round()).bool(m.value());
                if (m.round() == 0) {
                    writer.opaque32(m.proof());
                }
            }
            case Echo m -> writer.u8(1).u32(m.round()).bool(m.value());
            case Echo2 m -> writer.u8(2).u32(m.round()).u8(m.ballot().ordinal());
            case Share m -> writer.u8(3).u32(m.round()).opaque16(m.share());
            case Decide m -> writer.u8(4).bool(m.value()).opaque32(m.proof());
        }
    }

    @Override
    public BinaryMessage read(Reader reader) {
        int type = reader.u8();
        return switch (type) {
            case 0 -> {
                int round = round(reader);
                yield new Val(round, reader.bool(), round == 0 ? reader.opaque32(proofLengthMax) : NO_PROOF);
            }
            case 1 -> new Echo(round(reader), reader.bool());
            case 2 -> new Echo2(round(reader), ballot(reader));
            case 3 -> new Share(round(reader), reader.opaque16(Coin.SHARE_LENGTH_MAX));
            case 4 -> new Decide(reader.bool(), reader.opaque32(proofLengthMax));
            default -> throw new MalformedException("no message of binary agreement: " + type);
        };
    }

    static final byte[] NO_PROOF = {};

    private static int round(Reader reader) {
        long round = reader.u32();
        if (round > ROUND_MAX) {
            throw new MalformedException("no round: " + round);
        }
        return (int) round;
    }

    private static Ballot ballot(Reader reader) {
        int ordinal = reader.u8();
        if (ordinal >= Ballot.values().length) {
            throw new MalformedException("no ballot: " + ordinal);
        }
        return Ballot.values()[ordinal];
    }
}
