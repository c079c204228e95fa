package org.maftia.core.keys;

import org.maftia.core.crypto.KeyComplaint;
import org.maftia.core.wire.Codec;
import org.maftia.core.wire.Digest;
import org.maftia.core.wire.MalformedException;
import org.maftia.core.wire.Reader;
import org.maftia.core.wire.Writer;

/** What members say about a key through the log, and nowhere else: so all hear the same in the same order. */
public sealed interface KeyMessage {
    /** As of keys. */
    int KEY_ID_LENGTH_MAX = 64;

    /** A dealing goes into the log as one operation: formulas with more leaves than fit are not renewed. */
    int DEALING_LENGTH_MAX = 240 << 10;

    /** Bytes of a recipient's key: a compressed point. */
    int PUBLIC_KEY_LENGTH = 48;

    String keyId();

    /** A renewal is wanted now. */
    record Wish(String keyId) implements KeyMessage {}

    /**
     * KEY: deal to this member.
     *
     * @param publicKey of this attempt alone
     * @param bare whether the member lacks its shares of the present epoch, so that zeros added to them are of no use to it
     */
    record Enrol(String keyId, long attempt, byte[] publicKey, boolean bare) implements KeyMessage {}

    /** DEAL: to everybody whose key counts. */
    record Deal(String keyId, long attempt, byte[] dealing) implements KeyMessage {}

    /** COMPLAINT: a dealing is false, as everybody can see now. */
    record Complain(String keyId, long attempt, KeyComplaint complaint) implements KeyMessage {}

    /**
     * ACK: the member's shares from the dealings that count are in safety.
     *
     * @param dealings which they are: {@link Attempt#counted}
     */
    record Acknowledge(String keyId, long attempt, Digest dealings) implements KeyMessage {}

    Codec<KeyMessage> CODEC = new Codec<>() {
        @Override
        public void write(Writer writer, KeyMessage value) {
            switch (value) {
                case Wish wish -> writer.u8(1).string(wish.keyId);
                case Enrol enrol ->
                    writer.u8(2)
                            .string(enrol.keyId)
                            .u64(enrol.attempt)
                            .fixed(enrol.publicKey)
                            .bool(enrol.bare);
                case Deal deal ->
                    writer.u8(3).string(deal.keyId).u64(deal.attempt).opaque32(deal.dealing);
                case Complain complain -> {
                    writer.u8(4).string(complain.keyId).u64(complain.attempt);
                    KeyComplaint.CODEC.write(writer, complain.complaint);
                }
                case Acknowledge acknowledge ->
                    writer.u8(5)
                            .string(acknowledge.keyId)
                            .u64(acknowledge.attempt)
                            .digest(acknowledge.dealings);
            }
        }

        @Override
        public KeyMessage read(Reader reader) {
            int kind = reader.u8();
            String keyId = reader.string(KEY_ID_LENGTH_MAX);
            return switch (kind) {
                case 1 -> new Wish(keyId);
                case 2 -> new Enrol(keyId, reader.count(), reader.fixed(PUBLIC_KEY_LENGTH), reader.bool());
                case 3 -> new Deal(keyId, reader.count(), reader.opaque32(DEALING_LENGTH_MAX));
                case 4 -> new Complain(keyId, reader.count(), KeyComplaint.CODEC.read(reader));
                case 5 -> new Acknowledge(keyId, reader.count(), reader.digest());
                default -> throw new MalformedException("nothing that is said about a key");
            };
        }
    };
}
