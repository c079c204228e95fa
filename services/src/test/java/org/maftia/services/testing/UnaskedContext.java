package org.maftia.services.testing;

import org.maftia.core.ordering.RequestId;
import org.maftia.core.replica.Context;

/** A context for a service that asks the group for nothing. Tests override what theirs may ask for; anything else fails them. */
public abstract class UnaskedContext implements Context {
    private static AssertionError unasked(String what) {
        return new AssertionError("this service was not to have the group " + what);
    }

    @Override
    public boolean sign(String keyId, byte[] message, long reference) {
        throw unasked("sign");
    }

    @Override
    public boolean decrypt(byte[] ciphertext, byte[] label, long reference) {
        throw unasked("decrypt");
    }

    @Override
    public Asked evaluate(String keyId, byte[] user, byte[] blinded, long reference) {
        throw unasked("evaluate a function");
    }

    @Override
    public boolean draw(long reference) {
        throw unasked("draw");
    }

    @Override
    public Asked observe(byte[] question, long reference, long deadlineMicros) {
        throw unasked("look outside");
    }

    @Override
    public void complete(RequestId id, byte[] result) {
        throw unasked("give a result later");
    }
}
