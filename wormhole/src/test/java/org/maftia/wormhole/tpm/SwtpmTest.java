package org.maftia.wormhole.tpm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.maftia.wormhole.StoppedException;
import org.maftia.wormhole.Ttcb;
import org.maftia.wormhole.certificate.Attestation;
import org.maftia.wormhole.certificate.AttestationKey;
import org.maftia.wormhole.certificate.Certificate;
import org.maftia.wormhole.certificate.Digest;
import org.maftia.wormhole.certificate.EpochCertificate;
import org.maftia.wormhole.certificate.Header;
import org.maftia.wormhole.certificate.MalformedCertificateException;
import org.maftia.wormhole.certificate.QuoteTag;
import org.maftia.wormhole.certificate.Stream;
import org.maftia.wormhole.certificate.TpmClock;
import org.maftia.wormhole.certificate.Ui;

/** What a TPM does and does not give, tried with one of software; and what our chain makes of a host that uses it. */
class SwtpmTest {
    private static final Stream STREAM = ChainFixture.GROUP.with(5);
    private static final ChainPeers ALONE = new ChainPeers(Map.of());

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

    private TpmChain chain() throws IOException {
        return TpmChain.begin(machine.connect(), ChainFixture.GROUP, 0, 0, ALONE, ChainJournal.NONE);
    }

    @Test
    void theKeyIsTheSameAtEveryStart() throws IOException {
        AttestationKey first;
        try (Tpm tpm = machine.connect()) {
            first = tpm.attestationKey().key();
            tpm.shutdown();
        }
        machine.off();
        machine.on();
        try (Tpm tpm = machine.connect()) {
            tpm.startup(); // started already, which is no error

            assertThat(tpm.attestationKey().key().key()).isEqualTo(first.key());
        }
    }

    @Test
    void aDeletedCounterWouldNotBeginAnew() throws IOException {
        try (Tpm tpm = machine.connect()) {
            assertThat(tpm.define(NvCounter.STARTS)).isTrue();
            assertThat(tpm.define(NvCounter.STARTS)).isFalse();
            assertThat(tpm.publicArea(NvCounter.STARTS)).isEqualTo(NvCounter.STARTS.publicArea(false));
            tpm.increment(NvCounter.STARTS);
            long value = tpm.read(NvCounter.STARTS);
            tpm.increment(NvCounter.STARTS);

            assertThat(tpm.read(NvCounter.STARTS)).isEqualTo(value + 1);
            assertThat(tpm.publicArea(NvCounter.STARTS)).isEqualTo(NvCounter.STARTS.publicArea(true));
            assertThat(tpm.publicArea(new NvCounter(0x01804d55))).isNull();
        }
    }

    /** The trap: the counter does not belong to the digest. */
    @Test
    void anIncrementedAndCertifiedCounterIsNoUniqueIdentifier() throws IOException {
        try (Tpm tpm = machine.connect()) {
            Tpm.LoadedKey key = tpm.attestationKey();
            tpm.define(NvCounter.STARTS);
            tpm.increment(NvCounter.STARTS);
            long value = tpm.read(NvCounter.STARTS);
            for (int number = 1; number <= 2; number++) {
                byte[] digest = digest(number).toBytes();
                Tpm.Attested certified = tpm.certify(key, NvCounter.STARTS, digest);
                TpmClock clock = Attestation.clock(certified.attestation(), digest);
                byte[] expected = Attestation.counter(key.key(), digest, clock, NvCounter.STARTS.name(), value);

                assertThat(certified.attestation()).isEqualTo(expected);
                assertThat(key.key().hasSigned(expected, certified.signature(), 0))
                        .as("digest %s at value %s, as the other one", number, value)
                        .isTrue();
            }
        }
    }

    /** A host that writes its own links, with the TPM's help. */
    private Certificate link(Tpm tpm, Tpm.LoadedKey key, byte[] before, Certificate unsealed) throws IOException {
        byte[] statement = unsealed.statement();
        tpm.extend(QuoteTag.REGISTER, QuoteTag.extension(statement));
        Tpm.Attested quote = tpm.quote(key, new byte[0], 1 << QuoteTag.REGISTER);
        QuoteTag tag = QuoteTag.of(before, Attestation.clock(quote.attestation(), new byte[0]), quote.signature());
        byte[] bytes = Arrays.copyOf(statement, statement.length + tag.seal().length());
        bytes[statement.length] = 4;
        System.arraycopy(
                tag.seal().tag(), 0, bytes, statement.length + 1, tag.seal().length() - 1);
        return Certificate.decode(bytes);
    }

    @Test
    void aChainTakesNoSecondDigestForACounter() throws IOException {
        TpmChain chain = chain();
        EpochCertificate first = chain.identity().evidence();
        Ui ui = chain.open().createUi(STREAM, 0, digest(1));
        AttestationKey pinned = new AttestationKey(chain.identity().identityKey());
        chain.close();
        try (Tpm tpm = machine.connect()) {
            Header header = ui.header();
            Certificate second = link(
                    tpm,
                    tpm.attestationKey(),
                    QuoteTag.of(ui.seal()).after(ui.statement()),
                    new Ui(header, 0, 1, 0, 0, digest(2), TpmChain.UNSEALED));
            ChainVerifier verifier = new ChainVerifier(pinned, first);

            assertThat(QuoteTag.of(second.seal()).isGenuine(pinned, header.epoch(), second.statement()))
                    .as("the TPM attests what its host has written")
                    .isTrue();
            assertThat(verifier.take(second)).as("not before the one before").isFalse();
            assertThat(verifier.take(ui)).isTrue();
            assertThat(verifier.take(second)).isFalse();
            assertThat(verifier.isBroken()).as("and that is a proof").isTrue();
            assertThat(verifier.take(ui)).as("what was taken stays").isTrue();
        }
    }

    @Test
    void linksAreTakenInOrderAndNoneIsPassedOver() throws IOException {
        TpmChain chain = chain();
        Ttcb ttcb = chain.open();
        Ui one = ttcb.createUi(STREAM, 0, digest(1));
        Ui two = ttcb.createUi(STREAM, 0, digest(2));
        ChainVerifier verifier = new ChainVerifier(
                new AttestationKey(chain.identity().identityKey()),
                chain.identity().evidence());

        assertThat(verifier.take(two)).isFalse();
        assertThat(verifier.take(one)).isTrue();
        assertThat(verifier.take(one)).isTrue();
        assertThat(verifier.take(two)).isTrue();
        assertThat(verifier.isBroken()).isFalse();
    }

    @Test
    void whoeverElseExtendsTheRegisterStopsTheChain() throws IOException {
        Tpm tpm = machine.connect();
        TpmChain chain = TpmChain.begin(tpm, ChainFixture.GROUP, 0, 0, ALONE, ChainJournal.NONE);
        Ttcb ttcb = chain.open();
        Ui one = ttcb.createUi(STREAM, 0, digest(1));
        ChainVerifier verifier = new ChainVerifier(
                new AttestationKey(chain.identity().identityKey()),
                chain.identity().evidence());
        tpm.extend(QuoteTag.REGISTER, new byte[32]);

        assertThatThrownBy(() -> ttcb.createUi(STREAM, 0, digest(2)))
                .isInstanceOf(StoppedException.class)
                .hasMessageContaining("somebody else has extended PCR 15");
        assertThatThrownBy(() -> ttcb.createUi(STREAM, 0, digest(2))).isInstanceOf(StoppedException.class);
        assertThat(ttcb.lastUi(STREAM, 0)).contains(one);
        assertThat(verifier.take(one)).isTrue();
    }

    @Test
    void aKeyOfAnotherTpmIsNotTakenForThePinnedOne() throws IOException {
        TpmChain chain = chain();
        try (Swtpm other = Swtpm.start();
                Tpm tpm = other.connect()) {
            AttestationKey stranger = tpm.attestationKey().key();

            assertThatThrownBy(
                            () -> new ChainVerifier(stranger, chain.identity().evidence()))
                    .isInstanceOf(MalformedCertificateException.class);
        }
    }

    /** The emulator's state is a file: set back, it counts a start again. A chip has no such file. */
    @Test
    void aTpmThatWasSetBackIsRefusedByWhoFollowedIt() throws IOException {
        machine.off();
        Path copy = machine.copy();
        machine.on();
        TpmChain before = chain();
        ChainPeers peers = new ChainPeers(Map.of(0, before.identity().identityKey()));
        peers.admit(before.identity().evidence());
        Ui one = before.open().createUi(STREAM, 0, digest(1));
        assertThat(peers.take(one)).isTrue();
        machine.off();
        machine.restore(copy);
        machine.on();
        TpmChain again = chain();
        Ui other = again.open().createUi(STREAM, 0, digest(2));

        assertThat(other.header()).as("the same epoch").isEqualTo(one.header());
        assertThat(other.counter()).isEqualTo(one.counter());
        assertThat(again.open().capabilities().rollbackProof()).isFalse();
        assertThat(peers.take(again.identity().evidence())).isFalse();
        assertThat(peers.take(other)).isFalse();
        assertThatThrownBy(() -> peers.admit(again.identity().evidence()))
                .isInstanceOf(MalformedCertificateException.class)
                .hasMessageContaining("its state was restored");
    }
}
