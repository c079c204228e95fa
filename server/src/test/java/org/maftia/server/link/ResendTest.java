package org.maftia.server.link;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.maftia.core.testing.Attack;

class ResendTest {
    private static byte[] frame(int number) {
        return new byte[] {(byte) (number >> 8), (byte) number};
    }

    @Test
    void framesGoOutInOrderAndOnce() {
        Resend resend = new Resend(1 << 20);
        for (int i = 1; i <= 1000; i++) {
            assertThat(resend.add(frame(i))).isTrue();
        }
        for (int i = 1; i <= 1000; i++) {
            assertThat(resend.unsentNumber()).isEqualTo(i);
            assertThat(resend.peek()).isEqualTo(frame(i));
            resend.sent();
        }
        assertThat(resend.peek()).isNull();
    }

    @Test
    void aNewConnectionBeginsAfterWhatThePeerHas() {
        Resend resend = new Resend(1 << 20);
        for (int i = 1; i <= 10; i++) {
            resend.add(frame(i));
            resend.sent();
        }
        assertThat(resend.acknowledged(4)).isTrue();
        assertThat(resend.received(7)).isTrue();
        resend.rewind();
        assertThat(resend.unsentNumber()).isEqualTo(8);
        assertThat(resend.peek()).isEqualTo(frame(8));
    }

    @Test
    void aPeerCannotAcknowledgeWhatItWasNotSent() {
        Resend resend = new Resend(1 << 20);
        resend.add(frame(1));
        resend.add(frame(2));
        resend.sent();
        assertThat(resend.acknowledged(2)).isFalse();
        assertThat(resend.received(3)).isFalse();
        assertThat(resend.acknowledged(1)).isTrue();
    }

    @Attack("huge lengths, far-future slot, epoch, round")
    @Test
    void theOldestAreLostBeyondTheBoundAndMemoryStaysFlat() {
        Resend resend = new Resend(1000);
        boolean whole = true;
        for (int i = 1; i <= 100_000; i++) {
            whole &= resend.add(frame(i));
        }
        assertThat(whole).isFalse();
        assertThat(resend.bytes()).isLessThanOrEqualTo(1000);
        assertThat(resend.frames()).isLessThan(20);
        assertThat(resend.lost()).isEqualTo(100_000 - resend.frames());
        assertThat(resend.peek()).isEqualTo(frame(100_000 - resend.frames() + 1));
    }
}
