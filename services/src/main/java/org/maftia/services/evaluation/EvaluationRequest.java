package org.maftia.services.evaluation;

import org.maftia.core.crypto.ObliviousFunction;
import org.maftia.core.wire.Codec;
import org.maftia.core.wire.MalformedException;
import org.maftia.core.wire.Reader;
import org.maftia.core.wire.Writer;

/**
 * A command of the {@link Evaluator}: evaluate once.
 *
 * @param user whose key is used, in at most {@link ObliviousFunction#USER_LENGTH_MAX} bytes, at least one; the first is
 *     not 0, as names that begin so are for services of the group that have the same function evaluated
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
            if (!isName(user)) {
                throw new MalformedException("a user has a name");
            }
            return new EvaluationRequest(user, reader.fixed(ObliviousFunction.ELEMENT_LENGTH));
        }
    };

    /** Whether anybody may have the function evaluated under this name. */
    public static boolean isName(byte[] user) {
        return user.length > 0 && user.length <= ObliviousFunction.USER_LENGTH_MAX && user[0] != 0;
    }
}
