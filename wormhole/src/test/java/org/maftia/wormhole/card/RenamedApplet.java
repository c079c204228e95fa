package org.maftia.wormhole.card;

import org.maftia.wormhole.card.applet.UsigApplet;

/** Is set up as often as somebody likes: other keys under the same name and epoch. */
public final class RenamedApplet extends UsigApplet {
    public static void install(byte[] parameters, short offset, byte length) {
        new RenamedApplet().register();
    }

    @Override
    protected boolean mayBeSetUp() {
        return true;
    }
}
