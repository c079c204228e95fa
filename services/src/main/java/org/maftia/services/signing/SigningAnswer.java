package org.maftia.services.signing;

import java.util.Arrays;
import org.maftia.core.wire.Codec;
import org.maftia.core.wire.MalformedException;
import org.maftia.core.wire.Reader;
import org.maftia.core.wire.Writer;

/** What {@link Signing} answers. */
public sealed interface SigningAnswer {
    /** The signature comes, to the gateway that brought the command alone. */
    record Granted() implements SigningAnswer {}

    /** Nothing is signed, and asking again does not help. */
    record Refused(Reason reason) implements SigningAnswer {}

    /**
     * The key signed so often that it must rest.
     *
     * @param micros agreed time until it signs again, from now on
     */
    record Limited(long micros) implements SigningAnswer {}

    /** So much is under way that one must ask at another time. */
    record Busy() implements SigningAnswer {}

    /** Why nothing is signed. */
    enum Reason {
        MALFORMED(1, "the command is none"),
        NO_KEY(2, "there is no such key"),
        PADDING(3, "the key signs with the other padding"),
        HASH(4, "the key signs no digests of this hash"),
        CALLER(5, "permission denied"),
        TIME(6, "the request is too old, or from the future"),
        REPEATED(7, "the request was made before"),
        GATEWAY(8, "the request was made to another gateway");

        private final int code;
        private final String sentence;

        Reason(int code, String sentence) {
            this.code = code;
            this.sentence = sentence;
        }

        /** For people. */
        public String sentence() {
            return sentence;
        }

        private static Reason of(int code) {
            return Arrays.stream(values())
                    .filter(reason -> reason.code == code)
                    .findFirst()
                    .orElseThrow(() -> new MalformedException("no reason has this number"));
        }
    }

    Codec<SigningAnswer> CODEC = new Codec<>() {
        @Override
        public void write(Writer writer, SigningAnswer value) {
            switch (value) {
                case Granted granted -> writer.u8(1);
                case Refused refused -> writer.u8(2).u8(refused.reason.code);
                case Limited limited -> writer.u8(3).u64(limited.micros);
                case Busy busy -> writer.u8(4);
            }
        }

        @Override
        public SigningAnswer read(Reader reader) {
            return switch (reader.u8()) {
                case 1 -> new Granted();
                case 2 -> new Refused(Reason.of(reader.u8()));
                case 3 -> new Limited(reader.count());
                case 4 -> new Busy();
                default -> throw new MalformedException("no answer about a signature");
            };
        }
    };
}
