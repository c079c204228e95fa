package org.maftia.server.ceremony;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.spec.X509EncodedKeySpec;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.maftia.core.crypto.ModularPower;
import org.maftia.core.trust.FaultStructure;

/** A ceremony with three officers, and what an audit sees of it, sound and spoilt. */
final class KeyAuditTest {
    private static final FaultStructure TRUST = FaultStructure.threshold(4, 1);

    @TempDir
    static Path world;

    private static List<Enrolment> enrolments = List.of();

    @SuppressWarnings("NullAway.Init") // before all tests
    private static GroupTranscript group;

    private static Path results() {
        return world.resolve("results");
    }

    private static Unlock.Officers officers(String policy, String... names) {
        return new Unlock.Officers(
                List.of(names),
                List.of(names).stream()
                        .map(name -> Unlock.Passphrase.of("words of " + name))
                        .toList(),
                policy);
    }

    @BeforeAll
    static void hold() {
        List<Enrolment> enrolled = new ArrayList<>();
        for (int replica = 1; replica <= TRUST.size(); replica++) {
            String id = "r" + replica;
            enrolled.add(Enrolment.create(world.resolve(id), id, Enrolment.LOOPBACK, new Unlock.KeyFile()));
        }
        enrolments = enrolled;
        CeremonyPlan plan = new CeremonyPlan("test", UUID.randomUUID(), TRUST, enrolments, List.of(), 1024);
        group = new Ceremony(plan, ModularPower.JAVA, Progress.SILENT)
                .perform(results(), officers("2", "ana", "ben", "eva"));
        Installation.install(
                world.resolve("r1"), group, results().resolve("r1.shares"), new Unlock.KeyFile(), ModularPower.JAVA);
    }

    private static KeyAudit audit() {
        return KeyAudit.of(group, Instant.now());
    }

    private static List<String> wrong(KeyAudit audit) {
        return audit.findings().stream()
                .filter(finding -> !finding.holds())
                .map(KeyAudit.Finding::sentence)
                .toList();
    }

    @Test
    void aSoundCeremonyHasNothingWrongButItsShortKey() {
        KeyAudit audit = audit();
        audit.record(results());
        audit.shares(world.resolve("r1"), "r1", new Unlock.KeyFile(), ModularPower.JAVA);
        assertThat(audit.remarks())
                .extracting(sentence -> sentence.substring(0, sentence.indexOf(':')))
                .containsExactly(
                        "there is no share of key beacon of r1",
                        "there is no share of key receipts of r1",
                        "there is no share of key draws of r1");
        assertThat(wrong(audit))
                .containsExactly(
                        "key tsa, epoch 0, has 1024 bits, which is too short",
                        "key ca, epoch 0, has 1024 bits, which is too short",
                        "key exchange, epoch 0, has 1024 bits, which is too short");
        assertThat(audit.holds()).isFalse();
        assertThat(audit.findings().stream().map(KeyAudit.Finding::sentence))
                .anyMatch(
                        sentence -> sentence.startsWith("officers ana, ben, eva were present; the root key opens for"))
                .anyMatch(sentence -> sentence.contains("signed with 6 minimal sets of shares"))
                .contains("record and transcript agree on the fingerprints of the replicas")
                .contains("r4.shares is the file that the record names")
                .anyMatch(sentence -> sentence.startsWith("key beacon nobody dealt: the group makes it for itself"))
                .anyMatch(sentence -> sentence.startsWith("key receipts nobody dealt: the group makes it for itself"))
                .anyMatch(sentence -> sentence.startsWith("key draws nobody dealt: the group makes it for itself"))
                .contains("the shares of r1 of 6 keys are those that the keys commit to");
    }

    /** It may have been renewed, and then left out; but whoever lost it must not read that all is well. */
    @Test
    void aShareThatIsNotThereIsTold(@TempDir Path copy) throws IOException {
        try (var files = Files.walk(world.resolve("r1"))) {
            for (Path file : files.toList()) {
                Files.copy(
                        file, copy.resolve(world.resolve("r1").relativize(file)), StandardCopyOption.REPLACE_EXISTING);
            }
        }
        Files.delete(copy.resolve("coin").resolve("0.share"));
        KeyAudit audit = audit();
        audit.shares(copy, "r1", new Unlock.KeyFile(), ModularPower.JAVA);
        assertThat(audit.remarks()).anyMatch(sentence -> sentence.startsWith("there is no share of key coin of r1: "));
        assertThat(audit.findings().stream().map(KeyAudit.Finding::sentence))
                .contains("the shares of r1 of 5 keys are those that the keys commit to");
    }

    @Test
    void sharesThatNothingAtHandOpensAreNotChecked() {
        Path closed = world.resolve("closed");
        Enrolment.create(closed, "r1", Enrolment.LOOPBACK, Unlock.Passphrase.of("words"));
        KeyAudit audit = audit();
        int before = audit.findings().size();
        assertThat(audit.shares(closed, "r1", new Unlock.KeyFile(), ModularPower.JAVA))
                .isFalse();
        assertThat(audit.findings()).hasSize(before);
        assertThat(audit.shares(closed, "r1", Unlock.Passphrase.of("others"), ModularPower.JAVA))
                .isTrue();
        assertThat(wrong(audit)).contains("the shares of r1: the passphrase is wrong");
    }

    @Test
    void aStepThatWasAlteredDroppedOrMovedBreaksTheRecord() throws IOException {
        String record = Files.readString(results().resolve(CeremonyRecord.FILE));
        String fingerprint = enrolments.get(1).fingerprint();
        List<String> spoilt = List.of(
                record.replace(fingerprint, fingerprint.replace('a', 'b').replace('1', '2')),
                record.replace("\"officers\":[\"ana\"", "\"officers\":[\"kim\""),
                record.replaceFirst("\\{\"at\":[^{]*\\{\"id\":\"r3\",\"sha256\"[^}]*\\}[^}]*\\},", ""),
                record.replaceFirst("\"at\":\"20", "\"at\":\"19"));
        for (String text : spoilt) {
            assertThat(text).isNotEqualTo(record);
            Path other = Files.createDirectories(world.resolve("spoilt"));
            Files.writeString(other.resolve(CeremonyRecord.FILE), text);
            KeyAudit audit = audit();
            audit.record(other);
            assertThat(wrong(audit)).anyMatch(sentence -> sentence.contains("of the record was altered"));
        }
    }

    /** Whoever has no root key can make a chain, but not its signature. */
    @Test
    void aRecordThatSomebodyElseMadeUpIsNotTheRoots() throws Exception {
        CeremonyRecord made = new CeremonyRecord();
        made.add(CeremonyRecord.TRANSCRIPT, CanonicalJson.object());
        Path other = Files.createDirectories(world.resolve("forged"));
        made.finish(
                other,
                Certificates.rsaKeyPair(2048, new java.security.SecureRandom()).getPrivate());
        KeyAudit audit = audit();
        audit.record(other);
        assertThat(wrong(audit)).contains("the record is not signed by the root of the group");
    }

    @Test
    void aRecordOfAnotherCeremonyUnderTheSameRootIsToldFromThisOne() {
        Path second = world.resolve("second");
        CeremonyPlan plan = new CeremonyPlan(
                "test",
                group.id(),
                TRUST,
                enrolments,
                List.of(),
                1024,
                "",
                java.util.Optional.of(new CeremonyPlan.Predecessor(group, results(), List.of(), true)));
        // Two of three officers are enough, and one is not.
        assertThatThrownBy(() ->
                        new Ceremony(plan, ModularPower.JAVA, Progress.SILENT).perform(second, officers("", "eva")))
                .isInstanceOf(CeremonyException.class)
                .hasMessageContaining("eva alone do not open");
        assertThat(second.resolve("custody.json")).doesNotExist();
        GroupTranscript next =
                new Ceremony(plan, ModularPower.JAVA, Progress.SILENT).perform(second, officers("", "eva", "ana"));
        assertThat(next.root()).isEqualTo(group.root());
        assertThat(next.key(ServiceKey.TIME_STAMP).epoch()).isEqualTo(1);
        KeyAudit audit = audit();
        audit.record(second);
        assertThat(wrong(audit))
                .contains("record and transcript differ in the keys and certificates")
                .contains("record and transcript differ in the transcript's hash");
        KeyAudit own = KeyAudit.of(next, Instant.now());
        own.record(second);
        assertThat(wrong(own))
                .containsExactly(
                        "key tsa, epoch 1, has 1024 bits, which is too short",
                        "key ca, epoch 1, has 1024 bits, which is too short",
                        "key exchange, epoch 1, has 1024 bits, which is too short");
    }

    @Test
    void sharesOfAnotherReplicaOrAlteredOnesAreWrong() throws IOException {
        KeyAudit audit = audit();
        audit.shares(world.resolve("r1"), "r2", new Unlock.KeyFile(), ModularPower.JAVA);
        assertThat(wrong(audit))
                .anyMatch(sentence -> sentence.startsWith("the shares of r2 of 6 keys are wrong: [tsa,"));
        Path results = Files.createDirectories(world.resolve("mixed"));
        Files.copy(results().resolve(CeremonyRecord.FILE), results.resolve(CeremonyRecord.FILE));
        Files.copy(results().resolve("r1.shares"), results.resolve("r2.shares"));
        KeyAudit mixed = audit();
        mixed.record(results);
        assertThat(wrong(mixed)).contains("r2.shares is not the file that the record names");
    }

    @Test
    void certificatesThatAreOverAreToldAndSoIsAKeyThatContradictsItsCommitments() throws IOException {
        KeyAudit later = KeyAudit.of(group, Instant.now().plus(Duration.ofDays(900)));
        assertThat(wrong(later)).anyMatch(sentence -> sentence.contains("of which not valid now: [CN=r1"));
        // A dealer who published commitments of another sharing: two verification keys change places.
        var json = CanonicalJson.decode(group.document(), "the transcript", "");
        var key = (com.fasterxml.jackson.databind.node.ObjectNode)
                json.path("keys").get(0);
        var rsa = group.key(ServiceKey.TIME_STAMP).key();
        var keys = new ArrayList<>(rsa.verificationKeys());
        java.util.Collections.swap(keys, 0, 1);
        var swapped = new org.maftia.core.crypto.RsaKey(
                rsa.keyId(),
                rsa.encoding(),
                rsa.formula(),
                rsa.modulus(),
                rsa.base(),
                rsa.root(),
                rsa.commitments(),
                keys);
        var certificate = key.get("certificate");
        key.setAll(ServiceKey.json(0, KeyPurpose.TIME_STAMP, swapped));
        key.set("certificate", certificate);
        GroupTranscript dishonest = GroupTranscript.parse(CanonicalJson.encode(json));
        assertThat(wrong(KeyAudit.of(dishonest, Instant.now())))
                .anyMatch(sentence -> sentence.startsWith("key tsa: its 4 verification keys v_l and ")
                        && sentence.contains("are not those of one sharing"));
    }

    @Test
    void twoKeysForOneServiceAndPaddingAreRefused() throws IOException {
        var json = CanonicalJson.decode(group.document(), "the transcript", "");
        var keys = (com.fasterxml.jackson.databind.node.ArrayNode) json.path("keys");
        keys.add(keys.get(0).deepCopy());
        assertThatThrownBy(() -> GroupTranscript.parse(CanonicalJson.encode(json)))
                .isInstanceOf(CeremonyException.class)
                .hasMessageContaining("the service and padding of another");
    }

    @Test
    void aTranscriptFromBeforeKeysHadPurposesIsRead() {
        var json = CanonicalJson.decode(group.document(), "the transcript", "");
        var key = (com.fasterxml.jackson.databind.node.ObjectNode)
                json.path("keys").get(0);
        key.remove(List.of("purpose", "service"));
        assertThat(GroupTranscript.parse(CanonicalJson.encode(json)).keys())
                .extracting(ServiceKey::purpose)
                .containsExactly(KeyPurpose.TIME_STAMP, KeyPurpose.AUTHORITY, KeyPurpose.EXCHANGE);
    }

    @Test
    void aKeyIsExportedAsPemJwkHexAndCertificate() throws Exception {
        KeyEntry key = group.catalogue().getFirst();
        assertThat(key.id()).isEqualTo("tsa");
        String pem = key.text().replaceAll("-----[A-Z ]+-----|\\s", "");
        PublicKey read = KeyFactory.getInstance("RSA")
                .generatePublic(new X509EncodedKeySpec(Base64.getDecoder().decode(pem)));
        assertThat(read).isEqualTo(group.key("tsa").certificate().getPublicKey());
        var jwk = key.jwk();
        assertThat(jwk.path("alg").textValue()).isEqualTo("RS256");
        assertThat(new java.math.BigInteger(
                        1, Base64.getUrlDecoder().decode(jwk.path("n").textValue())))
                .isEqualTo(group.key("tsa").key().modulus());
        assertThat(key.certificatePem()).startsWith("-----BEGIN CERTIFICATE-----");
        KeyEntry coin = group.catalogue().get(3);
        assertThat(HexFormat.of().parseHex(coin.text())).hasSize(48);
        assertThatThrownBy(coin::jwk).isInstanceOf(CeremonyException.class).hasMessageContaining("has no JWK");
    }

    /** The example of RFC 7638, section 3.1. */
    @Test
    void theThumbprintIsThatOfTheStandard() {
        String n =
                "0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZ"
                        + "CiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8K"
                        + "JZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_x"
                        + "BniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw";
        assertThat(KeyEntry.thumbprint("AQAB", n)).isEqualTo("NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs");
    }
}
