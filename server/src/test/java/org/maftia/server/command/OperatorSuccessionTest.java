package org.maftia.server.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.maftia.server.cluster.SecureHttp;
import org.maftia.server.testing.Eventually;

/** Operators of several hosts replace a replica, each step typed where its keys are. Nobody is named an officer. */
class OperatorSuccessionTest {
    private static final int HOSTS = 6;

    @TempDir
    private Path world;

    private final Terminal terminal = new Terminal();

    @SuppressWarnings("NullAway.Init") // made before each test
    private Hosts hosts;

    @BeforeEach
    void open() throws IOException {
        hosts = new Hosts(world, HOSTS, terminal);
    }

    @AfterEach
    void stopAll() throws InterruptedException {
        hosts.close();
    }

    private String type(int expectedCode, Object... words) {
        return terminal.type(expectedCode, words);
    }

    private Path description(String name, int... members) throws IOException {
        StringBuilder text = new StringBuilder("""
            [group]
            name = "hosts"
            [trust]
            tolerate = [ { any = 1 } ]
            [rsa]
            bits = 2048
            """);
        for (int i : members) {
            text.append(hosts.entry(i));
        }
        return Files.writeString(world.resolve(name), text);
    }

    /** @param officers who are present, each with a passphrase of his own */
    private List<Object> ceremony(List<String> officers, Path config, Path out, List<Integer> members, Object... more)
            throws IOException {
        List<Object> words = new ArrayList<>(List.of("key", "ceremony", "--config", config, "--out", out));
        for (String officer : officers) {
            words.addAll(List.of("--officer", officer + "=" + hosts.passphrase(officer)));
        }
        words.addAll(List.of(more));
        members.forEach(i -> words.add(hosts.host(i).resolve("r" + i + ".enrol")));
        return words;
    }

    /** Gives the transcript's hash. */
    private String hold(List<Object> ceremony) {
        return Hosts.hashIn(type(0, ceremony.toArray()));
    }

    private void install(int replica, Path results, String hash, Object... more) throws IOException {
        type(0, hosts.install(replica, results, hash, more));
    }

    private Path sign(int replica, Path present, Path next, String hash) throws IOException {
        Path out = world.resolve("r" + replica + ".wish");
        type(
                0,
                "reconfigure",
                "sign",
                "--dir",
                hosts.host(replica),
                "--passphrase-file",
                hosts.passphrase("r" + replica),
                "--present",
                present,
                "--next",
                next,
                "--expect",
                hash,
                "--replica",
                "r" + replica,
                "--out",
                out);
        return out;
    }

    @Test
    void operatorsOfSeveralHostsReplaceAReplicaStepByStep() throws Exception {
        Path group = description("group.toml", 1, 2, 3, 4);
        for (int i = 1; i <= 4; i++) {
            hosts.init(i, "127.0.0.1");
        }
        Path old = world.resolve("results1");
        String hash = hold(ceremony(List.of("ana", "ben", "eva"), group, old, List.of(1, 2, 3, 4), "--policy", 2));
        for (int i = 1; i <= 4; i++) {
            install(i, old, hash);
            Files.copy(group, hosts.host(i).resolve("group.toml"));
            hosts.start(i);
        }
        SecureHttp http = SecureHttp.trusting(old.resolve("ca.pem"));
        for (int i = 1; i <= 4; i++) {
            int replica = i;
            Eventually.until("r" + i + " is ready", () -> hosts.isReady(http, replica));
        }
        Path token = world.resolve("before.tsr");
        type(0, "notarize", "--dir", hosts.host(1), "-o", token, group);

        Path next = world.resolve("next.toml");
        Path present = old.resolve("transcript.json");
        type(1, "reconfigure", "prepare", description("few.toml", 1, 2, 3), "--present", present, "--out", next);
        assertThat(terminal.errors()).contains("three fault sets cover every replica");
        type(1, "reconfigure", "prepare", description("much.toml", 1, 2, 5, 6), "--present", present, "--out", next);
        assertThat(terminal.errors()).contains("those who stay, r1, r2, are no quorum of the present configuration");
        assertThat(type(
                        0,
                        "reconfigure",
                        "prepare",
                        description("edited.toml", 1, 2, 3, 5),
                        "--present",
                        present,
                        "--out",
                        next))
                .contains("r4 leaves", "r5 joins");
        for (int i = 1; i <= 3; i++) {
            hosts.init(i, "127.0.0.1", "--next");
        }
        hosts.init(5, "127.0.0.1");
        Path results = world.resolve("results2");
        List<Integer> members = List.of(1, 2, 3, 5);
        type(
                1,
                ceremony(List.of("ben"), next, results, members, "--before", old)
                        .toArray());
        assertThat(terminal.errors()).contains("ben alone do not open");
        String nextHash = hold(ceremony(List.of("eva", "ana"), next, results, members, "--before", old));
        for (int i = 1; i <= 3; i++) {
            install(i, results, nextHash);
        }
        type(1, hosts.install(5, results, nextHash));
        assertThat(terminal.errors()).contains("this replica is new in it").contains("with --before");
        install(5, results, nextHash, "--before", present);
        hosts.start(5);

        Path nextTranscript = results.resolve("transcript.json");
        List<Object> submit = new ArrayList<>(List.of("reconfigure", "submit", "--dir", hosts.host(1)));
        submit.addAll(List.of("--present", present, "--next", nextTranscript));
        for (int i = 1; i <= 2; i++) {
            submit.add(sign(i, present, nextTranscript, nextHash));
        }
        type(1, submit.toArray());
        assertThat(terminal.errors()).contains("r1, r2 alone may not change the group");
        submit.add(sign(3, present, nextTranscript, nextHash));
        assertThat(type(0, submit.toArray())).contains("begins when a quorum of its members is ready");

        Eventually.until("r5 is ready", () -> hosts.isReady(http, 5));
        for (int i = 1; i <= 3; i++) {
            int replica = i;
            Eventually.until("r" + i + " is ready", () -> hosts.isReady(http, replica));
            Files.copy(next, hosts.host(i).resolve("group.toml"), StandardCopyOption.REPLACE_EXISTING);
        }
        assertThat(hosts.isReady(http, 4)).isFalse();
        assertThat(type(0, "reconfigure", "status", "--dir", hosts.host(1))).contains("r5");
        assertThat(type(
                        0,
                        "key",
                        "audit",
                        "--dir",
                        hosts.host(1),
                        "--transcript",
                        nextTranscript,
                        "--expect",
                        nextHash,
                        "--passphrase-file",
                        hosts.passphrase("r1")))
                .contains("officers eva, ana were present")
                .contains("the transcript's hash is the one expected")
                .contains("ok     the shares of r1 of")
                .contains("say that they run with this transcript");
        Path after = world.resolve("after.tsr");
        type(0, "notarize", "--dir", hosts.host(1), "-o", after, group);
        for (Path each : List.of(token, after)) {
            assertThat(type(0, "verify", "--ca", old.resolve("ca.pem"), group, each))
                    .contains("existed at");
        }
    }
}
