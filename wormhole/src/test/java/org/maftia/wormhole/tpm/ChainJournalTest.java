package org.maftia.wormhole.tpm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.maftia.wormhole.StoppedException;
import org.maftia.wormhole.Ttcb;
import org.maftia.wormhole.certificate.AttestationKey;
import org.maftia.wormhole.certificate.BigEndian;
import org.maftia.wormhole.certificate.Digest;
import org.maftia.wormhole.certificate.Fence;
import org.maftia.wormhole.certificate.Mark;
import org.maftia.wormhole.certificate.QuoteTag;
import org.maftia.wormhole.certificate.Stream;
import org.maftia.wormhole.certificate.Ui;

/** A host's process that starts again while its machine, and so its TPM, runs on. */
class ChainJournalTest {
    private static final Stream STREAM = ChainFixture.GROUP.with(5);
    private static final int EXTEND = 0x182;
    private static final int QUOTE = 0x158;

    @TempDir
    Path directory;

    private Swtpm machine;

    @BeforeEach
    void start() throws IOException {
        assumeTrue(Swtpm.isInstalled(), "swtpm is not installed");
        machine = Swtpm.start();
    }

    @AfterEach
    void stop() throws IOException {
        if (machine != null) {
            machine.close();
        }
    }

    private static Digest digest(int number) {
        byte[] bytes = new byte[Digest.LENGTH];
        bytes[0] = (byte) number;
        return Digest.of(bytes);
    }

    /** A process with its connection, which goes when the process does. */
    private final class Host implements AutoCloseable {
        private final TpmTransport transport = machine.transport();
        private final ChainFile journal = ChainFile.at(directory.resolve("journal"));
        private final Ttcb ttcb;
        private int fatal;
        private boolean before;

        private Host() throws IOException {
            Tpm tpm = new Tpm(new TpmTransport() {
                @Override
                public int exchange(byte[] command, int length, byte[] response) throws IOException {
                    boolean dies = BigEndian.u32(command, 6) == fatal;
                    if (dies && before) {
                        throw new IOException("killed before the TPM had the command");
                    }
                    int answered = transport.exchange(command, length, response);
                    if (dies) {
                        throw new IOException("killed after the TPM had the command");
                    }
                    return answered;
                }

                @Override
                public void close() throws IOException {
                    transport.close();
                }
            });
            try {
                ttcb = TpmChain.begin(tpm, ChainFixture.GROUP, 0, 0, new ChainPeers(Map.of()), journal)
                        .open();
            } catch (IOException e) {
                close();
                throw e;
            }
        }

        /** Kills it; the kernel flushes what it had loaded. */
        @Override
        public void close() throws IOException {
            try (Tpm tpm = new Tpm(transport)) {
                tpm.flush(0x80000000);
            }
            journal.close();
        }
    }

    @Test
    void theChainGoesOnAfterARestartOfTheProcess() throws IOException {
        Ui one;
        Fence fence;
        ChainVerifier verifier;
        try (Host host = new Host()) {
            verifier = new ChainVerifier(
                    new AttestationKey(host.ttcb.identity().identityKey()),
                    host.ttcb.identity().evidence());
            one = host.ttcb.createUi(STREAM, 0, digest(1));
            fence = host.ttcb.raise(STREAM, Mark.VIEW, 7, digest(2));
        }
        try (Host host = new Host()) {
            assertThat(host.ttcb.lastUi(STREAM, 0)).contains(one);
            assertThat(host.ttcb.lastFence(STREAM, Mark.VIEW)).contains(fence);
            assertThat(host.ttcb.verify(one, digest(1))).isTrue();
            Ui two = host.ttcb.createUi(STREAM, 0, digest(3));

            assertThat(two.header()).isEqualTo(one.header());
            assertThat(two.counter()).isEqualTo(2);
            assertThat(two.view()).isEqualTo(7);
            assertThat(List.of(verifier.take(one), verifier.take(fence), verifier.take(two)))
                    .containsExactly(true, true, true);
        }
    }

    @ParameterizedTest
    @CsvSource({"0x182, true", "0x182, false", "0x158, true", "0x158, false"})
    void aLinkInWhoseMiddleTheProcessDiedIsCompleted(String command, boolean before) throws IOException {
        Ui one;
        ChainVerifier verifier;
        try (Host host = new Host()) {
            one = host.ttcb.createUi(STREAM, 0, digest(1));
            verifier = new ChainVerifier(
                    new AttestationKey(host.ttcb.identity().identityKey()),
                    host.ttcb.identity().evidence());
            host.fatal = Integer.decode(command);
            host.before = before;
            assertThat(List.of(EXTEND, QUOTE)).contains(host.fatal);
            assertThatThrownBy(() -> host.ttcb.createUi(STREAM, 0, digest(2))).isInstanceOf(StoppedException.class);
        }
        try (Host host = new Host()) {
            Ui two = host.ttcb.lastUi(STREAM, 0).orElseThrow();
            assertThat(two.counter()).isEqualTo(2);
            assertThat(two.digest()).isEqualTo(digest(2));
            Ui three = host.ttcb.createUi(STREAM, 0, digest(3));
            assertThat(List.of(verifier.take(one), verifier.take(two), verifier.take(three)))
                    .containsExactly(true, true, true);
        }
    }

    @Test
    void aRegisterThatSomebodyElseHasExtendedIsNotGoneOnWith() throws IOException {
        try (Host host = new Host()) {
            host.ttcb.createUi(STREAM, 0, digest(1));
        }
        try (Tpm tpm = machine.connect()) {
            tpm.extend(QuoteTag.REGISTER, new byte[32]);
        }

        assertThatThrownBy(Host::new).isInstanceOf(IOException.class).hasMessageContaining("somebody else");
    }

    @Test
    void aResetOfTheMachineBeginsAnotherEpoch() throws IOException {
        long epoch;
        try (Host host = new Host()) {
            host.ttcb.createUi(STREAM, 0, digest(1));
            epoch = host.ttcb.identity().header().epoch();
            host.fatal = EXTEND;
            host.before = true;
            assertThatThrownBy(() -> host.ttcb.createUi(STREAM, 0, digest(2))).isInstanceOf(StoppedException.class);
        }
        machine.off();
        machine.on();
        try (Host host = new Host()) {
            assertThat(host.ttcb.identity().header().epoch()).isGreaterThan(epoch);
            assertThat(host.ttcb.lastUi(STREAM, 0)).isEmpty();
            assertThat(host.ttcb.createUi(STREAM, 0, digest(3)).counter()).isEqualTo(1);
        }
    }

    @Test
    void aTpmThatWasSetBackDoesNotGoWithTheJournal() throws IOException {
        machine.off();
        Path early = machine.copy();
        machine.on();
        machine.transport().close();
        machine.off();
        Path late = machine.copy();
        machine.on();
        try (Host host = new Host()) {
            host.ttcb.createUi(STREAM, 0, digest(1));
        }
        for (Path copy : List.of(early, late)) {
            machine.off();
            machine.restore(copy);
            machine.on();

            assertThatThrownBy(Host::new).isInstanceOf(IOException.class).hasMessageContaining("state was restored");
        }
    }

    @Test
    void aJournalThatIsCutOffGivesNoCounterTwice() throws IOException {
        Path file = directory.resolve("journal");
        try (Host host = new Host()) {
            host.ttcb.createUi(STREAM, 0, digest(1));
        }
        byte[] whole = Files.readAllBytes(file);
        for (int cut = 1; cut < whole.length; cut += 61) {
            Files.write(file, Arrays.copyOf(whole, whole.length - cut));
            try (Host host = new Host()) {
                assertThat(host.ttcb.lastUi(STREAM, 0).map(Ui::digest))
                        .as("the intent was still there, and was completed")
                        .contains(digest(1));
            } catch (IOException e) {
                assertThat(e).hasMessageContaining("somebody else has extended");
                return; // from here on the journal knows less than the register
            }
        }
        throw new AssertionError("a journal without its last link is not noticed");
    }

    @Test
    void aLongJournalIsMadeShort() throws IOException {
        Path file = directory.resolve("journal");
        try (Host host = new Host()) {
            for (int i = 0; i < 2_100; i++) {
                host.ttcb.createUi(STREAM.with(5 + i % 3), 0, digest(i));
            }
        }
        assertThat(Files.size(file)).isLessThan(100_000);
        try (Host host = new Host()) {
            assertThat(host.ttcb.createUi(STREAM, 0, digest(1)).counter()).isEqualTo(701);
        }
    }
}
