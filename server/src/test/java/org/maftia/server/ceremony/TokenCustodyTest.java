package org.maftia.server.ceremony;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.maftia.core.crypto.ModularPower;
import org.maftia.core.trust.FaultStructure;

/** Secrets whose key lives in a PKCS #11 token: SoftHSM, which keeps one in files. */
final class TokenCustodyTest {
    private static final List<Path> LIBRARIES = List.of(
            Path.of("/usr/lib/softhsm/libsofthsm2.so"),
            Path.of("/usr/lib64/softhsm/libsofthsm2.so"),
            Path.of("/usr/lib64/pkcs11/libsofthsm2.so"),
            Path.of("/opt/homebrew/lib/softhsm/libsofthsm2.so"));

    private static final String PIN = "4711";

    /** The build sets it, as the library reads it when it is loaded. */
    private static final String CONFIGURATION = "SOFTHSM2_CONF";

    private static final SecureRandom RANDOM = new SecureRandom();

    private static Unlock.Token token;

    @TempDir
    private Path world;

    @BeforeAll
    static void makeToken() throws IOException, InterruptedException {
        Optional<Path> library = LIBRARIES.stream().filter(Files::isReadable).findFirst();
        String configuration = System.getenv(CONFIGURATION);
        Assumptions.assumeTrue(library.isPresent(), "SoftHSM is not here: the Debian package softhsm2 has it");
        Assumptions.assumeTrue(configuration != null, CONFIGURATION + " is set by the build");
        Path file = Path.of(configuration);
        Path tokens = Files.createDirectories(file.resolveSibling("softhsm-tokens"));
        try (Stream<Path> old = Files.walk(tokens)) {
            for (Path left : old.sorted(java.util.Comparator.reverseOrder()).toList()) {
                if (!left.equals(tokens)) {
                    Files.delete(left);
                }
            }
        }
        Files.writeString(
                file, "directories.tokendir = " + tokens + "\nobjectstore.backend = file\nlog.level = ERROR\n");
        Process made = new ProcessBuilder(
                        "softhsm2-util",
                        "--init-token",
                        "--free",
                        "--label",
                        "maftia",
                        "--pin",
                        PIN,
                        "--so-pin",
                        "0000")
                .redirectErrorStream(true)
                .start();
        String said = new String(made.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
        assertThat(made.waitFor(300, TimeUnit.SECONDS)).isTrue();
        assertThat(made.exitValue()).as(said).isZero();
        token = new Unlock.Token(library.get(), "maftia", Unlock.Passphrase.of(PIN));
    }

    private Path keys() {
        return world.resolve("keys");
    }

    @Test
    void whatTheTokenSealedOpensWithTheTokenAlone() throws IOException {
        try (Custody custody = Custody.create(keys(), token, RANDOM)) {
            custody.store("secret.key", new byte[] {1, 2, 3});
        }
        try (Custody custody = Custody.open(keys(), token, RANDOM)) {
            assertThat(custody.load("secret.key")).containsExactly(1, 2, 3);
        }
        assertThat(keys().resolve("kek")).doesNotExist();
        assertThatThrownBy(() -> Custody.open(keys(), new Unlock.KeyFile(), RANDOM))
                .isInstanceOf(CeremonyException.class)
                .hasMessageContaining("is in a PKCS #11 token");
        // An altered file is told from a token that fails.
        Path file = keys().resolve("secret.key");
        byte[] sealed = Files.readAllBytes(file);
        sealed[sealed.length - 1] ^= 1;
        Files.write(file, sealed);
        try (Custody custody = Custody.open(keys(), token, RANDOM)) {
            assertThatThrownBy(() -> custody.load("secret.key")).hasMessageContaining("does not open: altered");
        }
    }

    /** Its slot may have another number after the next start; the only token of a library need not be named. */
    @Test
    void aTokenIsFoundByLabelOrSerialNumberOrAsTheOnlyOne() {
        Custody.create(keys(), token, RANDOM).close();
        int index = TokenSlots.find(token.library(), "maftia");
        assertThat(TokenSlots.find(token.library(), "")).isEqualTo(index);
        String hint = "";
        try {
            TokenSlots.find(token.library(), "another");
        } catch (CeremonyException e) {
            hint = e.hint();
        }
        String serial = hint.replaceFirst(".*serial ([0-9a-fA-F]+)\\).*", "$1");
        assertThat(TokenSlots.find(token.library(), serial)).isEqualTo(index);
        Unlock.Token bySerial = new Unlock.Token(token.library(), serial, Unlock.Passphrase.of(PIN));
        Custody.open(keys(), bySerial, RANDOM).close();
    }

    @Test
    void aReplicaEnrolsInstallsAndLoadsItsKeysWithAToken() {
        FaultStructure trust = FaultStructure.threshold(4, 1);
        List<Enrolment> enrolments = new ArrayList<>();
        for (int replica = 1; replica <= trust.size(); replica++) {
            Unlock unlock = replica == 1 ? token : new Unlock.KeyFile();
            enrolments.add(Enrolment.create(world.resolve("r" + replica), "r" + replica, Enrolment.LOOPBACK, unlock));
        }
        Path results = world.resolve("results");
        CeremonyPlan plan = new CeremonyPlan("test", UUID.randomUUID(), trust, enrolments, List.of(), 1024);
        GroupTranscript group =
                new Ceremony(plan, ModularPower.JAVA, Progress.SILENT).perform(results, new Unlock.KeyFile());
        Path keys = world.resolve("r1");
        Installation.install(keys, group, results.resolve("r1.shares"), token, ModularPower.JAVA);
        assertThat(ReplicaKeys.load(keys, token, ModularPower.JAVA).signers()).containsKey(ServiceKey.TIME_STAMP);
        assertThatThrownBy(() -> ReplicaKeys.load(keys, new Unlock.KeyFile(), ModularPower.JAVA))
                .hasMessageContaining("is in a PKCS #11 token");
        try (ShareKeeper keeper = ShareKeeper.open(keys, token)) {
            keeper.keep("coin", 1, new byte[] {9, 9});
            keeper.keep("coin", 2, new byte[] {8, 8});
            keeper.erase("coin", 1, 1);
            assertThat(keeper.current("coin", 2)).containsExactly(8, 8);
            assertThat(keeper.numbers("coin")).containsExactly(0L, 2L);
        }
    }

    @Test
    void keysDestroyedInTheTokenAreGoneHoweverManyCopiesOfTheFilesThereAre() throws IOException {
        try (Custody custody = Custody.create(keys(), token, RANDOM)) {
            custody.store("secret.key", new byte[] {1, 2, 3});
        }
        Path backup = Files.createDirectories(world.resolve("backup"));
        for (String name : List.of("custody.json", "secret.key")) {
            Files.copy(keys().resolve(name), backup.resolve(name));
        }
        assertThatThrownBy(() -> OldSecrets.erase(keys(), new Unlock.KeyFile())).hasMessageContaining("in a PKCS #11");
        assertThat(keys().resolve("secret.key")).exists();
        OldSecrets.erase(keys(), token);
        assertThat(keys().resolve("secret.key")).doesNotExist();
        assertThatThrownBy(() -> Custody.open(backup, token, RANDOM))
                .isInstanceOf(CeremonyException.class)
                .hasMessageContaining("has no key maftia-");
    }

    @Test
    void whatIsNoTokenIsNamed() {
        Unlock.Token missing = new Unlock.Token(Path.of("/nowhere/token.so"), "", Unlock.Passphrase.of(PIN));
        assertThatThrownBy(() -> Custody.create(keys(), missing, RANDOM)).hasMessageContaining("no library");
        Unlock.Token far = new Unlock.Token(token.library(), "elsewhere", Unlock.Passphrase.of(PIN));
        assertThatThrownBy(() -> Custody.create(keys(), far, RANDOM))
                .isInstanceOf(CeremonyException.class)
                .hasMessageContaining("gives no token 'elsewhere'")
                .extracting(thrown -> ((CeremonyException) thrown).hint())
                .asString()
                .contains("it has 'maftia' (serial ");
        assertThat(keys().resolve("custody.json")).doesNotExist();
    }
}
