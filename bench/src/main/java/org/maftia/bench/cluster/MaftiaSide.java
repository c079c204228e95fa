package org.maftia.bench.cluster;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.maftia.client.load.LoadResult;
import org.maftia.server.cluster.ClusterDirectory;
import org.maftia.server.cluster.Endpoints;

/** The built program: {@code maftia up} in a directory of its own, loaded by {@code maftia bench}. */
final class MaftiaSide implements Side {
    /** The first start makes RSA keys, which takes as long as luck has it. */
    private static final int START_SECONDS = 240;

    private final Path program;
    private final Path place;
    private final Setup setup;
    private final Processes processes = new Processes();
    private @Nullable Process up;
    private int replicas;

    /**
     * What decides how fast it is.
     *
     * @param name by which rows tell it
     * @param layout as {@code maftia up} knows it
     * @param rsaBits the length of the key of time-stamps
     * @param mode how clients give their requests to the group; null: as {@code maftia bench} does
     * @param settings more of the configuration, as {@code --set} takes it
     */
    record Setup(
            String name,
            String layout,
            Durability durability,
            int rsaBits,
            @Nullable String mode,
            List<String> settings) {}

    /**
     * @param program the path of {@code bin/maftia}
     * @param place a directory for the cluster and what its processes print
     */
    MaftiaSide(Path program, Path place, Setup setup) {
        this.program = program;
        this.place = place;
        this.setup = setup;
    }

    @Override
    public String name() {
        return setup.name;
    }

    /** As many as the layout has when it is started. */
    @Override
    public int replicas() {
        return replicas;
    }

    @Override
    public String configuration() {
        return "layout " + setup.layout
                + ", a process for each replica, TLS 1.3 with verified certificates on links and for clients, "
                + setup.durability.ofMaftia() + "; one client process, one connection to each replica";
    }

    private Path cluster() {
        return place.resolve("cluster");
    }

    @Override
    public void start() throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(
                List.of(program.toString(), "up", "--dir", cluster().toString(), "--layout", setup.layout));
        command.addAll(List.of("--set", "rsa.bits=" + setup.rsaBits));
        setup.settings.forEach(setting -> command.addAll(List.of("--set", setting)));
        if (setup.durability != Durability.SYNCED) {
            command.addAll(List.of("--set", "journal.sync=false"));
        }
        Process process = processes.start(place, place.resolve("up.log"), command);
        up = process;
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(START_SECONDS);
        while (endpoints().isEmpty()) {
            if (!process.isAlive() || System.nanoTime() - end > 0) {
                throw new IOException("the cluster did not start: " + Files.readString(place.resolve("up.log")));
            }
            TimeUnit.MILLISECONDS.sleep(100);
        }
        replicas = endpoints().orElseThrow().replicas().size();
    }

    /** How to reach the cluster, once it is up. */
    Optional<Endpoints> endpoints() throws IOException {
        return Endpoints.read(new ClusterDirectory(cluster()).endpointsFile());
    }

    ClusterDirectory directory() {
        return new ClusterDirectory(cluster());
    }

    Path caCertificate(Endpoints endpoints) {
        return cluster().resolve(endpoints.caCertificate());
    }

    @Override
    public LoadResult measure(int payload, int clients, Times times) throws IOException, InterruptedException {
        Path console = place.resolve("bench.log");
        List<String> command = new ArrayList<>(List.of(
                program.toString(),
                "bench",
                "--json",
                "--dir",
                cluster().toString(),
                "--clients",
                Integer.toString(clients),
                "--payload",
                Integer.toString(payload),
                "--warm",
                Integer.toString(times.warmSeconds()),
                "--seconds",
                Integer.toString(times.seconds())));
        if (setup.mode != null) {
            command.addAll(List.of("--mode", setup.mode));
        }
        Process bench = processes.start(place, console, command);
        int code = bench.waitFor();
        processes.stop(bench);
        String said = Files.readString(console, StandardCharsets.UTF_8).strip();
        if (code != 0) {
            throw new IOException("maftia bench failed: " + said);
        }
        return parse(said.substring(said.lastIndexOf('\n') + 1));
    }

    /** Reads the line that {@code maftia bench --json} prints. */
    static LoadResult parse(String line) throws IOException {
        JsonNode node = new ObjectMapper().readTree(line);
        return new LoadResult(
                node.required("clients").asInt(),
                node.required("payloadBytes").asInt(),
                node.required("operations").asLong(),
                node.required("failures").asLong(),
                node.required("operationsPerSecond").asDouble(),
                node.required("p50Micros").asLong(),
                node.required("p90Micros").asLong(),
                node.required("p99Micros").asLong(),
                node.required("p999Micros").asLong(),
                node.required("maxMicros").asLong(),
                node.required("cpuMicrosPerOperation").asDouble(),
                node.required("bytesPerOperation").asDouble());
    }

    @Override
    public void close() {
        Process process = up;
        if (process != null) {
            processes.stop(process);
        }
        processes.close();
    }
}
