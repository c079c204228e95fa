package org.maftia.services.authority;

import org.maftia.core.crypto.Transcript;
import org.maftia.core.wire.Codec;
import org.maftia.core.wire.Digest;
import org.maftia.core.wire.MalformedException;
import org.maftia.core.wire.Reader;
import org.maftia.core.wire.Writer;

/**
 * What an officer of the group has the authority do.
 *
 * @param officer his index among the officers
 * @param nonce of a gateway, as clients have them: no order is carried out twice
 */
public record OfficerOrder(int officer, String nonce, Act act) {
    static final int LENGTH_MAX = 1024;

    /** Bytes of a credential's secret. */
    public static final int SECRET_LENGTH = 32;

    private static final int NONCE_LENGTH_MAX = 64;
    private static final int NAME_LENGTH_MAX = 64;
    private static final int SERIAL_LENGTH_MAX = 20;

    /** What is to be done. */
    public sealed interface Act {
        /** Gives out a credential, with which one account can be made within a day. */
        record Credential(String name, byte[] secret) implements Act {}

        /** Revokes a certificate. */
        record Revoke(byte[] serial, int reason) implements Act {}
    }

    public static final Codec<OfficerOrder> CODEC = new Codec<>() {
        @Override
        public void write(Writer writer, OfficerOrder value) {
            writer.u8(value.officer).string(value.nonce);
            switch (value.act) {
                case Act.Credential credential ->
                    writer.u8(1).string(credential.name).fixed(credential.secret);
                case Act.Revoke revoke -> writer.u8(2).opaque8(revoke.serial).u8(revoke.reason);
            }
        }

        @Override
        public OfficerOrder read(Reader reader) {
            int officer = reader.u8();
            String nonce = reader.string(NONCE_LENGTH_MAX);
            Act act = switch (reader.u8()) {
                case 1 -> new Act.Credential(reader.string(NAME_LENGTH_MAX), reader.fixed(SECRET_LENGTH));
                case 2 -> new Act.Revoke(reader.opaque8(SERIAL_LENGTH_MAX), reader.u8());
                default -> throw new MalformedException("no act of an officer");
            };
            return new OfficerOrder(officer, nonce, act);
        }
    };

    /** What the officer signs. */
    public static byte[] statement(Digest group, byte[] order) {
        return Transcript.of("authority officer")
                .field(group)
                .field(order)
                .digest()
                .toBytes();
    }
}
