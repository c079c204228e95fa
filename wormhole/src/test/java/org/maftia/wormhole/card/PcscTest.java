package org.maftia.wormhole.card;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.maftia.wormhole.StoppedException;
import org.maftia.wormhole.Ttcb;
import org.maftia.wormhole.card.applet.UsigApplet;
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
    private static void play(SimulatedCard card, Socket socket) {
        try (socket;
                DataInputStream in = new DataInputStream(socket.getInputStream());
                DataOutputStream out = new DataOutputStream(socket.getOutputStream())) {
            while (true) {
                byte[] message = in.readNBytes(in.readUnsignedShort());
                if (message.length == 1) {
                    if (message[0] == 4) {
                        out.writeShort(ANSWER_TO_RESET.length);
                        out.write(ANSWER_TO_RESET);
                    } else if (message[0] == 2) {
                        card.reset();
                    }
                } else {
                    byte[] answer = card.channel().transmit(message);
                    out.writeShort(answer.length);
                    out.write(answer);
                }
            }
        } catch (EOFException | SocketException e) {
            return; // the reader was switched off, or the card torn out
        } catch (IOException e) {
            throw new IllegalStateException("the reader is broken", e);
        }
    }

    private static Socket reader() throws Exception {
        for (int attempt = 0; ; attempt++) {
            try {
                return new Socket(InetAddress.getLoopbackAddress(), READER_PORT);
            } catch (IOException e) {
                if (attempt == 200) {
                    throw e;
                }
                Thread.sleep(50);
            }
        }
    }

    private static PcscChannel open() throws Exception {
        for (int attempt = 0; ; attempt++) {
            try {
                return PcscChannel.open("");
            } catch (IOException e) {
                if (attempt == 200) {
                    throw e;
                }
                Thread.sleep(50); // the service looks into its readers now and then
            }
        }
    }

    @Test
    void aCardInAReaderCountsAndSigns() throws Exception {
        assumeTrue(mayStart(), "needs pcscd and vsmartcard-vpcd, and the right to start the service");
        Process service = new ProcessBuilder("/usr/sbin/pcscd", "--foreground")
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        try {
            SimulatedCard card = new SimulatedCard(UsigApplet.class);
            Socket socket = reader();
            Thread.ofPlatform().daemon().start(() -> play(card, socket));
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
            socket.close(); // the card is torn out
            assertThatThrownBy(() -> again.createUi(CardFixture.GROUP.with(5), 0, Digest.ZERO))
                    .isInstanceOf(StoppedException.class);
            assertThatThrownBy(() -> PcscChannel.open("no such reader")).isInstanceOf(IOException.class);
        } finally {
            service.destroy();
            service.waitFor();
        }
    }
}
