package org.maftia.server.command;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.maftia.server.configuration.ConfigurationException;
import org.maftia.server.configuration.InventoryFile;
import org.maftia.server.sensor.AlarmReader;
import org.maftia.server.sensor.ClusterView;
import org.maftia.server.sensor.Progress;
import org.maftia.services.detection.AlarmTable;
import org.maftia.services.detection.Cluster;
import org.maftia.services.detection.Hierarchies;
import org.maftia.services.detection.Miner;
import org.maftia.services.detection.filter.FilterSet;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code maftia detect filter propose}. */
@Command(
        name = "propose",
        description = "Mine alarms, and put each cluster among the filters as MINED. Nothing is hidden by that.",
        sortOptions = false)
final class DetectFilterProposeCommand implements Callable<Integer> {
    @Mixin
    private final OutputOption output = new OutputOption();

    @Mixin
    private final FilterOption filters = new FilterOption();

    @Option(names = "--inventory", paramLabel = "FILE", description = "What the site knows of itself; at first use.")
    private @Nullable Path inventory;

    @Parameters(paramLabel = "FILE", arity = "1..*", description = "What to read.")
    private List<String> files = List.of();

    @Override
    public Integer call() throws CommandException, ConfigurationException, IOException {
        Optional<FilterSet> present = filters.directory().load();
        Hierarchies stated = inventory == null ? Hierarchies.ofNothing() : InventoryFile.read(inventory);
        Hierarchies hierarchies = present.map(FilterSet::hierarchies).orElse(stated);
        if (inventory != null && !hierarchies.equals(stated)) {
            throw new CommandException(
                    "the filters that are there were made with another inventory",
                    "a filter means nothing under another one: begin in another directory");
        }
        long now = FilterOption.nowMicros();
        AlarmReader reader = new AlarmReader(
                Optional.empty(),
                Optional.empty(),
                now,
                Progress.to(output.commandLine().getErr()));
        AlarmTable table = new AlarmTable(hierarchies);
        long[] uncounted = {0};
        for (String file : files) {
            reader.read(file, System.in, alarm -> uncounted[0] += table.add(alarm) ? 0 : 1);
        }
        if (uncounted[0] > 0 || table.alarms() == 0) {
            throw new CommandException(
                    table.alarms() == 0 ? "no alarms in " + String.join(", ", files) : "more alarms than a table takes",
                    "what was not counted cannot be judged");
        }
        int days = ClusterView.Window.of(table).days();
        FilterSet before = present.orElse(FilterSet.empty(hierarchies));
        List<Cluster> clusters = new Miner(hierarchies).typePinned(table);
        FilterSet after = before.proposed(clusters, now, days);
        int daysMin = FilterSet.daysMin(days);
        long rare = clusters.stream()
                .filter(cluster -> cluster.tally().days() < daysMin)
                .count();
        filters.directory().save(after);
        int fresh = after.filters().size() - before.filters().size();
        output.print(
                Json.object()
                        .put("proposed", fresh)
                        .put("rare", rare)
                        .put("filters", after.filters().size())
                        .put("version", after.version()),
                fresh + " clusters of " + table.alarms() + " alarms on " + days + " days are MINED; "
                        + "'maftia detect filter list' shows them."
                        + (rare > 0 ? " " + rare + " were seen on fewer than " + daysMin + " days: left out." : ""));
        return 0;
    }
}
