package org.maftia.services.evaluation;

import org.maftia.core.crypto.ObliviousFunction;
import org.maftia.core.wire.Codec;
import org.maftia.core.wire.MalformedException;
import org.maftia.core.wire.Reader;
import org.maftia.core.wire.Writer;

/**
 * A command of the {@link Evaluator}: evaluate once.
 *
 * @param user whose key is used, in at most {@link ObliviousFunction#USER_LENGTH_MAX} bytes, at least one
 * @param blinded {@link ObliviousFunction#ELEMENT_LENGTH} bytes, a point or not
 */
public record EvaluationRequest(byte[] user, byte[] blinded) {
    public static final Codec<EvaluationRequest> CODEC = new Codec<>() {
        @Override
        public void write(Writer writer, EvaluationRequest value) {
            writer.opaque8(value.user).fixed(value.blinded);
        }

        @Override
        public EvaluationRequest read(Reader reader) {
            byte[] user = reader.opaque8(ObliviousFunction.USER_LENGTH_MAX);
            if (user.length == 0) {
                throw new MalformedException("a user has a name");
            }
            return new EvaluationRequest(user, reader.fixed(ObliviousFunction.ELEMENT_LENGTH));
        }
    };
}
