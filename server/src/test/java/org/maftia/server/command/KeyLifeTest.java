package org.maftia.server.command;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.maftia.server.cluster.ClusterDirectory;
import picocli.CommandLine;

/** The keys of a running cluster, from the first list to the roll that replaces them, as an operator types it. */
class KeyLifeTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    private Path world;

    private final List<UpProcess> clusters = new ArrayList<>();

    @AfterEach
    void stop() throws InterruptedException {
        for (UpProcess cluster : clusters) {
            cluster.close();
        }
    }

    private ClusterDirectory cluster() {
        return new ClusterDirectory(world.resolve("cluster"));
    }

    private record Typed(int code, String out, String err) {
        String succeeded() {
            assertThat(code).as(out + err).isZero();
            return out;
        }
    }

    private Typed type(Object... words) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        CommandLine line = Maftia.commandLine();
        line.setOut(new PrintWriter(out));
        line.setErr(new PrintWriter(err));
        List<String> arguments = new ArrayList<>();
        Arrays.stream(words).map(Object::toString).forEach(arguments::add);
        arguments.addAll(List.of("--dir", cluster().root().toString()));
        int code = line.execute(arguments.toArray(String[]::new));
        line.getOut().flush();
        line.getErr().flush();
        return new Typed(code, out.toString(), err.toString());
    }

    private Path file(String name) throws Exception {
        return Files.writeString(world.resolve(name), "what " + name + " says");
    }

    @Test
    void aKeyIsListedAuditedAndRolledWhileTheGroupServes() throws Exception {
        clusters.add(new UpProcess(world));
        Path before = file("before");
        type("notarize", before).succeeded();
        JsonNode listed = JSON.readTree(type("key", "list", "--json").succeeded());
        assertThat(listed.path("keys").get(0).path("id").asText()).isEqualTo("tsa");
        assertThat(listed.path("keys").get(0).path("epoch").asLong()).isZero();
        assertThat(listed.path("keys").get(0).path("service").asText()).isEqualTo("notary");
        assertThat(listed.path("since").asText()).startsWith("20");
        assertThat(listed.path("custody").path("r1").asText()).contains("key file beside them");
        String oldKey = type("key", "export", "tsa").succeeded();
        assertThat(oldKey).startsWith("-----BEGIN PUBLIC KEY-----");
        assertThat(type("key", "audit").succeeded())
                .contains("ok     the shares of r4 of")
                .contains("ok     r1, r2, r3, r4 answer under certificates of this root")
                .contains("nothing is wrong");

        AtomicBoolean rolled = new AtomicBoolean();
        // On a thread of its own: the ceremony needs those of the common pool, of which a small machine has one.
        FutureTask<Integer> stamped = new FutureTask<>(() -> stampUntil(rolled));
        Thread.ofPlatform().daemon().start(stamped);
        String said = type("key", "roll", "notary").succeeded();
        rolled.set(true);
        assertThat(stamped.get()).isPositive();
        assertThat(said)
                .contains("key tsa of notary is in epoch 1")
                .contains("new with it: ca, exchange")
                .contains("the shares of epoch 0 are destroyed");

        Path after = file("after");
        type("notarize", after).succeeded();
        for (Path file : List.of(before, after)) {
            assertThat(type("verify", file, world.resolve(file.getFileName() + ".tsr"))
                            .succeeded())
                    .isNotEmpty();
        }
        assertThat(type("key", "export", "tsa").succeeded()).isNotEqualTo(oldKey);
        assertThat(type("key", "audit").succeeded())
                .contains("key tsa, epoch 1")
                .contains("nothing is wrong");
        for (int replica = 1; replica <= 4; replica++) {
            Path keys = cluster().keys("r" + replica);
            assertThat(keys.resolve("tsa/0.share")).doesNotExist();
            assertThat(keys.resolve("tsa/0.key")).doesNotExist();
            assertThat(keys.resolve("kek")).doesNotExist();
            assertThat(keys.resolve("transcript.json")).exists();
        }
        oldKeysAreToldFromThoseInUse();
        aSpoiltRecordFailsTheAudit();
    }

    /** Gives how many tokens were made; each must be. */
    private int stampUntil(AtomicBoolean end) {
        int made = 0;
        while (!end.get() || made == 0) {
            try {
                Path file = file("during" + made);
                type("notarize", file).succeeded();
                type("verify", file, world.resolve(file.getFileName() + ".tsr")).succeeded();
            } catch (Exception e) {
                throw new AssertionError(e);
            }
            made++;
            pause(); // it is to bear witness, not to take the processor from the ceremony
        }
        return made;
    }

    private static void pause() {
        try {
            Thread.sleep(500);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void oldKeysAreToldFromThoseInUse() {
        Typed old = type("key", "audit", "--transcript", cluster().ceremony(0).resolve("transcript.json"));
        assertThat(old.code).isEqualTo(1);
        assertThat(old.out).contains("WRONG  r1 says that it runs with another transcript: it is in configuration 1");
    }

    private void aSpoiltRecordFailsTheAudit() throws Exception {
        Path record = cluster().ceremony(1).resolve("record.json");
        String text = Files.readString(record, StandardCharsets.UTF_8);
        Files.writeString(record, text.replaceFirst("\"sets\":6", "\"sets\":7"));
        Typed audited = type("key", "audit", "--public", "--json");
        assertThat(audited.code).isEqualTo(1);
        JsonNode json = JSON.readTree(audited.out);
        assertThat(json.path("ok").asBoolean()).isFalse();
        List<String> wrong = new ArrayList<>();
        json.path("checks").forEach(check -> {
            if (!check.path("ok").asBoolean()) {
                wrong.add(check.path("what").asText());
            }
        });
        assertThat(wrong).singleElement().asString().contains("of the record was altered");
    }

    @Test
    void whatCannotBeSaysSoAndHowItCan() {
        Typed nothing = type("key", "list");
        assertThat(nothing.code).isEqualTo(1);
        assertThat(nothing.err).contains("no transcript of a group is in").contains("hint: name one with --transcript");
        assertThat(type("key", "roll", "tsa").err).contains("there is no cluster in");
    }

    @Test
    void oneWayOnlyOpensTheKeys() throws Exception {
        Typed two = type("init", "r1", "--passphrase-file", file("words"), "--token-library", "/lib/token.so");
        assertThat(two.code).isEqualTo(1);
        assertThat(two.err).contains("one way to open the keys");
        assertThat(type("init", "r1", "--pin-file", file("pin")).err).contains("one way to open the keys");
        assertThat(type("init", "r1", "--ask-passphrase").err).contains("no terminal to ask on");
        assertThat(cluster().keys("r1")).doesNotExist();
        Files.writeString(cluster().custodyFile(), "[custody]\npassphrase = \"x\"\n");
        Typed unknown = type("init", "r1");
        assertThat(unknown.err).contains("custody.toml:2").contains("passphraseFile");
        Files.writeString(cluster().custodyFile(), "[custody]\ntokenLibrary = \"/lib/token.so\"\n");
        assertThat(type("init", "r1").err).contains("'custody.pinFile' belongs to 'custody.tokenLibrary'");
        Files.writeString(cluster().custodyFile(), "[custody]\npassphraseFile = \"" + file("words") + "\"\n");
        type("init", "r1").succeeded();
        JsonNode custody =
                JSON.readTree(cluster().keys("r1").resolve("custody.json").toFile());
        assertThat(custody.path("method").asText()).isEqualTo("argon2id");
    }
}
