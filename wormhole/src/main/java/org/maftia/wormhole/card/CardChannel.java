package org.maftia.wormhole.card;

import java.io.IOException;

/** Carries one command to a card whose applet is selected, and its answer back. */
public interface CardChannel extends AutoCloseable {
    /** The applet's name: proprietary, "MAFTIA", version 1. */
    static byte[] applet() {
        return new byte[] {(byte) 0xf0, 0x4d, 0x41, 0x46, 0x54, 0x49, 0x41, 1};
    }

    /**
     * Exchanges a command of ISO 7816-4 for its answer, the status in its last two bytes.
     *
     * @throws IOException if there is no answer; whether there was an effect is unknown
     */
    byte[] transmit(byte[] command) throws IOException;

    @Override
    void close() throws IOException;
}
