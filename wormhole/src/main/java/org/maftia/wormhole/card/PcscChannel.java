package org.maftia.wormhole.card;

import java.io.IOException;
import java.security.NoSuchAlgorithmException;
import javax.smartcardio.Card;
import javax.smartcardio.CardException;
import javax.smartcardio.CardTerminal;
import javax.smartcardio.CommandAPDU;
import javax.smartcardio.ResponseAPDU;
import javax.smartcardio.TerminalFactory;

/** A card in a reader that the machine's PC/SC service knows. The card is ours alone while the channel is open. */
public final class PcscChannel implements CardChannel {
    private static final int OK = 0x9000;

    private final Card card;

    private PcscChannel(Card card) {
        this.card = card;
    }

    /**
     * The card in a reader.
     *
     * @param reader its name, as PC/SC has it; empty for the first that holds a card
     * @throws IOException if there is no such reader, no card in it, or the applet is not on the card
     */
    public static PcscChannel open(String reader) throws IOException {
        try {
            // Not the default factory: what a first look found, that one keeps, and a service that starts later is
            // never seen.
            TerminalFactory readers = TerminalFactory.getInstance("PC/SC", null);
            for (CardTerminal terminal : readers.terminals().list()) {
                if ((reader.isEmpty() || terminal.getName().equals(reader)) && terminal.isCardPresent()) {
                    return select(terminal.connect("*"));
                }
            }
        } catch (NoSuchAlgorithmException e) {
            throw new IOException("the PC/SC service does not run", e);
        } catch (CardException | IllegalArgumentException e) {
            throw new IOException("no card can be reached: " + e.getMessage(), e);
        }
        throw new IOException(reader.isEmpty() ? "no reader holds a card" : "no card is in the reader " + reader);
    }

    private static PcscChannel select(Card card) throws IOException, CardException {
        card.beginExclusive();
        ResponseAPDU answer = card.getBasicChannel().transmit(new CommandAPDU(0, 0xa4, 4, 0, CardChannel.applet()));
        if (answer.getSW() != OK) {
            card.disconnect(false);
            throw new IOException("the applet is not on the card (%04x)".formatted(answer.getSW()));
        }
        return new PcscChannel(card);
    }

    @Override
    public byte[] transmit(byte[] command) throws IOException {
        try {
            return card.getBasicChannel().transmit(new CommandAPDU(command)).getBytes();
        } catch (CardException | IllegalStateException | IllegalArgumentException e) {
            throw new IOException("the card does not answer", e); // a card that was torn out may answer with nothing
        }
    }

    @Override
    public void close() throws IOException {
        try {
            card.endExclusive();
            card.disconnect(false);
        } catch (CardException | IllegalStateException e) {
            throw new IOException("the card cannot be left", e);
        }
    }
}
