package org.maftia.core.replica;

import java.nio.charset.StandardCharsets;
import org.maftia.core.crypto.Certificate;
import org.maftia.core.crypto.Transcript;
import org.maftia.core.crypto.Verifier;
import org.maftia.core.wire.Codec;
import org.maftia.core.wire.Digest;
import org.maftia.core.wire.Reader;
import org.maftia.core.wire.Writer;

/**
 * The wish of officers that a configuration follow the present one: an ordered operation of the service {@link #SERVICE}
 * that every group runs. It proves itself, so it does not matter who brings it.
 *
 * @param next whose predecessor is the configuration in which it is ordered
 * @param serial above that of every earlier wish in the same configuration: the latest wish counts, and none comes back
 * @param officers signatures over {@link #digest}, by index of the officer
 */
public record Reconfiguration(Configuration next, long serial, Certificate officers) {
    /** The name under which every group takes it. */
    public static final String SERVICE = "reconfiguration";

    /**
     * How the refusal ends of a wish for a configuration in which a key is to go on that those who stay might not be able to
     * hand on. Where the key is still being shared anew since the last change, the same wish may be accepted soon.
     */
    public static final String CANNOT_GO_ON =
            " cannot go on yet: those who stay might not have enough shares to hand it on; ask again when it has been"
                    + " shared anew, or have another one dealt";

    private static final int SENTENCE_LENGTH_MAX = 1024;

    /** What the officers sign. */
    public static Digest digest(Configuration next, long serial) {
        return Transcript.of("reconfiguration")
                .field(next.digest())
                .field(serial)
                .digest();
    }

    /** Whether officers of the present configuration signed it whose policy lets them. */
    boolean isAuthorised(Configuration present, Verifier officersOfPresent) {
        return present.policy().holds(officers.signers()) && officers.verify(officersOfPresent, digest(next, serial));
    }

    /**
     * The result of the operation.
     *
     * @param accepted whether the group prepares for the new configuration
     * @param sentence why not, or what comes next
     */
    public record Verdict(boolean accepted, String sentence) {
        /** The end of a sentence that was cut; within the bound. */
        private static final String CUT = "...";

        /** Cuts a longer sentence: some tell of names that officers gave, and none may be one that nobody reads. */
        public Verdict {
            sentence = bounded(sentence);
        }

        private static String bounded(String sentence) {
            byte[] bytes = sentence.getBytes(StandardCharsets.UTF_8);
            if (bytes.length <= SENTENCE_LENGTH_MAX) {
                return sentence;
            }
            int length = SENTENCE_LENGTH_MAX - CUT.length();
            while ((bytes[length] & 0xc0) == 0x80) {
                length--; // in the middle of a character
            }
            return new String(bytes, 0, length, StandardCharsets.UTF_8) + CUT;
        }

        public static final Codec<Verdict> CODEC = new Codec<>() {
            @Override
            public void write(Writer writer, Verdict value) {
                writer.bool(value.accepted).string(value.sentence);
            }

            @Override
            public Verdict read(Reader reader) {
                return new Verdict(reader.bool(), reader.string(SENTENCE_LENGTH_MAX));
            }
        };
    }

    public static final Codec<Reconfiguration> CODEC = new Codec<>() {
        @Override
        public void write(Writer writer, Reconfiguration value) {
            Configuration.CODEC.write(writer, value.next);
            Certificate.CODEC.write(writer.u64(value.serial), value.officers);
        }

        @Override
        public Reconfiguration read(Reader reader) {
            return new Reconfiguration(
                    Configuration.CODEC.read(reader), reader.count(), Certificate.CODEC.read(reader));
        }
    };
}
