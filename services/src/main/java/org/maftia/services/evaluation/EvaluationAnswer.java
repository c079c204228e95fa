package org.maftia.services.evaluation;

import org.maftia.core.crypto.ObliviousFunction;
import org.maftia.core.wire.Codec;
import org.maftia.core.wire.Digest;
import org.maftia.core.wire.MalformedException;
import org.maftia.core.wire.Reader;
import org.maftia.core.wire.Writer;

/** What the {@link Evaluator} answers. */
public sealed interface EvaluationAnswer {
    /** Of a signature; 48 in BLS. */
    int SIGNATURE_LENGTH_MAX = 255;

    /**
     * The value, for who unblinds it.
     *
     * @param function that was evaluated
     * @param signature of {@link EvaluationReceipt#message}
     */
    record Evaluated(Digest function, byte[] element, byte[] signature) implements EvaluationAnswer {}

    /**
     * The user was asked for too often.
     *
     * @param micros agreed time until he may be asked for again, from now on
     */
    record Limited(long micros) implements EvaluationAnswer {}

    /** So much is under way that one must ask at another time. */
    record Busy() implements EvaluationAnswer {}

    /** The command was none, or holds no blinded input. */
    record Malformed() implements EvaluationAnswer {}

    /** The group does not give the service its keys. */
    record Refused() implements EvaluationAnswer {}

    Codec<EvaluationAnswer> CODEC = new Codec<>() {
        @Override
        public void write(Writer writer, EvaluationAnswer value) {
            switch (value) {
                case Evaluated evaluated ->
                    writer.u8(1)
                            .digest(evaluated.function)
                            .fixed(evaluated.element)
                            .opaque8(evaluated.signature);
                case Limited limited -> writer.u8(2).u64(limited.micros);
                case Busy busy -> writer.u8(3);
                case Malformed malformed -> writer.u8(4);
                case Refused refused -> writer.u8(5);
            }
        }

        @Override
        public EvaluationAnswer read(Reader reader) {
            return switch (reader.u8()) {
                case 1 ->
                    new Evaluated(
                            reader.digest(),
                            reader.fixed(ObliviousFunction.ELEMENT_LENGTH),
                            reader.opaque8(SIGNATURE_LENGTH_MAX));
                case 2 -> new Limited(reader.count());
                case 3 -> new Busy();
                case 4 -> new Malformed();
                case 5 -> new Refused();
                default -> throw new MalformedException("no answer of an evaluator");
            };
        }
    };
}
