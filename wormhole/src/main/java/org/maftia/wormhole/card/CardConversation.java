package org.maftia.wormhole.card;

import java.io.IOException;
import java.util.Arrays;
import org.maftia.wormhole.Refusal;
import org.maftia.wormhole.RefusedException;
import org.maftia.wormhole.StoppedException;
import org.maftia.wormhole.card.applet.CardCommands;
import org.maftia.wormhole.certificate.BigEndian;

/** Commands to the applet, and what its status words mean. */
final class CardConversation {
    private static final int OK = 0x9000;

    private final CardChannel channel;

    CardConversation(CardChannel channel) {
        this.channel = channel;
    }

    /**
     * The answer without its status.
     *
     * @throws RefusedException if the applet would not
     * @throws StoppedException if there is no card, or it is not ours
     */
    byte[] call(byte command, int count, byte[] data) {
        byte[] apdu = new byte[data.length == 0 ? 5 : 6 + data.length];
        apdu[0] = CardCommands.CLASS;
        apdu[1] = command;
        apdu[3] = (byte) count;
        if (data.length > 0) {
            apdu[4] = (byte) data.length;
            System.arraycopy(data, 0, apdu, 5, data.length);
        }
        byte[] answer; // the last byte of the command, 0, lets it be as long as it wants
        try {
            answer = channel.transmit(apdu);
        } catch (IOException e) {
            throw new StoppedException("the card cannot be reached", e);
        }
        if (answer.length < 2) {
            throw new StoppedException("the card gives no status");
        }
        int status = BigEndian.u16(answer, answer.length - 2);
        if (status != OK) {
            throw refusal(status);
        }
        return Arrays.copyOf(answer, answer.length - 2);
    }

    private static RuntimeException refusal(int status) {
        return switch ((short) status) {
            case CardCommands.NO_SUCH_LANE -> new RefusedException(Refusal.NO_SUCH_LANE);
            case CardCommands.TOO_MANY_STREAMS -> new RefusedException(Refusal.TOO_MANY_STREAMS);
            case CardCommands.MARK_NOT_HIGHER -> new RefusedException(Refusal.MARK_NOT_HIGHER);
            case CardCommands.EXHAUSTED -> new RefusedException(Refusal.EXHAUSTED);
            case 0x6985 -> new StoppedException("the card is not set up, or was set up already");
            default -> new StoppedException("the card answers with status %04x".formatted(status));
        };
    }

    void close() {
        try {
            channel.close();
        } catch (IOException e) {
            throw new StoppedException("the card cannot be left", e);
        }
    }
}
