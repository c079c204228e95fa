package org.maftia.server.ceremony;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicBoolean;
import org.bouncycastle.crypto.generators.Argon2BytesGenerator;
import org.bouncycastle.crypto.params.Argon2Parameters;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Where the key to a directory of secrets may live, and what happens when it is not there. */
final class CustodyTest {
    private static final byte[] SECRET = {1, 2, 3, 4};
    private static final SecureRandom RANDOM = new SecureRandom();

    @TempDir
    private Path world;

    private Path keys() {
        return world.resolve("keys");
    }

    private void seal(Unlock unlock) {
        try (Custody custody = Custody.create(keys(), unlock, RANDOM)) {
            custody.store("secret.key", SECRET);
        }
    }

    private byte[] open(Unlock unlock) {
        try (Custody custody = Custody.open(keys(), unlock, RANDOM)) {
            return custody.load("secret.key");
        }
    }

    private static Unlock.Officers officers(String policy, String... namesAndPassphrases) {
        List<String> all = List.of(namesAndPassphrases);
        List<String> names = new java.util.ArrayList<>();
        List<Unlock.Passphrase> passphrases = new java.util.ArrayList<>();
        for (int i = 0; i < all.size(); i += 2) {
            names.add(all.get(i));
            passphrases.add(Unlock.Passphrase.of(all.get(i + 1)));
        }
        return new Unlock.Officers(names, passphrases, policy);
    }

    @Test
    void aCredentialOfSystemdOpensWhatItSealedAndAnotherDoesNot() throws IOException {
        byte[] key = new byte[32];
        key[5] = 7;
        Path credentials = Files.createDirectories(world.resolve("credentials"));
        Files.write(credentials.resolve(Unlock.KEY_CREDENTIAL), key);
        Unlock unlock = Unlock.from(Map.of("CREDENTIALS_DIRECTORY", credentials.toString()));
        seal(unlock);
        assertThat(open(Unlock.from(Map.of("CREDENTIALS_DIRECTORY", credentials.toString()))))
                .isEqualTo(SECRET);
        assertThatThrownBy(() -> open(new Unlock.Credential(new byte[32]))).hasMessageContaining("does not open");
        assertThatThrownBy(() -> open(Unlock.Passphrase.of("words"))).hasMessageContaining("need the credential");
        assertThatThrownBy(() -> new Unlock.Credential(new byte[8])).hasMessageContaining("too short");
    }

    @Test
    void theEnvironmentNamesAPassphraseAFileOrATokenInThisOrder() throws IOException {
        Path file = Files.writeString(world.resolve("words"), "from a file\n");
        Path credentials = Files.createDirectories(world.resolve("credentials"));
        Files.writeString(credentials.resolve(Unlock.CREDENTIAL), "from systemd\n");
        Map<String, String> named = Map.of(Unlock.PASSPHRASE_FILE_VARIABLE, file.toString());
        assertThat(((Unlock.Passphrase) Unlock.from(named)).utf8()).asString().isEqualTo("from a file");
        Map<String, String> both = Map.of(
                Unlock.PASSPHRASE_FILE_VARIABLE, file.toString(), "CREDENTIALS_DIRECTORY", credentials.toString());
        assertThat(((Unlock.Passphrase) Unlock.from(both)).utf8()).asString().isEqualTo("from systemd");
        assertThat(Unlock.from(Map.of())).isInstanceOf(Unlock.KeyFile.class);
        Map<String, String> token =
                Map.of(Unlock.TOKEN_LIBRARY_VARIABLE, "/lib/token.so", Unlock.PIN_FILE_VARIABLE, file.toString());
        assertThat(Unlock.from(token)).hasToString("the token of /lib/token.so");
        assertThatThrownBy(() -> Unlock.from(Map.of(Unlock.TOKEN_LIBRARY_VARIABLE, "/lib/token.so")))
                .hasMessage("the token needs a PIN");
        Files.writeString(file, "\n");
        assertThatThrownBy(() -> Unlock.from(named)).hasMessageContaining("is empty");
    }

    @Test
    void anyTwoOfThreeOfficersOpenAndNobodyAlone() {
        seal(officers("2", "ana", "a", "ben", "b", "eva", "e"));
        assertThat(open(officers("", "ana", "a", "ben", "b"))).isEqualTo(SECRET);
        assertThat(open(officers("", "eva", "e", "ana", "a"))).isEqualTo(SECRET);
        assertThat(open(officers("", "ben", "b", "eva", "e", "ana", "a"))).isEqualTo(SECRET);
        assertThatThrownBy(() -> open(officers("", "ben", "b")))
                .isInstanceOf(CeremonyException.class)
                .hasMessageContaining("ben alone do not open");
        assertThatThrownBy(() -> open(officers("", "ben", "b", "eva", "wrong")))
                .hasMessage("the passphrase of officer eva is wrong");
        assertThatThrownBy(() -> open(officers("", "ben", "b", "kim", "k"))).hasMessageContaining("kim is no officer");
        assertThatThrownBy(() -> open(Unlock.Passphrase.of("a"))).hasMessageContaining("officers together");
    }

    @Test
    void aPolicyMayWantOneOfficerInAnyCase() {
        String policy = "{\"select\":2,\"out-of\":[\"ana\",{\"select\":1,\"out-of\":[\"ben\",\"eva\"]}]}";
        seal(officers(policy, "ana", "a", "ben", "b", "eva", "e"));
        assertThat(open(officers("", "ana", "a", "eva", "e"))).isEqualTo(SECRET);
        assertThatThrownBy(() -> open(officers("", "ben", "b", "eva", "e"))).hasMessageContaining("do not open");
    }

    @Test
    void aPolicyThatCannotBeIsRefusedBeforeAnythingIsSealed() {
        for (String policy : List.of("4", "0", "{\"select\":1,\"out-of\":[\"ana\"]}", "{\"select\":", "kim")) {
            assertThatThrownBy(() -> seal(officers(policy, "ana", "a", "ben", "b", "eva", "e")))
                    .as(policy)
                    .isInstanceOf(CeremonyException.class)
                    .hasMessageContaining("policy");
            assertThat(keys().resolve("custody.json")).doesNotExist();
        }
        assertThatThrownBy(() -> officers("", "ana", "a", "ana", "b")).hasMessageContaining("a name of his own");
    }

    @Test
    void theKeyIsDestroyedBeforeWhatItSeals() throws IOException {
        seal(new Unlock.KeyFile());
        OldSecrets.erase(keys(), new Unlock.KeyFile());
        try (var files = Files.list(keys())) {
            assertThat(files).isEmpty();
        }
    }

    /** The rolled keys of a group that runs: erasing the old ones failed where a replica renewed others at that moment. */
    @Test
    void keysOfALaterConfigurationMayComeAndGoWhileOldOnesAreErased() throws Exception {
        Path later = Files.createDirectories(keys().resolve("config1-0123456789ab"));
        Files.createFile(later.resolve("custody.json"));
        AtomicBoolean end = new AtomicBoolean();
        FutureTask<Integer> renewed = new FutureTask<>(() -> {
            int times = 0;
            for (; !end.get(); times++) {
                Path folder = Files.createDirectories(later.resolve("draws"));
                Files.createFile(folder.resolve("0.key"));
                Files.delete(folder.resolve("0.key"));
                Files.delete(folder);
            }
            return times;
        });
        Thread.ofPlatform().daemon().start(renewed);
        try {
            for (int i = 0; i < 500; i++) {
                OldSecrets.erase(keys(), new Unlock.KeyFile());
            }
        } finally {
            end.set(true);
        }
        assertThat(renewed.get()).isPositive();
        assertThat(later.resolve("custody.json")).exists();
    }

    /** RFC 9106, section 5.3: of the library that stretches passphrases. */
    @Test
    void passphrasesAreStretchedAsTheStandardSays() {
        Argon2BytesGenerator generator = new Argon2BytesGenerator();
        generator.init(new Argon2Parameters.Builder(Argon2Parameters.ARGON2_id)
                .withVersion(Argon2Parameters.ARGON2_VERSION_13)
                .withIterations(3)
                .withMemoryAsKB(32)
                .withParallelism(4)
                .withSalt(filled(16, 2))
                .withSecret(filled(8, 3))
                .withAdditional(filled(12, 4))
                .build());
        byte[] tag = new byte[32];
        generator.generateBytes(filled(32, 1), tag);
        assertThat(HexFormat.of().formatHex(tag))
                .isEqualTo("0d640df58d78766c08c037a34a8b53c9d01ef0452d75b65eb52520e96b01e659");
    }

    private static byte[] filled(int length, int value) {
        byte[] bytes = new byte[length];
        Arrays.fill(bytes, (byte) value);
        return bytes;
    }
}
