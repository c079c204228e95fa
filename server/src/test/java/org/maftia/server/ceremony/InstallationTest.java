package org.maftia.server.ceremony;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.maftia.core.crypto.ModularPower;
import org.maftia.core.crypto.ShareBox;
import org.maftia.core.trust.FaultStructure;

/** What a replica refuses to install, and that it goes on as if nothing had been tried. */
final class InstallationTest {
    private static final FaultStructure TRUST = FaultStructure.threshold(4, 1);

    /** One share of "confidential": the name, an epoch, a replica, a count, a leaf and a number. */
    private static final int DISCRETE_LOG_SHARES_LENGTH = 2 + 12 + 8 + 1 + 2 + 2 + 32;

    @TempDir
    static Path directory;

    @BeforeAll
    static void deal() {
        SmallGroup.deal(directory.resolve("one"), TRUST);
        SmallGroup.deal(directory.resolve("other"), TRUST);
    }

    private static void install(Path transcript, Path shares) {
        Installation.install(
                directory.resolve("one/r1/keys"),
                GroupTranscript.read(transcript),
                shares,
                new Unlock.KeyFile(),
                ModularPower.JAVA);
    }

    private static Path ceremony(String group, String file) {
        return directory.resolve(group).resolve("ceremony").resolve(file);
    }

    private static void assertRefused(Path transcript, Path shares, String why) {
        assertThatThrownBy(() -> install(transcript, shares))
                .isInstanceOf(CeremonyException.class)
                .hasMessageContaining(why);
        assertThat(directory.resolve("one/r1/keys/tsa")).doesNotExist();
        assertThat(directory.resolve("one/r1/keys/shares.key")).exists();
    }

    @Test
    void onlyTheSharesOfThisReplicaAndThisCeremonyAreInstalled() throws IOException {
        Path transcript = ceremony("one", "transcript.json");
        byte[] sealed = Files.readAllBytes(ceremony("one", "r1.shares"));
        for (int at : new int[] {0, 40, sealed.length - 1}) {
            byte[] altered = sealed.clone();
            altered[at] ^= 1;
            assertRefused(transcript, write("altered.shares", altered), "does not open");
        }
        assertRefused(transcript, write("short.shares", new byte[3]), "does not open");
        assertRefused(transcript, ceremony("one", "r2.shares"), "does not open");
        assertRefused(transcript, ceremony("other", "r1.shares"), "does not open");
        assertRefused(ceremony("other", "transcript.json"), ceremony("one", "r1.shares"), "does not know this replica");
        aShareThatADishonestDealerAlteredIsRefused(transcript, sealed);

        install(transcript, ceremony("one", "r1.shares"));
        assertThat(directory.resolve("one/r1/keys/shares.key")).doesNotExist();
        assertThat(ReplicaKeys.load(directory.resolve("one/r1/keys")).signers()).containsKey(ServiceKey.TIME_STAMP);
    }

    /** Sealed well, bound to the right transcript, and still not what the verification keys say. */
    private static void aShareThatADishonestDealerAlteredIsRefused(Path transcript, byte[] sealed) throws IOException {
        GroupTranscript group = GroupTranscript.read(transcript);
        byte[] hash = group.digest().toBytes();
        byte[] plain;
        try (Custody custody =
                        Custody.open(directory.resolve("one/r1/keys"), new Unlock.KeyFile(), new SecureRandom());
                ShareBox box = ShareBox.of(custody.load(Enrolment.SHARES_KEY))) {
            plain = box.open(Ceremony.SHARES_PURPOSE, hash, sealed).orElseThrow();
        }
        byte[] key = group.enrolments().getFirst().sharesKey();
        // In the share of the notary's key, in that of the key for receipts, and in that of the key for draws.
        for (int at : new int[] {100, plain.length - DISCRETE_LOG_SHARES_LENGTH - 1, plain.length - 1}) {
            byte[] altered = plain.clone();
            altered[at] ^= 1;
            byte[] resealed = ShareBox.seal(key, Ceremony.SHARES_PURPOSE, hash, altered, byte[]::new);
            assertRefused(transcript, write("dishonest.shares", resealed), "contradict the transcript");
        }
    }

    private static Path write(String name, byte[] bytes) throws IOException {
        return Files.write(directory.resolve(name), bytes);
    }
}
