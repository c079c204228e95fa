package org.maftia.bench.cluster;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.maftia.server.cluster.Endpoints;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The whole-cluster benchmark; see the package for what it measures and how. */
@Command(
        name = "benchmark cluster",
        mixinStandardHelpOptions = true,
        description = "Measures a cluster of real replica processes, alone or beside a peer.")
public final class ClusterBenchmark implements Callable<Integer> {
    /** A lone client would keep the compilers busy for minutes. */
    private static final int PREHEAT_CLIENTS = 80;

    @Option(
            names = "--replicas",
            paramLabel = "N",
            defaultValue = "4",
            description = "Processes of each side, of which fewer than a third may fall (default: 4).")
    private int replicas;

    @Option(
            names = "--layout",
            paramLabel = "LAYOUT",
            description = "As of maftia up, in the place of --replicas: hybrid-3, grid-4x4, ...")
    private @Nullable String layout;

    @Option(
            names = "--beside",
            paramLabel = "LAYOUT",
            description = "A second cluster of this layout, measured in turns with the first; ratios are told.")
    private @Nullable String beside;

    @Option(names = "--clients", split = ",", paramLabel = "N", defaultValue = "1,10,80,320")
    private List<Integer> clients = List.of();

    @Option(names = "--payload", split = ",", paramLabel = "BYTES", defaultValue = "0,1024")
    private List<Integer> payloads = List.of();

    @Option(names = "--rounds", defaultValue = "3", description = "How often each row is measured (default: 3).")
    private int rounds;

    @Option(names = "--seconds", defaultValue = "10", description = "How long a row is measured (default: 10).")
    private int seconds;

    @Option(names = "--warm", defaultValue = "5", description = "Seconds of load before that (default: 5).")
    private int warmSeconds;

    @Option(
            names = "--preheat",
            paramLabel = "SECONDS",
            defaultValue = "30",
            description = "Load of each payload before the first round, until compilers are done (default: 30).")
    private int preheatSeconds;

    @Option(names = "--durability", defaultValue = "synced", description = "synced or written (default: synced).")
    private Durability durability = Durability.SYNCED;

    @Option(names = "--peer", paramLabel = "DIR", description = "BFT-SMaRt: a folder with its lib and config.")
    private @Nullable Path peer;

    @Option(
            names = "--peer-durability",
            paramLabel = "HOW",
            description = "synced, written or memory (default: as --durability).")
    private @Nullable Durability peerDurability;

    @Option(names = "--tokens", description = "Measure time-stamps a second instead of operations.")
    private boolean tokens;

    @Option(names = "--registrations", description = "Measure registrations of documents a second instead.")
    private boolean registrations;

    @Option(names = "--entries", description = "Measure entries of the transparency log a second instead.")
    private boolean entries;

    @Option(names = "--orders", description = "Measure certificates ordered by ACME a second instead.")
    private boolean orders;

    @Option(names = "--logins", description = "Measure logins by passkey at the OpenID provider a second instead.")
    private boolean logins;

    @Option(
            names = "--static",
            description = "Measure how often a second revocation lists, answers of OCSP and tiles of the log are read"
                    + " instead.")
    private boolean reads;

    @Option(names = "--pebble", description = "With --orders: beside Pebble, which must be installed.")
    private boolean pebble;

    @Option(
            names = "--rsa-bits",
            paramLabel = "BITS",
            defaultValue = "3072",
            description = "Length of the key of time-stamps: 3072 (default) or 2048.")
    private int rsaBits;

    @Option(
            names = "--mode",
            paramLabel = "MODE",
            description = "broadcast or home: how clients give requests to the group (default: as maftia bench).")
    private @Nullable String mode;

    @Option(names = "--json", description = "Print JSON instead of a table.")
    private boolean json;

    private final PrintStream progress = System.err;

    /** @param arguments as {@code --help} explains */
    public static void main(String[] arguments) {
        System.exit(new CommandLine(new ClusterBenchmark())
                .setCaseInsensitiveEnumValuesAllowed(true)
                .execute(arguments));
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        Path place = Files.createTempDirectory("maftia-bench");
        List<Side> sides = new CopyOnWriteArrayList<>();
        // A benchmark that is broken off must not leave a cluster behind.
        Runtime.getRuntime().addShutdownHook(Thread.ofPlatform().unstarted(() -> sides.forEach(Side::close)));
        try {
            String first = layout;
            String second = beside;
            boolean ordering = !tokens && !registrations && !entries && !orders && !logins && !reads;
            String layoutName = first == null ? Integer.toString(replicas) : first;
            String kind = logins ? LoginLoad.configuration(layoutName, place).toString() : layoutName;
            MaftiaSide own = own(place, "maftia", second == null ? "maftia" : kind, kind);
            sides.add(own);
            if (second != null && ordering) {
                sides.add(own(place, "beside", second, second));
            }
            Path folder = peer;
            if (folder != null && second == null && ordering) {
                Durability theirs = peerDurability == null ? durability : peerDurability;
                sides.add(new PeerSide(folder, Files.createDirectory(place.resolve("peer")), replicas, theirs));
            }
            for (Side side : sides) {
                progress.println("starting " + side.name() + ": " + side.configuration());
                side.start();
                if (ordering && preheatSeconds > 0) {
                    for (int payload : payloads) {
                        side.measure(payload, PREHEAT_CLIENTS, new Side.Times(0, preheatSeconds));
                    }
                }
            }
            if (orders || reads) {
                Side.Times times = new Side.Times(warmSeconds, seconds);
                OrderRows rows = new OrderRows(own, Files.createDirectory(place.resolve("pebble")), pebble, progress);
                System.out.println(
                        orders
                                ? rows.measure(clients, rounds, times, json)
                                : rows.measureStatic(clients, rounds, times));
            } else {
                System.out.println(
                        registrations
                                ? registrations(own)
                                : entries
                                        ? entries(own)
                                        : tokens ? tokens(own) : logins ? logins(own) : operations(sides));
            }
        } finally {
            sides.forEach(Side::close);
            remove(place);
        }
        return 0;
    }

    private MaftiaSide own(Path place, String folder, String name, String kind) throws IOException {
        return new MaftiaSide(
                program(),
                Files.createDirectory(place.resolve(folder)),
                new MaftiaSide.Setup(
                        name, kind, durability, rsaBits, mode, orders || reads ? OrderRows.SETTINGS : List.of()));
    }

    private static Path program() {
        String root = System.getProperty("maftia.root");
        if (root == null) {
            throw new IllegalStateException("bin/benchmark says where the program is");
        }
        return Path.of(root, "bin", "maftia");
    }

    /** Sides alternate within a row, and rows within a round: a change of the machine hits all alike. */
    private String operations(List<Side> sides) throws IOException, InterruptedException {
        Side.Times times = new Side.Times(warmSeconds, seconds);
        Comparison comparison = new Comparison(
                sides.stream().map(Side::name).toList(),
                sides.stream().map(Side::replicas).toList());
        for (int round = 1; round <= rounds; round++) {
            for (int payload : payloads) {
                for (int count : clients) {
                    for (Side side : round % 2 == 1 ? sides : sides.reversed()) {
                        var result = side.measure(payload, count, times);
                        progress.println("round " + round + " " + side.name() + " " + result.text());
                        comparison.add(side.name(), result);
                    }
                }
            }
        }
        if (!json) {
            return comparison.text();
        }
        ObjectNode all = new ObjectMapper().createObjectNode();
        ObjectNode configurations = all.putObject("configurations");
        sides.forEach(side -> configurations.put(side.name(), side.configuration()));
        all.put("processors", Runtime.getRuntime().availableProcessors());
        ObjectNode sizes = all.putObject("replicas");
        sides.forEach(side -> sizes.put(side.name(), side.replicas()));
        all.put("rounds", rounds).put("seconds", seconds);
        all.set("rows", comparison.json());
        return all.toString();
    }

    private String registrations(MaftiaSide own) throws IOException, InterruptedException {
        Endpoints endpoints = own.endpoints().orElseThrow(() -> new IOException("the cluster is down"));
        ArrayNode rows = new ObjectMapper().createArrayNode();
        StringBuilder out = new StringBuilder();
        for (int round = 0; round < rounds; round++) {
            for (int count : clients) {
                RegistrationLoad.Registrations row = new RegistrationLoad(own.directory(), endpoints)
                        .run(count, new Side.Times(warmSeconds, seconds));
                progress.println("round " + (round + 1) + " " + row);
                out.append(row.text()).append(System.lineSeparator());
                ClosedLoop.Outcome registered = row.registered();
                rows.addObject()
                        .put("clients", registered.clients())
                        .put("registrationsPerSecond", registered.perSecond())
                        .put("p50PlaceMicros", row.p50PlaceMicros())
                        .put("p50Micros", registered.p50Micros())
                        .put("p99Micros", registered.p99Micros())
                        .put("busy", row.refused())
                        .put("cpuMicrosPerRegistration", registered.cpuMicros());
            }
        }
        return json ? rows.toString() : out.toString();
    }

    private String entries(MaftiaSide own) throws IOException, InterruptedException {
        Endpoints endpoints = own.endpoints().orElseThrow(() -> new IOException("the cluster is down"));
        ArrayNode rows = new ObjectMapper().createArrayNode();
        StringBuilder out = new StringBuilder();
        for (int round = 0; round < rounds; round++) {
            for (int count : clients) {
                EntryLoad.Entries row =
                        new EntryLoad(own.directory(), endpoints).run(count, new Side.Times(warmSeconds, seconds));
                progress.println("round " + (round + 1) + " " + row);
                out.append(row.text()).append(System.lineSeparator());
                ClosedLoop.Outcome recorded = row.recorded();
                rows.addObject()
                        .put("clients", recorded.clients())
                        .put("entriesPerSecond", recorded.perSecond())
                        .put("p50Micros", recorded.p50Micros())
                        .put("p99Micros", recorded.p99Micros())
                        .put("busy", row.busy())
                        .put("proved", row.proved())
                        .put("cpuMicrosPerEntry", recorded.cpuMicros());
            }
        }
        return json ? rows.toString() : out.toString();
    }

    private String tokens(MaftiaSide own) throws IOException, InterruptedException {
        Endpoints endpoints = own.endpoints().orElseThrow(() -> new IOException("the cluster is down"));
        return signatures(
                new SignatureRows.Kind("tokens", 1, (count, times) -> new TokenLoad(endpoints).run(count, times)));
    }

    private String logins(MaftiaSide own) throws IOException, InterruptedException {
        Endpoints endpoints = own.endpoints().orElseThrow(() -> new IOException("the cluster is down"));
        return signatures(new SignatureRows.Kind("logins", 2, new LoginLoad(own.directory(), endpoints)::run));
    }

    private String signatures(SignatureRows.Kind kind) throws IOException, InterruptedException {
        return new SignatureRows(kind, rsaBits, progress)
                .measure(clients, rounds, new Side.Times(warmSeconds, seconds), json);
    }

    private static void remove(Path place) throws IOException {
        try (Stream<Path> files = Files.walk(place)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        }
    }
}
