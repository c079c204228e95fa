package org.maftia.server.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.maftia.server.cluster.FreePorts;
import org.maftia.server.cluster.SecureHttp;
import org.maftia.server.testing.Eventually;
import picocli.CommandLine;

/** Operators of several hosts replace a replica, each step typed where its keys are. Nobody is named an officer. */
class OperatorSuccessionTest {
    private static final int HOSTS = 6;

    @TempDir
    private Path world;

    private final List<Process> replicas = new ArrayList<>();
    private final List<List<Integer>> ports = new ArrayList<>();
    private String errors = "";

    @AfterEach
    void stopAll() throws InterruptedException {
        replicas.forEach(Process::destroy);
        for (Process replica : replicas) {
            replica.waitFor();
        }
    }

    private Path host(int replica) {
        return world.resolve("host" + replica);
    }

    private Path passphrase(String owner) throws IOException {
        Path file = world.resolve(owner + ".passphrase");
        if (!Files.exists(file)) {
            Files.writeString(file, "correct horse of " + owner + "\n");
        }
        return file;
    }

    private String type(int expectedCode, Object... words) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        CommandLine line = Maftia.commandLine();
        line.setOut(new PrintWriter(out));
        line.setErr(new PrintWriter(err));
        String[] arguments = Arrays.stream(words).map(Object::toString).toArray(String[]::new);
        int code = line.execute(arguments);
        line.getOut().flush();
        errors = err.toString();
        assertThat(code).as(String.join(" ", arguments) + ": " + errors).isEqualTo(expectedCode);
        return out.toString();
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
            List<Integer> own = ports.get(i - 1);
            text.append("""
                    [[replica]]
                    id = "r%d"
                    host = "127.0.0.1"
                    link = %d
                    client = %d
                    https = %d
                    http = %d
                    """.formatted(i, own.get(0), own.get(1), own.get(2), own.get(3)));
        }
        return Files.writeString(world.resolve(name), text);
    }

    private void init(int replica, Object... more) throws IOException {
        List<Object> words = new ArrayList<>(List.of("init", "r" + replica, "--dir", host(replica)));
        words.addAll(List.of("--host", "127.0.0.1", "--passphrase-file", passphrase("r" + replica)));
        words.addAll(List.of(more));
        type(0, words.toArray());
    }

    /** Gives the transcript's hash. */
    /** @param officers who are present, each with a passphrase of his own */
    private List<Object> ceremony(List<String> officers, Path config, Path out, List<Integer> members, Object... more)
            throws IOException {
        List<Object> words = new ArrayList<>(List.of("key", "ceremony", "--config", config, "--out", out));
        for (String officer : officers) {
            words.addAll(List.of("--officer", officer + "=" + passphrase(officer)));
        }
        words.addAll(List.of(more));
        members.forEach(i -> words.add(host(i).resolve("r" + i + ".enrol")));
        return words;
    }

    private String hold(List<Object> ceremony) throws IOException {
        var matcher = Pattern.compile("transcript ([0-9a-f]{64})").matcher(type(0, ceremony.toArray()));
        assertThat(matcher.find()).isTrue();
        return matcher.group(1);
    }

    private void install(int replica, Path results, String hash, Object... more) throws IOException {
        List<Object> words = new ArrayList<>(List.of("key", "install", "r" + replica, "--dir", host(replica)));
        words.addAll(List.of("--transcript", results.resolve("transcript.json")));
        words.addAll(List.of("--shares", results.resolve("r" + replica + ".shares"), "--expect", hash));
        words.addAll(List.of("--passphrase-file", passphrase("r" + replica)));
        words.addAll(List.of(more));
        type(0, words.toArray());
    }

    private void start(int replica) throws IOException {
        replicas.add(new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx192m",
                        "--enable-native-access=ALL-UNNAMED",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Maftia.class.getName(),
                        "replica",
                        "r" + replica,
                        "--dir",
                        host(replica).toString(),
                        "--passphrase-file",
                        passphrase("r" + replica).toString())
                .redirectErrorStream(true)
                .redirectOutput(host(replica).resolve("console").toFile())
                .start());
    }

    private boolean isReady(SecureHttp http, int replica) {
        try {
            return http.get("https://127.0.0.1:" + ports.get(replica - 1).get(2) + "/ready", 2_000)
                            .status()
                    == 200;
        } catch (IOException e) {
            return false; // not yet
        }
    }

    private Path sign(int replica, Path present, Path next, String hash) throws IOException {
        Path out = world.resolve("r" + replica + ".wish");
        type(
                0,
                "reconfigure",
                "sign",
                "--dir",
                host(replica),
                "--passphrase-file",
                passphrase("r" + replica),
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
        List<Integer> drawn = FreePorts.several(4 * HOSTS);
        for (int i = 0; i < HOSTS; i++) {
            ports.add(drawn.subList(4 * i, 4 * i + 4));
        }
        Path group = description("group.toml", 1, 2, 3, 4);
        for (int i = 1; i <= 4; i++) {
            init(i);
        }
        Path old = world.resolve("results1");
        String hash = hold(ceremony(List.of("ana", "ben", "eva"), group, old, List.of(1, 2, 3, 4), "--policy", 2));
        for (int i = 1; i <= 4; i++) {
            install(i, old, hash);
            Files.copy(group, host(i).resolve("group.toml"));
            start(i);
        }
        SecureHttp http = SecureHttp.trusting(old.resolve("ca.pem"));
        for (int i = 1; i <= 4; i++) {
            int replica = i;
            Eventually.until("r" + i + " is ready", () -> isReady(http, replica));
        }
        Path token = world.resolve("before.tsr");
        type(0, "notarize", "--dir", host(1), "-o", token, group);

        Path next = world.resolve("next.toml");
        Path present = old.resolve("transcript.json");
        type(1, "reconfigure", "prepare", description("few.toml", 1, 2, 3), "--present", present, "--out", next);
        assertThat(errors).contains("three fault sets cover every replica");
        type(1, "reconfigure", "prepare", description("much.toml", 1, 2, 5, 6), "--present", present, "--out", next);
        assertThat(errors).contains("those who stay, r1, r2, are no quorum of the present configuration");
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
            init(i, "--next");
        }
        init(5);
        Path results = world.resolve("results2");
        List<Integer> members = List.of(1, 2, 3, 5);
        type(
                1,
                ceremony(List.of("ben"), next, results, members, "--before", old)
                        .toArray());
        assertThat(errors).contains("ben alone do not open");
        String nextHash = hold(ceremony(List.of("eva", "ana"), next, results, members, "--before", old));
        for (int i = 1; i <= 3; i++) {
            install(i, results, nextHash);
        }
        install(5, results, nextHash, "--before", present);
        start(5);

        Path nextTranscript = results.resolve("transcript.json");
        List<Object> submit = new ArrayList<>(List.of("reconfigure", "submit", "--dir", host(1)));
        submit.addAll(List.of("--present", present, "--next", nextTranscript));
        for (int i = 1; i <= 2; i++) {
            submit.add(sign(i, present, nextTranscript, nextHash));
        }
        type(1, submit.toArray());
        assertThat(errors).contains("r1, r2 alone may not change the group");
        submit.add(sign(3, present, nextTranscript, nextHash));
        assertThat(type(0, submit.toArray())).contains("begins when a quorum of its members is ready");

        Eventually.until("r5 is ready", () -> isReady(http, 5));
        for (int i = 1; i <= 3; i++) {
            int replica = i;
            Eventually.until("r" + i + " is ready", () -> isReady(http, replica));
            Files.copy(next, host(i).resolve("group.toml"), StandardCopyOption.REPLACE_EXISTING);
        }
        assertThat(isReady(http, 4)).isFalse();
        assertThat(type(0, "reconfigure", "status", "--dir", host(1))).contains("r5");
        assertThat(type(
                        0,
                        "key",
                        "audit",
                        "--dir",
                        host(1),
                        "--transcript",
                        nextTranscript,
                        "--expect",
                        nextHash,
                        "--passphrase-file",
                        passphrase("r1")))
                .contains("officers eva, ana were present")
                .contains("the transcript's hash is the one expected")
                .contains("ok     the shares of r1 of")
                .contains("say that they run with this transcript");
        Path after = world.resolve("after.tsr");
        type(0, "notarize", "--dir", host(1), "-o", after, group);
        for (Path each : List.of(token, after)) {
            assertThat(type(0, "verify", "--ca", old.resolve("ca.pem"), group, each))
                    .contains("existed at");
        }
    }
}
