package org.maftia.server.command;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.maftia.server.configuration.ConfigurationException;
import org.maftia.server.configuration.InventoryFile;
import org.maftia.server.sensor.AlarmCount;
import org.maftia.server.sensor.ClusterView;
import org.maftia.server.sensor.CountingEngine;
import org.maftia.server.sensor.CountingException;
import org.maftia.server.sensor.CountingTask;
import org.maftia.server.sensor.FindingExport;
import org.maftia.server.sensor.Format;
import org.maftia.server.sensor.OutputFile;
import org.maftia.server.sensor.Progress;
import org.maftia.server.sensor.Tally;
import org.maftia.services.detection.AlarmTable;
import org.maftia.services.detection.Cluster;
import org.maftia.services.detection.Hierarchies;
import org.maftia.services.detection.Miner;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code maftia detect mine}. */
@Command(
        name = "mine",
        description = {
            "Find what most alarms come from.",
            "",
            "Reads Suricata EVE and fast.log, Snort, Zeek, Wazuh, IDMEF, journald, sshd and AIT-ADS records; the",
            "format is found by looking. FILE may be compressed, an archive (ARCHIVE!MEMBER for one of its",
            "files), a directory, - for standard input, or unix:PATH to wait for one sensor on a socket. Bad",
            "records are counted and passed over.",
            "",
            "  maftia detect mine eve.json.gz",
            "  maftia detect mine --inventory site.toml --export ocsf=findings.json /var/log/suricata",
            "",
            "The inventory says what the site knows of itself:",
            "  [site]",
            "  internal = [\"203.0.113.0/24\"]   # besides the private networks",
            "  suffixes = [\"mail\"]             # the host jones_mail has the role mail",
            "  offset = 60                     # minutes that its clocks are ahead of UTC",
            "  [roles]",
            "  ns1 = \"dns\"",
            "",
            "A cluster is what alarms of one type have in common, so that its cause can be mended. With --classic",
            "types are generalised too: good summaries, and nothing that a filter may be made of."
        },
        sortOptions = false)
final class DetectMineCommand implements Callable<Integer> {
    private static final String SPARK = "spark";

    @Mixin
    private final OutputOption output = new OutputOption();

    @Option(
            names = "--format",
            paramLabel = "FORMAT",
            defaultValue = "auto",
            description = "auto (default), eve, fast, snort, zeek, wazuh, idmef, journald, sshd, ait or cptc.")
    private String format = "auto";

    @Option(names = "--sensor", paramLabel = "NAME", description = "The sensor of records that name none.")
    private @Nullable String sensor;

    @Option(
            names = {"--inventory", "--hierarchies"},
            paramLabel = "FILE",
            description = "What the site knows of itself, in TOML.")
    private @Nullable Path inventory;

    @Option(names = "--classic", description = "Generalise types too: a summary.")
    private boolean classic;

    @Option(
            names = "--min-size",
            paramLabel = "PERCENT",
            defaultValue = "5",
            description = "With --classic: the least size of the first cluster, of all alarms. Default 5.")
    private String minSize = "5";

    @Option(
            names = "--engine",
            paramLabel = "ENGINE",
            defaultValue = "java",
            description = "Who counts: java (default), or spark for what outgrows one machine. Same results.")
    private String engine = "java";

    @Option(
            names = "--engine-option",
            paramLabel = "NAME=VALUE",
            description = "A setting of the engine, such as spark.master=spark://HOST:7077.")
    private SortedMap<String, String> engineOptions = new TreeMap<>();

    @Option(names = "--samples", description = "Read a second time, and show a few records of each cluster.")
    private boolean samples;

    @Option(
            names = "--export",
            paramLabel = "FORM=FILE",
            description = "Also write all clusters to a file, whole or not at all, as ocsf, idmefv2 or tsv.")
    private List<String> exports = List.of();

    @Parameters(paramLabel = "FILE", arity = "1..*", description = "What to read.")
    private List<String> files = List.of();

    @Override
    public Integer call() throws CommandException, ConfigurationException, IOException {
        Optional<Format> named = format();
        int sizeBasisPoints = sizeBasisPoints();
        SequencedMap<Path, FindingExport.Form> targets = targets();
        Hierarchies hierarchies = inventory == null ? Hierarchies.ofNothing() : InventoryFile.read(inventory);
        long nowMicros = ChronoUnit.MICROS.between(Instant.EPOCH, Instant.now());
        CountingTask task = new CountingTask(files, named, Optional.ofNullable(sensor), nowMicros, hierarchies);
        AlarmCount count = count(task, Progress.to(output.commandLine().getErr()));
        if (count.reports().stream().allMatch(report -> report.format().isEmpty())) {
            throw nothing(count.total());
        }
        AlarmTable table = count.table();
        Miner miner = new Miner(hierarchies);
        List<Cluster> clusters = classic ? miner.classic(table, sizeBasisPoints) : miner.typePinned(table);
        List<ClusterView> views = views(clusters, count);
        DetectMineResult result = new DetectMineResult(count, views);
        if (samples) {
            result.findSamples(task);
        }
        for (var target : targets.entrySet()) {
            OutputFile.write(
                    target.getKey(), writer -> FindingExport.write(target.getValue(), views, nowMicros, writer));
        }
        if (output.isJson()) {
            output.writer().println(result.json());
        } else {
            result.print(output.writer());
        }
        output.writer().flush();
        return 0;
    }

    private CommandException nothing(Tally total) {
        boolean empty = total.bytes() == 0 && total.damagedInputs() == 0;
        String where = String.join(", ", files);
        String known = "formats are " + Format.names() + "; compressed by gzip or zip, or not at all";
        return new CommandException(
                empty ? "there is nothing in " + where : "no alarms of a known format in " + where,
                total.damages().isEmpty() ? known : total.damages().getFirst());
    }

    private AlarmCount count(CountingTask task, Progress progress) throws CommandException, IOException {
        Optional<CountingEngine> found = CountingEngine.named(engine);
        if (found.isEmpty()) {
            String hint = engine.equals(SPARK)
                    ? "bin/maftia fetches and builds it at the first 'detect mine --engine spark'; docs/detection.md"
                            + " says more"
                    : "one of " + CountingEngine.names() + ", " + SPARK;
            throw new CommandException("there is no engine '" + engine + "' here", hint);
        }
        try {
            return found.get().count(task, System.in, engineOptions, progress);
        } catch (CountingException e) {
            throw new CommandException(String.valueOf(e.getMessage()), e.hint());
        }
    }

    private static List<ClusterView> views(List<Cluster> clusters, AlarmCount count) {
        if (clusters.isEmpty()) {
            return List.of();
        }
        AlarmTable table = count.table();
        ClusterView.Window window = ClusterView.Window.of(table);
        return clusters.stream()
                .map(cluster -> ClusterView.of(cluster, table.hierarchies(), window, count.titles()))
                .toList();
    }

    private Optional<Format> format() throws CommandException {
        Optional<Format> named = Format.named(format);
        if (named.isEmpty() && !format.equals("auto")) {
            throw new CommandException("there is no format '" + format + "'", "one of auto, " + Format.names());
        }
        return named;
    }

    /** In ten-thousandths, from a percentage with up to two decimals. */
    private int sizeBasisPoints() throws CommandException {
        boolean shaped = minSize.matches("\\d{1,3}(\\.\\d{1,2})?");
        int point = minSize.indexOf('.');
        String whole = point < 0 ? minSize : minSize.substring(0, point);
        String part = point < 0 ? "" : minSize.substring(point + 1);
        int size = shaped ? Integer.parseInt(whole) * 100 + Integer.parseInt((part + "00").substring(0, 2)) : 0;
        if (size < 1 || size > Miner.WHOLE) {
            throw new CommandException("'" + minSize + "' is no percentage", "write for example --min-size 0.5");
        }
        return size;
    }

    private SequencedMap<Path, FindingExport.Form> targets() throws CommandException {
        SequencedMap<Path, FindingExport.Form> targets = new LinkedHashMap<>();
        for (String export : exports) {
            int equals = export.indexOf('=');
            Optional<FindingExport.Form> form = FindingExport.Form.named(equals < 0 ? "" : export.substring(0, equals));
            if (form.isEmpty() || equals + 1 == export.length()) {
                throw new CommandException(
                        "'" + export + "' is no FORM=FILE", "forms are " + FindingExport.Form.names());
            }
            targets.put(Path.of(export.substring(equals + 1)), form.get());
        }
        return targets;
    }
}
