package org.maftia.server.succession;

import org.maftia.core.replica.ConfigurationCertificate;
import org.maftia.core.replica.RefusedReadException;
import org.maftia.core.wire.Codec;
import org.maftia.core.wire.Reader;
import org.maftia.core.wire.Writer;
import org.maftia.server.ceremony.CeremonyException;
import org.maftia.server.ceremony.GroupTranscript;

/**
 * One step of a group from a configuration to the next, with everything that who knows the first must know of the second.
 * It proves itself, whoever hands it out.
 *
 * @param certificate says what follows, signed by a quorum of the configuration before
 * @param transcript the public document of the configuration that follows
 */
public record Step(ConfigurationCertificate certificate, byte[] transcript) {
    /** The largest group has some megabytes of public keys. */
    public static final int LENGTH_MAX = 32 << 20;

    /**
     * The configuration that followed.
     *
     * @throws RefusedReadException when the group did not go on so
     */
    public Known follow(Known from) throws RefusedReadException {
        certificate.verify(from.charter());
        // Nothing of the transcript is read before it is known to be the one that the group agreed on.
        require(GroupTranscript.digest(transcript).equals(certificate.next().bundle()));
        Known next;
        try {
            next = Known.of(GroupTranscript.parse(transcript));
        } catch (CeremonyException e) {
            throw new RefusedReadException(RefusedReadException.Reason.OTHER_CONFIGURATION);
        }
        require(next.group().root().equals(from.group().root()));
        require(next.configuration().equals(certificate.next()));
        return next;
    }

    private static void require(boolean condition) throws RefusedReadException {
        if (!condition) {
            throw new RefusedReadException(RefusedReadException.Reason.OTHER_CONFIGURATION);
        }
    }

    public static final Codec<Step> CODEC = new Codec<>() {
        @Override
        public void write(Writer writer, Step value) {
            ConfigurationCertificate.CODEC.write(writer, value.certificate);
            writer.opaque32(value.transcript);
        }

        @Override
        public Step read(Reader reader) {
            return new Step(ConfigurationCertificate.CODEC.read(reader), reader.opaque32(LENGTH_MAX));
        }
    };
}
