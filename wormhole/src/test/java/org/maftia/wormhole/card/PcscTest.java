package org.maftia.wormhole.card;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.maftia.wormhole.StoppedException;
import org.maftia.wormhole.Ttcb;
import org.maftia.wormhole.card.applet.UsigApplet;
import org.maftia.wormhole.certificate.BigEndian;
import org.maftia.wormhole.certificate.Digest;
import org.maftia.wormhole.certificate.Ui;

/**
 * The machine's PC/SC service with the virtual reader of Debian's package vsmartcard-vpcd, in which the simulated card lies.
 * Runs where both are installed, the service is not running, and it may be started.
 */
@EnabledOnOs(value = OS.LINUX, disabledReason = "the virtual reader needs Linux")
class PcscTest {
    private static final int READER_PORT = 0x8c7b;
    private static final byte[] ANSWER_TO_RESET = HexFormat.of().parseHex("3b80800101");

    private static boolean mayStart() {
        return Files.isExecutable(Path.of("/usr/sbin/pcscd"))
                && Files.exists(Path.of("/etc/reader.conf.d/vpcd"))
                && Files.isWritable(Path.of("/run"))
                && !Files.exists(Path.of("/run/pcscd/pcscd.comm"));
    }

    /** Plays the card to the reader: lengths u16, then a control byte or a command. */
    private static final class PlayedCard {
        private final SimulatedCard card = new SimulatedCard(UsigApplet.class);
        private volatile boolean torn;
        private volatile Socket socket = new Socket();

        /** Lies in the reader until it is torn out, also when the reader begins anew. */
        private void play() {
            while (!torn) {
                try (Socket connected = reader()) {
                    socket = connected;
                    DataInputStream in = new DataInputStream(connected.getInputStream());
                    DataOutputStream out = new DataOutputStream(connected.getOutputStream());
                    while (!torn) {
                        answer(in.readNBytes(in.readUnsignedShort()), out);
                    }
                } catch (IOException e) {
                    continue; // the reader was switched off, or the card torn out
                }
            }
        }

        private void answer(byte[] message, DataOutputStream out) throws IOException {
            if (message.length > 1) {
                write(card.channel().transmit(message), out);
            } else if (message.length == 1 && message[0] == 4) {
                write(ANSWER_TO_RESET, out);
            } else if (message.length == 1 && message[0] == 2) {
                card.reset();
            }
        }

        private static void write(byte[] answer, DataOutputStream out) throws IOException {
            byte[] bytes = new byte[2 + answer.length];
            BigEndian.u16(bytes, 0, answer.length);
            System.arraycopy(answer, 0, bytes, 2, answer.length);
            out.write(bytes);
        }

        private static Socket reader() throws IOException {
            try {
                return new Socket(InetAddress.getLoopbackAddress(), READER_PORT);
            } catch (IOException e) {
                LockSupport.parkNanos(50_000_000); // the service is not ready yet
                throw e;
            }
        }

        private void tear() throws IOException {
            torn = true;
            socket.close();
        }
    }

    private static PcscChannel open() throws Exception {
        for (int attempt = 0; ; attempt++) {
            try {
                return PcscChannel.open("");
            } catch (IOException e) {
                if (attempt == 1_200) {
                    throw e;
                }
                Thread.sleep(50); // the service looks into its readers now and then
            }
        }
    }

    @Test
    void aCardInAReaderCountsAndSigns() throws Exception {
        assumeTrue(mayStart(), "needs pcscd and vsmartcard-vpcd, and the right to start the service");
        assertThatThrownBy(() -> PcscChannel.open("")) // and that is not remembered when the service runs
                .isInstanceOf(IOException.class)
                .hasMessage("the PC/SC service does not run");
        Process service = new ProcessBuilder("/usr/sbin/pcscd", "--foreground")
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        PlayedCard card = new PlayedCard();
        Thread player = Thread.ofPlatform().daemon().start(card::play);
        try {
            PcscChannel channel = open();
            CardTtcb.setUp(channel, CardFixture.GROUP, 0, 1);
            Ui ui;
            try (Ttcb ttcb = CardTtcb.connect(channel, List.of())) {
                ttcb.createUi(CardFixture.GROUP.with(5), 0, Digest.ZERO);
                ui = ttcb.createUi(CardFixture.GROUP.with(5), 0, Digest.ZERO);

                assertThat(ui.counter()).isEqualTo(2);
                assertThat(ttcb.verify(ui, Digest.ZERO)).isTrue();
            }
            Ttcb again = CardTtcb.connect(open(), List.of());
            assertThat(again.lastUi(CardFixture.GROUP.with(5), 0)).contains(ui);
            card.tear();
            assertThatThrownBy(() -> again.createUi(CardFixture.GROUP.with(5), 0, Digest.ZERO))
                    .isInstanceOf(StoppedException.class);
            assertThatThrownBy(() -> PcscChannel.open("no such reader")).isInstanceOf(IOException.class);
        } finally {
            card.tear();
            player.join();
            service.destroy();
            service.waitFor();
        }
    }
}
