package org.maftia.server.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.maftia.server.cluster.ClusterDirectory;

/** A cluster that {@code maftia up} made, in processes of its own, with short keys. */
final class UpProcess implements AutoCloseable {
    /** A machine that takes longer to make a key and start four processes does not end the test either. */
    private static final int MINUTES_MAX = 5;

    private final ClusterDirectory directory;
    private final Process process;

    /**
     * Returns when all gateways answer.
     *
     * @param world of the test, which holds the cluster then
     * @param more options of the command
     */
    UpProcess(Path world, String... more) throws Exception {
        this.directory = new ClusterDirectory(world.resolve("cluster"));
        List<String> words = new ArrayList<>();
        words.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        words.addAll(List.of("--enable-native-access=ALL-UNNAMED", "-cp", System.getProperty("java.class.path")));
        words.addAll(
                List.of(Maftia.class.getName(), "up", "--dir", directory.root().toString()));
        words.addAll(List.of("--set", "rsa.bits=2048"));
        words.addAll(List.of(more));
        Path console = world.resolve("up.txt");
        this.process = new ProcessBuilder(words)
                .redirectErrorStream(true)
                .redirectOutput(console.toFile())
                .start();
        long deadline = System.nanoTime() + TimeUnit.MINUTES.toNanos(MINUTES_MAX);
        while (!Files.exists(directory.endpointsFile())) {
            assertThat(process.isAlive()).as(Files.readString(console)).isTrue();
            assertThat(System.nanoTime()).as(Files.readString(console)).isLessThan(deadline);
            Thread.sleep(100);
        }
    }

    ClusterDirectory directory() {
        return directory;
    }

    @Override
    public void close() throws InterruptedException {
        process.destroy();
        process.waitFor(60, TimeUnit.SECONDS);
    }
}
