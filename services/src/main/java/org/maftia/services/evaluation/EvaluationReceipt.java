package org.maftia.services.evaluation;

import org.maftia.core.crypto.ObliviousKey;
import org.maftia.core.crypto.Transcript;
import org.maftia.core.wire.Digest;

/** What the group signs of an evaluation, under a key that signs nothing else. */
public final class EvaluationReceipt {
    private EvaluationReceipt() {}

    /** Names a function: another dealing is another one, whose values are others. */
    public static Digest function(ObliviousKey key) {
        return Transcript.of("evaluation/function")
                .field(ObliviousKey.CODEC.encode(key))
                .digest();
    }

    /**
     * The message.
     *
     * @param function under which the input was evaluated
     * @param user for whom
     * @param blinded what the client sent
     * @param element what the group made of it
     */
    public static byte[] message(Digest function, byte[] user, byte[] blinded, byte[] element) {
        return Transcript.of("evaluation/receipt")
                .field(function)
                .field(user)
                .field(blinded)
                .field(element)
                .digest()
                .toBytes();
    }
}
