package org.maftia.services.openid;

import org.maftia.core.crypto.Transcript;
import org.maftia.core.wire.Codec;
import org.maftia.core.wire.Digest;
import org.maftia.core.wire.Reader;
import org.maftia.core.wire.Writer;

/**
 * An officer of the group has a person removed, with all passkeys, sessions and grants. It is good once.
 *
 * @param officer his index among the officers
 * @param nonce of the officer, at random
 * @param untilSeconds when it is not good any more, at most an hour ahead
 */
public record RemovalOrder(int officer, Digest nonce, long untilSeconds, String name) {
    /** How far ahead it may be signed. */
    public static final long SECONDS_MAX = 3_600;

    static final int LENGTH_MAX = 256;

    public static final Codec<RemovalOrder> CODEC = new Codec<>() {
        @Override
        public void write(Writer writer, RemovalOrder value) {
            writer.u8(value.officer).digest(value.nonce).u64(value.untilSeconds).string(value.name);
        }

        @Override
        public RemovalOrder read(Reader reader) {
            return new RemovalOrder(
                    reader.u8(), reader.digest(), reader.count(), reader.string(ProviderCommand.NAME_LENGTH_MAX));
        }
    };

    /**
     * What the officer signs.
     *
     * @param group its name among all groups
     * @param order encoded
     */
    public static Digest statement(Digest group, byte[] order) {
        return Transcript.of("openid officer").field(group).field(order).digest();
    }
}
