package org.maftia.wormhole.card;

import javacard.framework.JCSystem;
import org.maftia.wormhole.card.applet.UsigApplet;

/** Answers before its counters are durable: what must survive lies in memory that goes with the power. */
public final class ForgetfulApplet extends UsigApplet {
    public static void install(byte[] parameters, short offset, byte length) {
        new ForgetfulApplet().register();
    }

    @Override
    protected byte[] durable(short length) {
        return JCSystem.makeTransientByteArray(length, JCSystem.CLEAR_ON_RESET);
    }
}
