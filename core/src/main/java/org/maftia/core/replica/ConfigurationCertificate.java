package org.maftia.core.replica;

import java.util.Arrays;
import org.maftia.core.replica.RefusedReadException.Reason;
import org.maftia.core.wire.Codec;
import org.maftia.core.wire.Digest;
import org.maftia.core.wire.Reader;
import org.maftia.core.wire.Writer;

/**
 * Proves to who knows one configuration which one follows it: a quorum of the old one signed its last state, in which the
 * new one's digest stands. Such certificates form a chain, along which clients and newcomers go offline. There is one for
 * each configuration, as two quorums meet in a correct replica, which signs one state for the last slot.
 *
 * @param next the configuration that follows
 * @param proof that the last state of the one before names it
 */
public record ConfigurationCertificate(Configuration next, CertifiedRead proof) {
    /** What groups show of themselves to readers. */
    static final String VIEW = "group";

    /** The key whose value says what comes after which slot. */
    static final String SUCCESSOR = "successor";

    /** The last slot of the old configuration. */
    public long lastSlot() {
        return proof.slot();
    }

    static byte[] successor(long lastSlot, Digest next) {
        return new Writer().u64(lastSlot).digest(next).toBytes();
    }

    /**
     * Returns when the group of the charter ended with this certificate's slot and handed over to {@link #next}.
     *
     * @throws RefusedReadException with the first reason against it
     */
    public void verify(Charter charter) throws RefusedReadException {
        proof.verify(charter, VIEW, SUCCESSOR, 0);
        byte[] named = proof.value();
        if (named == null || !Arrays.equals(named, successor(lastSlot(), next.digest()))) {
            throw new RefusedReadException(Reason.NOT_IN_STATE);
        }
        if (!next.predecessor().equals(charter.configuration())) {
            throw new RefusedReadException(Reason.OTHER_CONFIGURATION);
        }
    }

    public static final Codec<ConfigurationCertificate> CODEC = new Codec<>() {
        @Override
        public void write(Writer writer, ConfigurationCertificate value) {
            Configuration.CODEC.write(writer, value.next);
            CertifiedRead.CODEC.write(writer, value.proof);
        }

        @Override
        public ConfigurationCertificate read(Reader reader) {
            return new ConfigurationCertificate(Configuration.CODEC.read(reader), CertifiedRead.CODEC.read(reader));
        }
    };
}
