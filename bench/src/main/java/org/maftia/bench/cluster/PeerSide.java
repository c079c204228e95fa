package org.maftia.bench.cluster;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.maftia.client.load.LoadResult;
import org.maftia.client.load.ProcessCost;

/**
 * BFT-SMaRt with the benchmark server and client that come with it, unmodified, from a folder that holds its
 * {@code lib} and {@code config}. Its client process runs one thread and one connection to each replica for every client.
 */
final class PeerSide implements Side {
    private static final String SERVER = "bftsmart.demo.microbenchmarks.ThroughputLatencyServer";
    private static final String CLIENT = "bftsmart.demo.microbenchmarks.ThroughputLatencyClient";

    /** The client connects its threads one by one. */
    private static final int CONNECT_SECONDS = 120;

    /** Its threads begin slowly: pauses of 1000, 900, ... ms between their first requests. */
    private static final int RAMP_SECONDS = 6;

    /** More than any run sends: the client then stays in the first half of its run, which counts like the second. */
    private static final int ENDLESS = 200_000_000;

    /** How long the file of latencies may lag behind. */
    private static final int FILE_SECONDS = 10;

    private final Path peer;
    private final Path place;
    private final int replicas;
    private final Durability durability;
    private final Processes processes = new Processes();
    private final List<Long> pids = new ArrayList<>();
    private int firstClient = 1001;

    /**
     * @param peer holds {@code lib/*.jar} and {@code config}
     * @param place a directory for its configuration and what its processes print
     * @param replicas of which fewer than a third may fall
     */
    PeerSide(Path peer, Path place, int replicas, Durability durability) {
        this.peer = peer.toAbsolutePath();
        this.place = place;
        this.replicas = replicas;
        this.durability = durability;
    }

    @Override
    public String name() {
        return "bft-smart";
    }

    @Override
    public int replicas() {
        return replicas;
    }

    @Override
    public String configuration() {
        return replicas + " replica processes, TLS 1.2 between replicas, requests unsigned, " + durability.ofPeer()
                + ", warnings logged only; one client process, a thread and a connection to each replica for every"
                + " client";
    }

    @Override
    public void start() throws IOException, InterruptedException {
        PeerConfiguration.write(peer.resolve("config"), place.resolve("config"), replicas, durability);
        List<Process> servers = new ArrayList<>();
        for (int i = 0; i < replicas; i++) {
            Process server = processes.start(
                    place, console(i), java(SERVER, Integer.toString(i), "1000000", "0", "0", "false", "nosig"));
            servers.add(server);
            pids.add(server.pid());
        }
        for (int i = 0; i < replicas; i++) {
            Processes.awaitWords(servers.get(i), console(i), "Ready to process operations", 1, CONNECT_SECONDS);
        }
    }

    private Path console(int replica) {
        return place.resolve("replica" + replica + ".log");
    }

    private List<String> java(String main, String... arguments) {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx1g",
                "-Djava.security.properties=./config/java.security",
                "-Dlogback.configurationFile=./config/logback.xml",
                "-cp",
                peer.resolve("lib") + "/*",
                main));
        command.addAll(List.of(arguments));
        return command;
    }

    @Override
    public LoadResult measure(int payload, int clients, Times times) throws IOException, InterruptedException {
        Path console = place.resolve("client.log");
        Path latencies = place.resolve("latencies_" + firstClient + ".txt");
        Process client = processes.start(
                place,
                console,
                java(
                        CLIENT,
                        Integer.toString(firstClient),
                        Integer.toString(clients),
                        Integer.toString(ENDLESS),
                        Integer.toString(payload),
                        "0",
                        "false",
                        "false",
                        "nosig"));
        firstClient += clients;
        try {
            Processes.awaitWords(client, console, "Warm up", clients, CONNECT_SECONDS);
            TimeUnit.SECONDS.sleep(RAMP_SECONDS + (long) times.warmSeconds());
            ProcessCost before = ProcessCost.of(pids);
            long begin = System.currentTimeMillis();
            TimeUnit.SECONDS.sleep(times.seconds());
            long end = System.currentTimeMillis();
            ProcessCost cost = ProcessCost.of(pids).minus(before);
            awaitWritten(latencies, end);
            return PeerLatencies.read(latencies, begin, end).result(clients, payload, cost);
        } finally {
            processes.stop(client);
            Files.deleteIfExists(latencies);
        }
    }

    /** The client writes its file in blocks, so the load goes on until the measured time is in it. */
    private static void awaitWritten(Path latencies, long end) throws IOException, InterruptedException {
        for (int second = 0; second < FILE_SECONDS; second++) {
            if (PeerLatencies.lastMillis(latencies) > end) {
                return;
            }
            TimeUnit.SECONDS.sleep(1);
        }
        throw new IOException("the peer's client does not write its latencies");
    }

    @Override
    public void close() {
        processes.close();
    }
}
