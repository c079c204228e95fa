package org.maftia.server.command;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.maftia.server.configuration.ConfigurationException;
import org.maftia.server.configuration.InventoryFile;
import org.maftia.server.detection.BenchmarkPage;
import org.maftia.server.detection.BenchmarkReport;
import org.maftia.server.sensor.AlarmReader;
import org.maftia.server.sensor.OutputFile;
import org.maftia.server.sensor.Progress;
import org.maftia.services.detection.Alarm;
import org.maftia.services.detection.Attribute;
import org.maftia.services.detection.Hierarchies;
import org.maftia.services.detection.benchmark.LabelledNetwork;
import org.maftia.services.detection.benchmark.NetworkBenchmark;
import org.maftia.services.detection.benchmark.Outcome;
import org.maftia.services.detection.benchmark.Tuning;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code maftia detect bench}. */
@Command(
        name = "bench",
        description = {
            "Measure on labelled alarms what filters would remove, and which attacks they would hide.",
            "",
            "Filters are mined from the first days of each network and judged by the days after. Types that",
            "occur in attacks on the other networks given are canaries. FILE holds labelled alarms, as those of",
            "the AIT Alert Data Set; each file, and each member of an archive, is one network.",
            "",
            "  maftia detect bench --html bench.html train-networks.zip"
        },
        sortOptions = false)
final class DetectBenchCommand implements Callable<Integer> {
    /** By which the alarms of the labelled networks are compared, and what the names of their hosts say. */
    private static final Hierarchies AIT = new Hierarchies(
            List.of(Attribute.TYPE, Attribute.SRC, Attribute.HOST, Attribute.HOUR),
            List.of(),
            new TreeMap<>(),
            List.of("mail", "share", "server"),
            0);

    private static final int PERCENT = 100;

    @Mixin
    private final OutputOption output = new OutputOption();

    @Option(
            names = "--train-days",
            paramLabel = "N",
            defaultValue = "2",
            description = "Days to mine, from each network's first alarm (default: ${DEFAULT-VALUE}).")
    private int trainDays;

    @Option(
            names = "--guard",
            paramLabel = "N",
            defaultValue = "2",
            description = "A filter takes so many times its cause's busiest hour (default: ${DEFAULT-VALUE}).")
    private int guard;

    @Option(names = "--inventory", paramLabel = "FILE", description = "What the networks' roles are, in TOML.")
    private @Nullable Path inventory;

    @Option(names = "--html", paramLabel = "FILE", description = "Also write a report with charts, in one file.")
    private @Nullable Path html;

    @Parameters(paramLabel = "FILE", arity = "1..*", description = "What to read.")
    private List<String> files = List.of();

    @Override
    public Integer call() throws CommandException, ConfigurationException, IOException {
        if (trainDays < 1 || guard < 1 || guard > PERCENT) {
            throw new CommandException("--train-days and --guard are at least 1", "leave them out for 2 and 2");
        }
        Hierarchies hierarchies = inventory == null ? AIT : InventoryFile.read(inventory);
        long begin = System.nanoTime();
        Progress progress = Progress.to(output.commandLine().getErr());
        List<LabelledNetwork> networks = networks(hierarchies, progress);
        long readMillis = (System.nanoTime() - begin) / 1_000_000;
        BenchmarkReport report = BenchmarkReport.of(networks, guard * PERCENT, readMillis, progress::step);
        if (html != null) {
            OutputFile.write(html, writer -> writer.write(BenchmarkPage.of(report)));
        }
        output.print(json(report), report.lines().toArray(String[]::new));
        return 0;
    }

    private List<LabelledNetwork> networks(Hierarchies hierarchies, Progress progress)
            throws CommandException, IOException {
        long nowMicros = ChronoUnit.MICROS.between(Instant.EPOCH, Instant.now());
        AlarmReader reader = new AlarmReader(Optional.empty(), Optional.empty(), nowMicros, progress);
        List<List<Alarm>> alarms = new ArrayList<>();
        for (String file : files) {
            reader.read(file, System.in, alarm -> {
                // An input is reported when it was read: so many lie before the one that this alarm is of.
                while (alarms.size() <= reader.reports().size()) {
                    alarms.add(new ArrayList<>());
                }
                if (alarm.label() != null) {
                    alarms.get(reader.reports().size()).add(alarm);
                }
            });
        }
        List<LabelledNetwork> networks = new ArrayList<>();
        for (int i = 0; i < alarms.size(); i++) {
            if (!alarms.get(i).isEmpty()) {
                String name = name(reader.reports().get(i).input());
                networks.add(new LabelledNetwork(name, hierarchies, alarms.get(i), trainDays));
            }
        }
        if (networks.isEmpty()) {
            throw new CommandException(
                    "no labelled alarms in " + String.join(", ", files), "the column event_label of AIT-ADS is one");
        }
        networks.sort(Comparator.comparing(LabelledNetwork::name));
        return networks;
    }

    /** Of {@code folder/train.zip!fox_alerts.txt}: fox. */
    private static String name(String input) {
        String file = input.substring(Math.max(input.lastIndexOf('/'), input.lastIndexOf('!')) + 1);
        int end = file.indexOf('_') > 0 ? file.indexOf('_') : file.indexOf('.');
        return end > 0 ? file.substring(0, end) : file;
    }

    private static ObjectNode json(BenchmarkReport report) {
        ObjectNode root = Json.object();
        ArrayNode networks = root.putArray("networks");
        report.pinned().forEach(each -> networks.add(json(each)));
        ArrayNode sum = root.putArray("sum");
        NetworkBenchmark.sum(report.pinned()).forEach(each -> sum.add(json(each)));
        ArrayNode classics = root.putArray("classic");
        report.classics().forEach(classic -> {
            ObjectNode node = classics.addObject().put("minSizePercent", classic.size());
            node.put("clusters", classic.clusters());
            ArrayNode rows = node.putArray("rows");
            NetworkBenchmark.sum(classic.networks()).forEach(each -> rows.add(json(each)));
        });
        ArrayNode tunings = root.putArray("tuned");
        report.tunings().forEach(tuning -> tunings.add(json(tuning)));
        BenchmarkReport.LIMITS.forEach(root.putArray("limits")::add);
        BenchmarkReport.Cost cost = report.cost();
        root.putObject("cost")
                .put("alarms", cost.alarms())
                .put("readMillis", cost.readMillis())
                .put("mineMillis", cost.mineMillis())
                .put("replayMillis", cost.replayMillis())
                .put("heapPeakBytes", cost.heapPeakBytes());
        return root;
    }

    private static ObjectNode json(Tuning tuning) {
        ObjectNode node = Json.object().put("setting", tuning.setting().toString());
        node.put("reached", tuning.isReached());
        tuning.tuned().stream().map(NetworkBenchmark::network).forEach(node.putArray("tunedOn")::add);
        node.set("tuned", json(NetworkBenchmark.sum(tuning.tuned()).getFirst()));
        tuning.reported().stream().map(NetworkBenchmark::network).forEach(node.putArray("reportedOn")::add);
        node.set("reported", json(NetworkBenchmark.sum(tuning.reported()).getFirst()));
        return node;
    }

    private static ObjectNode json(NetworkBenchmark network) {
        ObjectNode node = Json.object().put("name", network.network());
        node.put("alarms", network.alarms()).put("training", network.training());
        node.put("tuples", network.tuples()).put("clusters", network.clusters());
        ArrayNode rows = node.putArray("rows");
        network.rows().forEach(row -> rows.add(json(row)));
        return node;
    }

    private static ObjectNode json(Outcome outcome) {
        ObjectNode node = Json.object().put("policy", outcome.policy()).put("filters", outcome.filters());
        node.put("removed", outcome.removed()).put("others", outcome.others());
        node.put("lost", outcome.lost()).put("attack", outcome.attack()).put("steps", outcome.steps());
        outcome.silenced().forEach(node.putArray("silenced")::add);
        return node;
    }
}
