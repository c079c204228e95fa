package org.maftia.wormhole.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.maftia.wormhole.EpochSource;
import org.maftia.wormhole.Ttcb;
import org.maftia.wormhole.certificate.Digest;
import org.maftia.wormhole.certificate.EpochCertificate;
import org.maftia.wormhole.certificate.MalformedCertificateException;
import org.maftia.wormhole.certificate.SigningKey;
import org.maftia.wormhole.os.RealTime;
import org.maftia.wormhole.tpm.NvCounter;
import org.maftia.wormhole.tpm.StartEvidence;
import org.maftia.wormhole.tpm.StartPins;
import org.maftia.wormhole.tpm.Swtpm;
import org.maftia.wormhole.tpm.Tpm;

/** A component whose starts a TPM counts: what it attests, and what it refuses. */
@EnabledOnOs(value = OS.LINUX, disabledReason = "the process back end needs Linux")
class AttestedProcessTest {
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

    private ComponentLauncher process(long previousEpoch, String... more) throws IOException {
        List<String> arguments = new ArrayList<>(List.of(
                "socket=" + directory.resolve("socket"),
                "state=" + directory,
                "group=00000000000000010000000000000002",
                "ttcb=0",
                "tpm=" + machine.place(),
                "previous-epoch=" + previousEpoch,
                "profile=p256",
                "real-time=false",
                "allowed-user=" + RealTime.user(),
                "lifeline=true"));
        arguments.addAll(List.of(more));
        return ComponentLauncher.start(
                ProcessFixture.java(), ProcessFixture.classes(), ProcessOptions.of(arguments.toArray(String[]::new)));
    }

    /** What somebody at the machine writes down for the genesis. */
    private StartPins pins(Optional<Digest> registers) throws IOException {
        try (Tpm tpm = new Tpm(machine.transport())) {
            Tpm.LoadedKey key = tpm.attestationKey();
            tpm.flush(key.handle());
            return new StartPins(
                    key.key().key(), NvCounter.STARTS, Measurement.of(ProcessFixture.classes()), registers);
        }
    }

    @Test
    void theTpmVouchesForStartKeyAndCode() throws IOException {
        StartPins pins = pins(Optional.empty());
        EpochCertificate first;
        StartEvidence evidence;
        try (ComponentLauncher process = process(0);
                Ttcb ttcb = process.connect(null)) {
            first = ttcb.identity().evidence();
            evidence = StartEvidence.of(ttcb.attestation().orElseThrow());
            assertThat(ttcb.capabilities().epochSource()).isEqualTo(EpochSource.TPM);
            assertThat(ttcb.createUi(OneProcess.STREAM, 0, Digest.ZERO).header().epoch())
                    .isEqualTo(evidence.epoch());
        }
        evidence.verify(pins, first);
        evidence.verify(pins(Optional.of(evidence.registers())), first);
        machine.off(); // without a word
        machine.on();
        machine.transport().close();
        try (ComponentLauncher process = process(evidence.epoch());
                Ttcb ttcb = process.connect(null)) {
            EpochCertificate second = ttcb.identity().evidence();
            StartEvidence.of(ttcb.attestation().orElseThrow()).verify(pins, second);

            assertThat(second.header().epoch()).isGreaterThan(first.header().epoch());
            assertThatThrownBy(() -> evidence.verify(pins, second))
                    .isInstanceOf(MalformedCertificateException.class)
                    .hasMessageContaining("another start");
        }
    }

    @Test
    void otherCodeOtherRegistersOtherTpmsAndAlteredBytesAreNotVouchedFor() throws IOException {
        StartPins pins = pins(Optional.empty());
        try (ComponentLauncher process = process(0);
                Ttcb ttcb = process.connect(null)) {
            EpochCertificate epoch = ttcb.identity().evidence();
            byte[] bytes = ttcb.attestation().orElseThrow();
            StartEvidence evidence = StartEvidence.of(bytes);

            List<StartPins> others = List.of(
                    new StartPins(pins.attestationKey(), pins.counter(), Digest.ZERO, Optional.empty()),
                    new StartPins(pins.attestationKey(), pins.counter(), pins.measurement(), Optional.of(Digest.ZERO)),
                    new StartPins(
                            pins.attestationKey(), new NvCounter(0x01800001), pins.measurement(), Optional.empty()),
                    new StartPins(ttcb.identity().identityKey(), pins.counter(), pins.measurement(), Optional.empty()));
            for (StartPins other : others) {
                assertThatThrownBy(() -> evidence.verify(other, epoch))
                        .isInstanceOf(MalformedCertificateException.class);
            }
            for (int at = 0; at < bytes.length; at++) {
                byte[] altered = bytes.clone();
                altered[at] ^= 1;
                assertThatThrownBy(() -> StartEvidence.of(altered).verify(pins, epoch))
                        .as("byte %s", at)
                        .isInstanceOf(MalformedCertificateException.class);
            }
            evidence.verify(pins, epoch);
        }
    }

    /** A chip has no file that could be set back; the emulator has, and it is seen. */
    @Test
    void aTpmThatWasSetBackStartsNothing() throws IOException {
        machine.off();
        Path copy = machine.copy();
        machine.on();
        machine.transport().close();
        long epoch;
        SigningKey key;
        try (ComponentLauncher process = process(0);
                Ttcb ttcb = process.connect(null)) {
            epoch = ttcb.identity().header().epoch();
            key = ttcb.identity().evidence().keys().signing();
        }
        machine.off();
        machine.restore(copy);
        machine.on();
        machine.transport().close();

        assertThatThrownBy(() -> process(epoch)).isInstanceOf(IOException.class);
        machine.off();
        machine.restore(copy);
        machine.on();
        machine.transport().close();
        try (ComponentLauncher process = process(0); // an intruder says that there was no epoch before
                Ttcb ttcb = process.connect(null)) {
            assertThat(ttcb.identity().header().epoch()).isEqualTo(epoch);
            assertThat(ttcb.identity().evidence().keys().signing())
                    .as("the epoch comes again, its key does not: the group has the first one")
                    .isNotEqualTo(key);
        }
    }

    @Test
    void whatTheBackEndCannotCarryIsAnErrorOfTheConfiguration() {
        for (String claim : List.of("timely", "multicast", "persistent")) {
            assertThatThrownBy(() -> process(0, "require=" + claim)).isInstanceOf(IOException.class);
        }
        assertThatThrownBy(() -> process(0, "require=luck"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("no such claim: luck");
        assertThatThrownBy(() -> process(0, "epoch=4"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("tpm= gives each start its epoch");
    }
}
