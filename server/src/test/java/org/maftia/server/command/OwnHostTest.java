package org.maftia.server.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.maftia.core.crypto.BlsKey;
import org.maftia.core.replica.MadeKeys;
import org.maftia.server.ceremony.GroupTranscript;
import org.maftia.server.ceremony.SmallGroup;
import org.maftia.server.cluster.ClusterDirectory;
import org.maftia.server.cluster.FreePorts;
import org.maftia.server.configuration.Configuration;
import org.maftia.server.configuration.GroupFile;
import org.maftia.server.configuration.Layout;
import org.maftia.server.configuration.Overrides;

/**
 * What the operator of one replica can ask at its host: a directory with {@code group.toml} and what 'maftia key install' left
 * there, and nothing of the ceremony and of other replicas.
 */
class OwnHostTest {
    @TempDir
    private static Path world;

    private static final Terminal TERMINAL = new Terminal();

    @SuppressWarnings("NullAway.Init") // before all tests
    private static CertifiedGateways gateways;

    private static ClusterDirectory host(String id) {
        return new ClusterDirectory(world.resolve("host-" + id));
    }

    /** Four hosts, each with the keys of its replica. */
    @BeforeAll
    static void installAll() throws Exception {
        Configuration configuration = FreePorts.fill(Layout.of("4", Overrides.none()));
        Path dealt = Files.createDirectories(world.resolve("dealt"));
        GroupTranscript group = SmallGroup.deal(dealt, configuration);
        Path results = dealt.resolve("ceremony");
        for (String id : group.ids()) {
            Files.createDirectories(host(id).replica(id));
            Files.move(dealt.resolve(id).resolve("keys"), host(id).keys(id));
            Files.writeString(host(id).groupFile(), GroupFile.text(configuration));
            TERMINAL.type(0, install(id, group, results));
        }
        gateways = new CertifiedGateways(configuration, group, id -> host(id).keys(id));
    }

    @Test
    void keysAreListedExportedAndReadWithTheWordOfAQuorum() throws Exception {
        byte[] made = new byte[BlsKey.PUBLIC_KEY_LENGTH];
        made[0] = 1;
        byte[] own = made.clone();
        own[1] = 1;
        String hex = HexFormat.of().formatHex(made);
        for (String id : new String[] {"r1", "r4"}) {
            gateways.serve(0, gateways.read("receipts", own, 0)); // an intruder's
            gateways.serve(2, gateways.read("receipts", made, 1, 2, 3));
            Path directory = host(id).root();
            assertThat(TERMINAL.type(0, "key", "list", "--dir", directory)).contains("receipts", "tsa");
            assertThat(TERMINAL.type(0, "key", "export", "tsa", "--dir", directory))
                    .startsWith("-----BEGIN PUBLIC KEY-----");
            assertThat(TERMINAL.type(0, "key", "export", "receipts", "--dir", directory)
                            .strip())
                    .isEqualTo(hex);
            Path proof = directory.resolve("proof");
            Object[] read = {"read", "--dir", directory, MadeKeys.VIEW, MadeKeys.entry("receipts")};
            assertThat(TERMINAL.type(0, with(read, "--out", proof))).contains(hex);
            gateways.stop();
            assertThat(TERMINAL.type(0, with(read, "--proof", proof))).contains(hex);
        }
    }

    private static Object[] install(String id, GroupTranscript group, Path results) {
        Path shares = results.resolve(id + ".shares");
        Path transcript = results.resolve(GroupTranscript.FILE);
        Object[] words = {"key", "install", id, "--dir", host(id).root(), "--expect", group.digest()};
        return with(with(words, "--transcript", transcript), "--shares", shares);
    }

    @Test
    void whoInstallsWithoutKeysIsToldWhatComesFirstAndWhoInstallsTwiceLosesNothing() throws Exception {
        Path results = world.resolve("dealt").resolve("ceremony");
        GroupTranscript group = GroupTranscript.read(results.resolve(GroupTranscript.FILE));
        Path root = host("r1").ceremony().resolve("ca.pem");
        byte[] before = Files.readAllBytes(root);
        Files.delete(root);
        TERMINAL.type(1, install("r1", group, results));
        assertThat(TERMINAL.errors()).contains("are installed already");
        assertThat(Files.readAllBytes(root)).isEqualTo(before);
        TERMINAL.type(1, install("r9", group, results));
        assertThat(TERMINAL.errors()).contains("no keys are in").contains("'maftia init' makes them");
    }

    @AfterAll
    static void erase() {
        gateways.close();
    }

    private static Object[] with(Object[] words, Object option, Object value) {
        Object[] all = Arrays.copyOf(words, words.length + 2);
        all[words.length] = option;
        all[words.length + 1] = value;
        return all;
    }
}
