package org.maftia.server.command;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.maftia.core.trust.ReplicaSet;
import org.maftia.core.trust.TrustException;
import org.maftia.core.trust.TrustPolicy;
import org.maftia.server.configuration.ConfigurationException;
import org.maftia.server.configuration.SensorsFile;
import org.maftia.server.sensor.CaptureReplay;
import org.maftia.services.detection.coverage.AttackClass;
import org.maftia.services.detection.coverage.Coverage;
import org.maftia.services.detection.coverage.Incident;
import org.maftia.services.detection.coverage.Measurement;
import org.maftia.services.detection.coverage.SensorSelection;
import org.maftia.services.detection.coverage.SensorTrust;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code maftia detect coverage}. */
@Command(
        name = "coverage",
        description = {
            "Tell which attacks a site's sensors see together, and what is left when some are corrupted.",
            "",
            "  maftia detect coverage sensors.toml",
            "  maftia detect coverage sensors.toml --tolerate site=1,any=1",
            "  maftia detect coverage sensors.toml --replay eve.json.gz --labels labels.csv",
            "",
            "The file has [trust] as a group's configuration has, and tables [[sensor]], [[asset]] and [[class]];",
            "see docs/detection.md. Verdicts: blind (nobody sees it), fragile (those who do may fall together),",
            "seen, corroborated (the correct ones among those who see it convince anybody).",
            "",
            "Exit code 1 when a class is not seen as well as the file requires."
        },
        sortOptions = false)
final class DetectCoverageCommand implements Callable<Integer> {
    @Mixin
    private final OutputOption output = new OutputOption();

    @Option(
            names = "--tolerate",
            paramLabel = "ATTR=K[,...]",
            description = "What may be corrupted together, instead of the file's [trust].")
    private @Nullable String tolerate;

    @Option(names = "--require", paramLabel = "FILE", description = "Tables [[class]] instead of those of the file.")
    private @Nullable Path require;

    @Option(
            names = "--replay",
            paramLabel = "EVE",
            arity = "1..*",
            description = "Logs of recorded attacks that were replayed to the sensors, to compare with.")
    private List<String> replays = List.of();

    @Option(
            names = "--labels",
            paramLabel = "CSV",
            description = "What the recordings show: the labels of OTRF's Security Datasets.")
    private @Nullable Path labels;

    @Parameters(paramLabel = "SENSORS.toml", description = "The sensors of the site.")
    private Path file = Path.of("");

    @Override
    public Integer call() throws CommandException, ConfigurationException, IOException {
        if (replays.isEmpty() != (labels == null)) {
            throw new CommandException(
                    "--replay and --labels go together", "the one says what was seen, the other what there was");
        }
        Optional<TrustPolicy.Clause> clause =
                tolerate == null ? Optional.empty() : Optional.of(PlanCommand.clause(tolerate));
        SensorsFile site = SensorsFile.read(file, clause);
        List<AttackClass> classes = require == null ? site.classes() : SensorsFile.readClasses(require);
        if (classes.isEmpty() || site.assets().isEmpty()) {
            throw new CommandException(
                    "there is nothing to be seen: " + (classes.isEmpty() ? "no [[class]]" : "no [[asset]]"),
                    "docs/detection.md shows a whole file");
        }
        SensorTrust trust = trust(site);
        Coverage coverage = coverage(site, classes, trust);
        SensorSelection selection = SensorSelection.cheapest(coverage, trust);
        DetectCoverageResult result =
                new DetectCoverageResult(site, coverage, trust, selection, measured(site, coverage, trust));
        if (output.isJson()) {
            output.writer().println(result.json());
        } else {
            result.print(output.writer());
        }
        output.writer().flush();
        return selection.unreachable().isEmpty() ? 0 : Maftia.EXIT_FAILURE;
    }

    private SensorTrust trust(SensorsFile site) throws ConfigurationException {
        try {
            return SensorTrust.compile(site.policy(), site.sensors());
        } catch (TrustException e) {
            throw new ConfigurationException(site.where() + ": " + e.getMessage(), e.hint());
        }
    }

    private static Coverage coverage(SensorsFile site, List<AttackClass> classes, SensorTrust trust)
            throws CommandException {
        try {
            return Coverage.of(site.sensors(), classes, site.assets(), trust);
        } catch (IllegalArgumentException e) {
            throw new CommandException(String.valueOf(e.getMessage()), "group assets that have the same sensors");
        }
    }

    private Optional<Measurement> measured(SensorsFile site, Coverage coverage, SensorTrust trust)
            throws CommandException, IOException {
        if (labels == null) {
            return Optional.empty();
        }
        CaptureReplay replay = new CaptureReplay();
        for (String argument : replays) {
            replay.read(argument);
        }
        List<List<String>> beginnings = new ArrayList<>();
        ReplicaSet present = ReplicaSet.EMPTY;
        for (int i = 0; i < site.entries().size(); i++) {
            List<String> own = site.entries().get(i).alarms();
            beginnings.add(own);
            present = own.isEmpty() ? present : present.with(i);
        }
        if (present.isEmpty()) {
            throw new CommandException(
                    "no sensor says which alarms of the replay are its own",
                    "write for example alarms = [\"suricata:1:2\"] below [[sensor]]");
        }
        List<Incident> incidents = replay.incidents(labels, beginnings);
        if (incidents.isEmpty()) {
            throw new CommandException(
                    "no recording of the replay has a label", "labels are joined by the beginning of pcap_filename");
        }
        return Optional.of(Measurement.of(coverage, trust, present, incidents));
    }
}
