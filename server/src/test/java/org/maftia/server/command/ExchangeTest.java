package org.maftia.server.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.maftia.core.crypto.Transcript;
import org.maftia.server.ceremony.GroupTranscript;
import org.maftia.server.cluster.ClusterDirectory;
import org.maftia.server.cluster.LocalCluster;
import org.maftia.server.log.LogSetup;
import org.maftia.server.succession.Known;

/** Two parties, their files, and a cluster of real processes of which one is killed. */
class ExchangeTest {
    @TempDir
    private Path world;

    private final Terminal terminal = new Terminal();

    /** What the last command printed that must not fail. */
    private String said = "";

    private Path file(String name) {
        return world.resolve(name);
    }

    private Path written(String name, String text) throws Exception {
        return Files.writeString(file(name), text);
    }

    private static String sha256(String text) {
        return HexFormat.of()
                .formatHex(
                        Transcript.sha256(text.getBytes(StandardCharsets.UTF_8)).toBytes());
    }

    private void offerAndAccept(Path dir, String text) {
        terminal.type(
                0,
                "exchange",
                "offer",
                "--dir",
                dir,
                "--keys",
                file("alice"),
                "--to",
                file("bob.pub"),
                "--text",
                file(text),
                "--out",
                file(text + ".1"));
        terminal.type(
                0,
                "exchange",
                "accept",
                "--keys",
                file("bob"),
                "--text",
                file(text),
                "--offer",
                file(text + ".1"),
                "--out",
                file(text + ".2"));
    }

    private String decision(int code, String what, Path dir, String who, String name, Object... more) {
        Object[] words = {"exchange", what, "--dir", dir, "--keys", file(who), "--offer", file(name + ".1"), "--json"};
        Object[] all = Arrays.copyOf(words, words.length + more.length);
        System.arraycopy(more, 0, all, words.length, more.length);
        return terminal.type(code, all);
    }

    @Test
    void partiesExchangeAndTheGroupDecidesWhereTheyDoNotGoOn() throws Exception {
        try (UpProcess up = new UpProcess(world)) {
            Path dir = up.directory().root();
            terminal.type(0, "exchange", "keys", "--out", file("alice"));
            terminal.type(0, "exchange", "keys", "--out", file("bob"));
            written("contract", "We sell, you buy.");
            withoutTheGroup(dir);
            LocalCluster.open(up.directory()).process("r1").orElseThrow().destroyForcibly();
            throughTheMailbox(dir);
            abortedAndResolved(dir);
            swapped(dir);
            registered(dir);
        }
    }

    /** With one replica dead, and with what everybody may have: the root, and the policy that any gateway shows. */
    private void registered(Path dir) throws Exception {
        Path wheel = written("wheel", "the wheel");
        String said = terminal.type(0, "notarize", "--dir", dir, "--register", "--show-content", "--json", wheel);
        assertThat(said).contains("\"title\":\"wheel\"").contains("\"contentLength\":9");
        Path receipt = file("wheel.receipt");
        assertThat(terminal.type(0, "verify", "--dir", dir, wheel, receipt)).contains("is registered as number");
        terminal.type(0, "notarize", "--dir", dir, "--register", "--title", "Mine!", "-o", file("copy"), wheel);
        assertThat(terminal.type(0, "verify", "--dir", dir, wheel, file("copy")))
                .contains("was registered before, as number");
        terminal.type(0, "notarize", "--dir", dir, "--lookup", "-o", file("found"), wheel);
        String size = "\"logSize\":[0-9]+"; // the head may be a later one
        assertThat(terminal.type(0, "verify", "--dir", dir, "--json", wheel, file("found"))
                        .replaceAll(size, ""))
                .isEqualTo(terminal.type(0, "verify", "--dir", dir, "--json", wheel, receipt)
                        .replaceAll(size, ""));
        terminal.type(1, "verify", "--dir", dir, file("coin"), receipt);
        assertThat(terminal.errors()).contains("one for another file");
        terminal.type(1, "notarize", "--dir", dir, "--lookup", file("song"));
        assertThat(terminal.errors()).contains("no gateway showed a registration");
        Path policy = written(
                "policy",
                LogSetup.policy(Known.of(GroupTranscript.read(
                        new ClusterDirectory(dir).ceremony().resolve(GroupTranscript.FILE)))));
        Path root = new ClusterDirectory(dir).ceremony().resolve("ca.pem");
        terminal.type(0, "verify", "--ca", root, "--policy", policy, wheel, receipt);
    }

    private void exchange(Path dir, String what, Object... more) {
        Object[] words = {"exchange", what, "--dir", dir};
        Object[] all = Arrays.copyOf(words, words.length + more.length);
        System.arraycopy(more, 0, all, words.length, more.length);
        said = terminal.type(0, all);
    }

    /** What lies there for who has these keys, as a file. */
    private Path fetched(Path dir, String who, String other, String kind) throws Exception {
        exchange(dir, "inbox", "--keys", file(who), "--with", file(other + ".pub"), "--out", file("mail of " + who));
        try (var files = Files.list(file("mail of " + who))) {
            return files.filter(name -> name.toString().endsWith(kind))
                    .findFirst()
                    .orElseThrow();
        }
    }

    /** The parties share the addresses of the cluster and their public keys, and no file besides. */
    private void throughTheMailbox(Path dir) throws Exception {
        Path text = written("lease", "You live here.");
        Path offer = file("lease.offer");
        exchange(dir, "inbox", "--keys", file("bob"), "--with", file("alice.pub"), "--out", file("mail of bob"));
        assertThat(said).contains("nothing lies there");
        exchange(
                dir,
                "offer",
                "--mailbox",
                "--keys",
                file("alice"),
                "--to",
                file("bob.pub"),
                "--text",
                text,
                "--out",
                offer);
        Path first = fetched(dir, "bob", "alice", ".offer");
        assertThat(said).contains("accept, or leave it");
        exchange(
                dir,
                "accept",
                "--keys",
                file("bob"),
                "--text",
                text,
                "--offer",
                first,
                "--out",
                file("lease.accepted"));
        exchange(dir, "leave", "--offer", first, file("lease.accepted"));
        Path second = fetched(dir, "alice", "bob", ".acceptance");
        assertThat(said).contains(": confirm");
        exchange(
                dir,
                "confirm",
                "--mailbox",
                "--keys",
                file("alice"),
                "--offer",
                offer,
                "--acceptance",
                second,
                "--out",
                file("lease.confirmed"));
        Path third = fetched(dir, "bob", "alice", ".confirmation");
        exchange(
                dir,
                "open",
                "--mailbox",
                "--keys",
                file("bob"),
                "--offer",
                first,
                "--acceptance",
                file("lease.accepted"),
                "--confirmation",
                third,
                "--out",
                file("lease.opened"));
        Path fourth = fetched(dir, "alice", "bob", ".opening");
        assertThat(said).contains("verify");
        exchange(
                dir,
                "verify",
                "--text",
                text,
                "--offer",
                offer,
                "--acceptance",
                second,
                "--confirmation",
                file("lease.confirmed"),
                "--opening",
                fourth);
        assertThat(said).startsWith("a contract between");
        terminal.type(0, "exchange", "keys", "--out", file("eve"));
        exchange(dir, "inbox", "--keys", file("eve"), "--with", file("alice.pub"), "--out", file("mail of eve"));
        assertThat(said).contains("nothing lies there");
    }

    private void withoutTheGroup(Path dir) {
        offerAndAccept(dir, "contract");
        terminal.type(
                0,
                "exchange",
                "confirm",
                "--keys",
                file("alice"),
                "--offer",
                file("contract.1"),
                "--acceptance",
                file("contract.2"),
                "--out",
                file("contract.3"));
        terminal.type(
                0,
                "exchange",
                "open",
                "--keys",
                file("bob"),
                "--offer",
                file("contract.1"),
                "--acceptance",
                file("contract.2"),
                "--confirmation",
                file("contract.3"),
                "--out",
                file("contract.4"));
        assertThat(terminal.type(
                        0,
                        "exchange",
                        "verify",
                        "--dir",
                        dir,
                        "--text",
                        file("contract"),
                        "--offer",
                        file("contract.1"),
                        "--acceptance",
                        file("contract.2"),
                        "--confirmation",
                        file("contract.3"),
                        "--opening",
                        file("contract.4")))
                .startsWith("a contract between");
    }

    private void abortedAndResolved(Path dir) throws Exception {
        written("second", "We buy, you sell.");
        offerAndAccept(dir, "second");
        assertThat(decision(0, "abort", dir, "alice", "second")).contains("\"state\":\"aborted\"");
        assertThat(decision(0, "resolve", dir, "bob", "second", "--acceptance", file("second.2")))
                .contains("\"state\":\"aborted\"");
        written("third", "We rent.");
        offerAndAccept(dir, "third");
        assertThat(decision(0, "resolve", dir, "bob", "third", "--acceptance", file("third.2"), "--out", file("token")))
                .contains("\"state\":\"resolved\"");
        assertThat(decision(0, "abort", dir, "alice", "third")).contains("\"state\":\"resolved\"");
        assertThat(terminal.type(
                        0,
                        "exchange",
                        "verify",
                        "--dir",
                        dir,
                        "--text",
                        file("third"),
                        "--offer",
                        file("third.1"),
                        "--acceptance",
                        file("third.2"),
                        "--token",
                        file("token")))
                .startsWith("a contract between");
        terminal.type(
                1,
                "exchange",
                "verify",
                "--dir",
                dir,
                "--text",
                file("second"),
                "--offer",
                file("second.1"),
                "--acceptance",
                file("second.2"),
                "--token",
                file("token"));
        assertThat(terminal.errors()).contains("no contract: the token is one about another exchange");
    }

    private void swapped(Path dir) throws Exception {
        written("song", "la la la");
        written("coin", "one ducat");
        terminal.type(
                0,
                "exchange",
                "offer-item",
                "--dir",
                dir,
                "--keys",
                file("alice"),
                "--to",
                file("bob.pub"),
                "--item",
                file("song"),
                "--for",
                sha256("one ducat"),
                "--terms",
                "a song for a coin",
                "--out",
                file("swap.1"));
        terminal.type(
                0,
                "exchange",
                "accept-item",
                "--dir",
                dir,
                "--keys",
                file("bob"),
                "--item",
                file("coin"),
                "--offer",
                file("swap.1"),
                "--out",
                file("swap.2"));
        assertThat(decision(
                        0,
                        "resolve",
                        dir,
                        "alice",
                        "swap",
                        "--acceptance",
                        file("swap.2"),
                        "--item-out",
                        file("got.coin")))
                .contains("\"item\":true");
        assertThat(file("got.coin")).hasContent("one ducat");
        decision(0, "resolve", dir, "bob", "swap", "--acceptance", file("swap.2"), "--item-out", file("got.song"));
        assertThat(file("got.song")).hasContent("la la la");
    }
}
