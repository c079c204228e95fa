package org.maftia.server.command;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import org.maftia.server.configuration.ConfigurationException;
import org.maftia.server.configuration.GatesFile;
import org.maftia.server.detection.Canaries;
import org.maftia.server.detection.FilterDirectory;
import org.maftia.server.detection.TakenAlarms;
import org.maftia.services.detection.filter.Decisions;
import org.maftia.services.detection.filter.Filter;
import org.maftia.services.detection.filter.FilterSet;
import org.maftia.services.detection.filter.Gates;
import picocli.CommandLine.Option;

/** {@code --filters}, the same for all commands that work on a machine's filters. */
final class FilterOption {
    @Option(
            names = "--filters",
            paramLabel = "D",
            description = "Directory of the filters (default: ./.maftia/detection).")
    private Path given = Path.of(".maftia", "detection");

    FilterDirectory directory() {
        return new FilterDirectory(given);
    }

    /** As gates.toml has them, with the canaries that were learnt from recordings. */
    Gates gates() throws ConfigurationException, IOException {
        Gates stated = GatesFile.read(directory().gates());
        SortedSet<String> canaries = new TreeSet<>(stated.canaries());
        canaries.addAll(Canaries.read(directory().canaries()));
        return new Gates(
                canaries, stated.severityDenied(), stated.techniquesDenied(), stated.ownAddresses(), stated.ownHosts());
    }

    Decisions decisions() throws ConfigurationException, IOException {
        return new Decisions(gates());
    }

    /** The filters, of which there must be some; those whose time is over have expired. */
    FilterSet load() throws CommandException, ConfigurationException, IOException {
        FilterSet set = directory()
                .load()
                .orElseThrow(() -> new CommandException(
                        "there are no filters in " + given, "'maftia detect filter propose FILE' mines some"));
        return decisions().expire(set, nowMicros());
    }

    /** What the filters took, of all that is kept. */
    TakenAlarms taken() throws IOException {
        return TakenAlarms.of(directory().suppressed(), nowMicros());
    }

    /** What those in shadow would have taken. */
    TakenAlarms tagged() throws IOException {
        return TakenAlarms.of(directory().tagged(), nowMicros());
    }

    static long nowMicros() {
        return ChronoUnit.MICROS.between(Instant.EPOCH, Instant.now());
    }

    /** Saves what was decided, or says why not. */
    void save(Decisions.Result result, String id, OutputOption output) throws CommandException, IOException {
        if (result.next().isEmpty()) {
            throw new CommandException(
                    String.join("; ", result.refusals()),
                    result.gates()
                            ? "the gates stand in " + directory().gates() + " and "
                                    + directory().canaries()
                            : "a filter is proposed, explained, in shadow, approved, activated; 'maftia detect filter"
                                    + " show "
                                    + id + "' says where it stands");
        }
        FilterSet next = result.next().get();
        directory().save(next);
        Filter filter = next.filters().get(id);
        String stage = filter == null ? "" : filter.stage().name();
        output.print(
                Json.object().put("filter", id).put("stage", stage).put("version", next.version()),
                id + " is " + stage + " in version " + next.version() + " of the filters.");
    }

    /** What every decision that lets a filter work must say. */
    static void warn(PrintWriter err) {
        List.of(
                        "maftia: note: signed with this machine's own key. A quorum of officers is not there yet:",
                        "maftia: note: whoever has this directory decides alone.")
                .forEach(err::println);
        err.flush();
    }
}
