package org.maftia.server.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import org.maftia.server.cluster.FreePorts;
import org.maftia.server.cluster.SecureHttp;

/** Hosts of operators, each a directory of this machine with one replica, {@code r1} on the first. */
final class Hosts implements AutoCloseable {
    private final Path world;
    private final Terminal terminal;
    private final List<List<Integer>> ports = new ArrayList<>();
    private final List<Process> replicas = new ArrayList<>();

    Hosts(Path world, int count, Terminal terminal) throws IOException {
        this.world = world;
        this.terminal = terminal;
        List<Integer> drawn = FreePorts.several(4 * count);
        for (int i = 0; i < count; i++) {
            ports.add(drawn.subList(4 * i, 4 * i + 4));
        }
    }

    Path host(int replica) {
        return world.resolve("host" + replica);
    }

    int httpPort(int replica) {
        return ports.get(replica - 1).get(3);
    }

    Path passphrase(String owner) throws IOException {
        Path file = world.resolve(owner + ".passphrase");
        if (!Files.exists(file)) {
            Files.writeString(file, "correct horse of " + owner + "\n");
        }
        return file;
    }

    /** The entry of a replica in the description of its group. */
    String entry(int replica) {
        List<Integer> own = ports.get(replica - 1);
        return """
                [[replica]]
                id = "r%d"
                host = "127.0.0.1"
                link = %d
                client = %d
                https = %d
                http = %d
                """.formatted(replica, own.get(0), own.get(1), own.get(2), own.get(3));
    }

    private static Object[] words(List<Object> words, Object... more) {
        List<Object> all = new ArrayList<>(words);
        all.addAll(Arrays.asList(more));
        return all.toArray();
    }

    String init(int replica, String hostName, Object... more) throws IOException {
        String id = "r" + replica;
        List<Object> words =
                List.of("init", id, "--dir", host(replica), "--host", hostName, "--passphrase-file", passphrase(id));
        return terminal.type(0, words(words, more));
    }

    /** What is typed at the ceremony, with the enrolments of these members. */
    Object[] ceremony(Path config, Path out, List<Integer> members, Object... more) throws IOException {
        List<Object> words = new ArrayList<>(List.of("key", "ceremony", "--config", config, "--out", out));
        words.addAll(List.of("--passphrase-file", passphrase("officers")));
        members.forEach(i -> words.add(host(i).resolve("r" + i + ".enrol")));
        return words(words, more);
    }

    /** The transcript's hash, from what the ceremony prints. */
    static String hashIn(String printed) {
        var matcher = Pattern.compile("transcript ([0-9a-f]{64})").matcher(printed);
        assertThat(matcher.find()).as(printed).isTrue();
        return matcher.group(1);
    }

    /** What is typed to install the shares of a replica. */
    Object[] install(int replica, Path results, String hash, Object... more) throws IOException {
        String id = "r" + replica;
        List<Object> words = new ArrayList<>(List.of("key", "install", id, "--dir", host(replica)));
        words.addAll(List.of("--transcript", results.resolve("transcript.json")));
        words.addAll(List.of("--shares", results.resolve(id + ".shares"), "--expect", hash));
        words.addAll(List.of("--passphrase-file", passphrase(id)));
        return words(words, more);
    }

    void start(int replica) throws IOException {
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

    boolean isReady(SecureHttp http, int replica) {
        String gateway = "https://127.0.0.1:" + ports.get(replica - 1).get(2);
        try {
            return http.get(gateway + "/ready", 2_000).status() == 200;
        } catch (IOException e) {
            return false; // not yet
        }
    }

    @Override
    public void close() throws InterruptedException {
        replicas.forEach(Process::destroy);
        for (Process replica : replicas) {
            replica.waitFor();
        }
    }
}
