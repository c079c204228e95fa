package org.maftia.server.ceremony;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Objects;
import java.util.SequencedMap;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.maftia.core.crypto.BlindedInput;
import org.maftia.core.crypto.Coin;
import org.maftia.core.crypto.ModularPower;
import org.maftia.core.crypto.ThresholdCipher;
import org.maftia.core.crypto.ThresholdSignature;
import org.maftia.core.testing.Attack;
import org.maftia.core.trust.FaultStructure;
import org.maftia.core.trust.ReplicaSet;
import org.maftia.core.wire.Digest;

/** A group of four from enrolment to signatures, through the files. */
final class CeremonyTest {
    private static final FaultStructure TRUST = FaultStructure.threshold(4, 1);
    private static final byte[] MESSAGE = "message".getBytes(UTF_8);

    @TempDir
    static Path directory;

    private static GroupTranscript transcript = unmade();

    @BeforeAll
    static void ceremony() {
        transcript = SmallGroup.make(directory, TRUST);
    }

    @SuppressWarnings("NullAway")
    private static GroupTranscript unmade() {
        return null;
    }

    private static ReplicaKeys keys(int replica) {
        return ReplicaKeys.load(directory.resolve("r" + (replica + 1)).resolve("keys"));
    }

    private static SortedMap<Integer, byte[]> sharesOf(ReplicaSet set) {
        SortedMap<Integer, byte[]> shares = new TreeMap<>();
        set.forEach(replica -> {
            ThresholdSignature.Signer signer =
                    Objects.requireNonNull(keys(replica).signers().get(ServiceKey.TIME_STAMP));
            signer.leaves().forEach(leaf -> shares.put(leaf, signer.share(MESSAGE, leaf)));
        });
        return shares;
    }

    @Test
    void replicasHoldOneConfigurationAndKnowEachOther() {
        for (int i = 0; i < 4; i++) {
            ReplicaKeys keys = keys(i);
            assertThat(keys.index()).isEqualTo(i);
            assertThat(keys.configuration()).isEqualTo(transcript.digest());
            assertThat(keys.peers()).hasSize(4).doesNotHaveDuplicates();
            assertThat(Certificates.belong(
                            keys.linkKey(), keys.linkCertificate().getPublicKey()))
                    .isTrue();
            assertThat(Certificates.belong(
                            keys.httpsKey(), keys.httpsChain().getFirst().getPublicKey()))
                    .isTrue();
        }
    }

    @Test
    void gatewaysAreCertifiedForTheHostInTheConfigurationAndForTheirOwnMachine(@TempDir Path elsewhere) {
        SequencedMap<String, String> hosts = new LinkedHashMap<>();
        for (int i = 1; i <= 4; i++) {
            hosts.put("r" + i, i == 4 ? "localhost" : "192.0.2." + i);
        }

        CeremonyPlan plan = LocalCeremony.enrol(elsewhere, "test", hosts, TRUST, false, 1024, Progress.SILENT);

        assertThat(plan.enrolments().get(1).hosts())
                .contains("192.0.2.2", "localhost")
                .doesNotContain("192.0.2.1");
        assertThat(plan.enrolments().get(3).hosts()).isEqualTo(Enrolment.LOOPBACK);
    }

    @Test
    void signaturesOfOneReplicaVerifyAtAnother() {
        byte[] signature = keys(1).certifier().sign(Digest.ZERO);
        assertThat(keys(2).certifier().verify(1, Digest.ZERO, signature)).isTrue();
        assertThat(keys(2).certifier().verify(3, Digest.ZERO, signature)).isFalse();
    }

    @Test
    void closedKeysDoNothingMore() {
        ReplicaKeys keys = keys(1);
        keys.close();
        // Exponents of the plain arithmetic of RSA are numbers of the platform, which nobody can overwrite.
        assertThatThrownBy(() -> keys.coin().share(new Coin.Name("order", 1)))
                .isInstanceOf(IllegalStateException.class);
        var evaluators = keys.evaluators(TRUST);
        byte[] blinded = BlindedInput.of(MESSAGE, count -> new byte[count]).toBytes();
        assertThat(evaluators).hasSize(1);
        evaluators
                .values()
                .forEach(holder -> assertThatThrownBy(() -> holder.part(MESSAGE, blinded))
                        .isInstanceOf(IllegalStateException.class));
    }

    @Test
    void everyComplementOfAFaultSetSigns() {
        ThresholdSignature key = Objects.requireNonNull(keys(0).keys().get(ServiceKey.TIME_STAMP));
        for (ReplicaSet fault : TRUST.maximalFaultSets()) {
            assertThat(key.combine(MESSAGE, sharesOf(TRUST.all().minus(fault))))
                    .hasValueSatisfying(signature ->
                            assertThat(key.verify(MESSAGE, signature)).isTrue());
        }
    }

    @Attack("stolen key files of a fault set")
    @Test
    void stolenKeyFilesOfAnyFaultSetSignNothing() {
        ThresholdSignature key = Objects.requireNonNull(keys(0).keys().get(ServiceKey.TIME_STAMP));
        for (ReplicaSet fault : TRUST.maximalFaultSets()) {
            assertThat(key.combine(MESSAGE, sharesOf(fault))).isEmpty();
        }
    }

    @Test
    void whatIsEncryptedWithTheTranscriptEveryComplementOfAFaultSetReadsAndNoFaultSetDoes() {
        SecureRandom random = new SecureRandom();
        byte[] label = "label".getBytes(UTF_8);
        byte[] ciphertext = transcript.cipher().encrypt(MESSAGE, label, count -> {
            byte[] bytes = new byte[count];
            random.nextBytes(bytes);
            return bytes;
        });
        ThresholdCipher cipher = keys(0).cipher().cipher();
        assertThat(cipher.isValid(ciphertext, label)).isTrue();
        SortedMap<Integer, byte[]> all = new TreeMap<>();
        for (int i = 0; i < 4; i++) {
            all.put(i, keys(i).cipher().share(ciphertext, label));
            assertThat(cipher.verify(ciphertext, label, i, all.get(i))).isTrue();
        }
        for (ReplicaSet fault : TRUST.maximalFaultSets()) {
            SortedMap<Integer, byte[]> correct = new TreeMap<>(all);
            correct.keySet().removeIf(fault::contains);
            assertThat(cipher.combine(ciphertext, label, correct)).hasValue(MESSAGE);
            SortedMap<Integer, byte[]> stolen = new TreeMap<>(all);
            stolen.keySet().removeIf(replica -> !fault.contains(replica));
            assertThatThrownBy(() -> cipher.combine(ciphertext, label, stolen))
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void toolsHaveTheFirstClientNumber() {
        ClientKeys client = ClientKeys.load(directory.resolve("client"));
        assertThat(client.number()).isEqualTo(64);
        assertThat(keys(3).clients().get(64)).isEqualTo(client.certificate());
    }

    @Test
    void secretsAreReadableByTheirOwnerOnlyAndNoneLiesInTheClear() throws Exception {
        List<Path> secrets = new ArrayList<>();
        try (Stream<Path> files = Files.walk(directory.resolve("r1/keys"))) {
            files.filter(Files::isRegularFile).forEach(secrets::add);
        }
        assertThat(secrets).hasSizeGreaterThan(6);
        for (Path file : secrets) {
            String name = String.valueOf(file.getFileName());
            boolean open = name.equals("transcript.json") || name.equals("https.pem");
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                    .as(name)
                    .isEqualTo(open ? "rw-r--r--" : "rw-------");
            if (name.endsWith(".key") || name.endsWith(".share")) {
                // A sealed file starts with its version; a PKCS #8 key would start with a DER sequence.
                assertThat(Files.readAllBytes(file)[0]).isEqualTo((byte) 1);
            }
        }
        assertThat(secrets).noneMatch(file -> file.endsWith("shares.key"));
    }

    @Test
    void sharesInstallOnce() {
        assertThatThrownBy(() -> install("r1", directory.resolve("ceremony/r1.shares")))
                .isInstanceOf(CeremonyException.class)
                .hasMessageContaining("installed already");
    }

    private static void install(String id, Path shares) {
        Installation.install(
                directory.resolve(id).resolve("keys"),
                GroupTranscript.read(directory.resolve("ceremony/transcript.json")),
                shares,
                new Unlock.KeyFile(),
                ModularPower.JAVA);
    }

    @Test
    void anAlteredTranscriptIsRefused(@TempDir Path other) throws Exception {
        String text = Files.readString(directory.resolve("ceremony/transcript.json"));
        Path blank = other.resolve("blank.json");
        Files.writeString(blank, text.replaceFirst(":", ": "));
        assertThatThrownBy(() -> GroupTranscript.read(blank))
                .isInstanceOf(CeremonyException.class)
                .hasMessageContaining("canonical");
        Path hosts = other.resolve("hosts.json");
        Files.writeString(hosts, text.replaceFirst("\"localhost\"", "\"localhosT\""));
        assertThatThrownBy(() -> GroupTranscript.read(hosts))
                .isInstanceOf(CeremonyException.class)
                .hasMessageContaining("not signed with its own key");
        Path key = other.resolve("key.json");
        Files.writeString(key, text.replaceFirst("\"modulus\":\"[0-9a-f]", "\"modulus\":\"1"));
        assertThatThrownBy(() -> GroupTranscript.read(key))
                .isInstanceOf(CeremonyException.class)
                .hasMessageContaining("contradicts itself");
    }

    @Test
    void anotherTrustThanTheSharedOneIsRefused() {
        transcript.requireTrust(TRUST);
        assertThatThrownBy(() -> transcript.requireTrust(FaultStructure.threshold(4, 0)))
                .isInstanceOf(CeremonyException.class)
                .hasMessageContaining("trust");
    }

    @Test
    void aSealedFileDoesNotOpenInAnothersPlace(@TempDir Path other) throws Exception {
        Path keys = other.resolve("keys");
        Enrolment.create(keys, "r9", Enrolment.LOOPBACK, new Unlock.KeyFile());
        Files.copy(keys.resolve("link.key"), other.resolve("copy"));
        Files.delete(keys.resolve("https.key"));
        Files.copy(other.resolve("copy"), keys.resolve("https.key"));
        try (Custody custody = Custody.open(keys, new Unlock.KeyFile(), new java.security.SecureRandom())) {
            assertThatThrownBy(() -> custody.load("https.key"))
                    .isInstanceOf(CeremonyException.class)
                    .hasMessageContaining("does not open");
        }
    }

    @Test
    void aWrongPassphraseIsToldFromADamagedFile(@TempDir Path other) {
        Path keys = other.resolve("keys");
        Enrolment.create(keys, "r9", List.of("tsa.example"), Unlock.Passphrase.of("right"));
        java.security.SecureRandom random = new java.security.SecureRandom();
        try (Custody custody = Custody.open(keys, Unlock.Passphrase.of("right"), random)) {
            assertThat(custody.load("signing.key")).hasSize(32);
        }
        assertThatThrownBy(() -> Custody.open(keys, Unlock.Passphrase.of("wrong"), random))
                .isInstanceOf(CeremonyException.class)
                .hasMessage("the passphrase is wrong");
        assertThatThrownBy(() -> Custody.open(keys, new Unlock.KeyFile(), random))
                .isInstanceOf(CeremonyException.class)
                .hasMessageContaining("need a passphrase");
    }
}
