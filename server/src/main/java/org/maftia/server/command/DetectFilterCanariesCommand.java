package org.maftia.server.command;

import com.fasterxml.jackson.databind.node.ArrayNode;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import org.maftia.server.configuration.ConfigurationException;
import org.maftia.server.detection.Canaries;
import org.maftia.server.sensor.AlarmReader;
import org.maftia.server.sensor.Progress;
import org.maftia.services.detection.Alarm;
import org.maftia.services.detection.filter.Filter;
import org.maftia.services.detection.filter.FilterSet;
import org.maftia.services.detection.filter.Gates;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code maftia detect filter canaries}. */
@Command(
        name = "canaries",
        description = {
            "Read recorded attacks: no filter hides an alarm of a type that occurs in them.",
            "",
            "Where alarms are labelled, the types of those that belong to attacks count; where they are not, all",
            "types. FILE is then a recording of attacks alone, as of a penetration test or a replayed capture:",
            "",
            "  maftia detect filter canaries NationalTeam1.json.gz",
            "",
            "They are kept in 'canaries' in the directory of the filters, and added to those of gates.toml. Filters",
            "that they refuse hide nothing from now on, and are named."
        },
        sortOptions = false)
final class DetectFilterCanariesCommand implements Callable<Integer> {
    @Mixin
    private final OutputOption output = new OutputOption();

    @Mixin
    private final FilterOption filters = new FilterOption();

    @Parameters(paramLabel = "FILE", arity = "1..*", description = "What to read.")
    private List<String> files = List.of();

    @Override
    public Integer call() throws CommandException, ConfigurationException, IOException {
        long now = FilterOption.nowMicros();
        SortedSet<String> types =
                new TreeSet<>(Canaries.read(filters.directory().canaries()));
        int before = types.size();
        AlarmReader reader = new AlarmReader(
                Optional.empty(),
                Optional.empty(),
                now,
                Progress.to(output.commandLine().getErr()));
        long[] attacks = {0};
        for (String file : files) {
            reader.read(file, System.in, alarm -> {
                if (alarm.label() == null || alarm.isAttack()) {
                    attacks[0]++;
                    add(alarm, types);
                }
            });
        }
        if (attacks[0] == 0) {
            throw new CommandException("no alarms of attacks in " + String.join(", ", files), "nothing was changed");
        }
        if (types.size() > Canaries.COUNT_MAX) {
            throw new CommandException(
                    "more than " + Canaries.COUNT_MAX + " types of alarms", "is this a recording of attacks?");
        }
        Files.createDirectories(filters.directory().root());
        Canaries.write(filters.directory().canaries(), types);
        print(types.size(), types.size() - before, attacks[0], refused(now));
        return 0;
    }

    private static void add(Alarm alarm, SortedSet<String> types) {
        if (types.size() <= Canaries.COUNT_MAX) {
            types.add(alarm.type());
        }
    }

    /** Filters, of whatever stage, that would hide alarms of known attacks. */
    private List<Filter> refused(long now) throws CommandException, ConfigurationException, IOException {
        Optional<FilterSet> set = filters.directory().load();
        if (set.isEmpty()) {
            return List.of();
        }
        Gates gates = filters.gates();
        return filters.decisions().expire(set.get(), now).filters().values().stream()
                .filter(each -> gates.canaries().contains(each.where().type().value()))
                .toList();
    }

    private void print(int all, int fresh, long attacks, List<Filter> refused) {
        var root = Json.object().put("alarms", attacks).put("added", fresh).put("canaries", all);
        ArrayNode ids = root.putArray("refused");
        List<String> lines = new ArrayList<>();
        lines.add(attacks + " alarms of attacks: " + fresh + " types are new, " + all + " are canaries now.");
        for (Filter filter : refused) {
            ids.add(filter.id());
            lines.add(filter.id() + " " + filter.stage() + " would hide alarms of a known attack: "
                    + filter.where().type().value());
        }
        output.print(root, lines.toArray(String[]::new));
    }
}
