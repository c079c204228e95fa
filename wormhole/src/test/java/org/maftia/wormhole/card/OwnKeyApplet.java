package org.maftia.wormhole.card;

import javacard.security.ECPrivateKey;
import javacard.security.KeyPair;
import javacard.security.PrivateKey;
import org.maftia.wormhole.card.applet.UsigApplet;

/** Seals under a key that no peer knows. */
public final class OwnKeyApplet extends UsigApplet {
    private final KeyPair other = new KeyPair(KeyPair.ALG_EC_FP, (short) 256);

    private OwnKeyApplet() {
        other.genKeyPair();
        byte[] secret = new byte[32]; // the simulator draws the same key each time
        secret[31] = 7;
        ((ECPrivateKey) other.getPrivate()).setS(secret, (short) 0, (short) secret.length);
    }

    public static void install(byte[] parameters, short offset, byte length) {
        new OwnKeyApplet().register();
    }

    @Override
    protected PrivateKey sealingKey() {
        return other.getPrivate();
    }
}
