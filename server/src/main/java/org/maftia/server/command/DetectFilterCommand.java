package org.maftia.server.command;

import java.io.IOException;
import java.util.List;
import org.maftia.server.configuration.ConfigurationException;
import org.maftia.server.detection.FilterExport;
import org.maftia.services.detection.filter.Filter;
import org.maftia.services.detection.filter.FilterSet;
import org.maftia.services.detection.filter.Stage;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code maftia detect filter}: the decisions. What reads alarms are {@link DetectFilterRunCommand} and its like. */
@Command(
        name = "filter",
        description = {
            "Decide which alarms nobody has to see, and keep an eye on them.",
            "",
            "propose mines clusters; canaries reads recorded attacks, which no filter may hide; explain gives a",
            "filter an owner and a cause; shadow lets it tag for a week; approve and activate let it work until it",
            "expires; run holds alarms against the filters and keeps what they take; audit counts that, and charges",
            "an incident to the filters that hid a part of it.",
            "",
            "  maftia detect filter propose eve.json.gz",
            "  maftia detect filter list",
            "  maftia detect filter explain f-... --owner Ada --cause \"vulnerability scanner, ticket 17\"",
            "  maftia detect filter shadow f-... --by Ada",
            "  maftia detect filter run eve.json",
            "",
            "What no filter may hide stands in gates.toml in the directory of the filters:",
            "  [gates]",
            "  canaries = [\"suricata:1:2019284\"]  # besides those of 'canaries'; with none, no filter passes",
            "  severity = 4",
            "  techniques = [\"T1003\"]",
            "  [own]",
            "  addresses = [\"10.0.0.1\"]           # of our own replicas"
        },
        subcommands = {
            DetectFilterProposeCommand.class,
            DetectFilterCanariesCommand.class,
            DetectFilterRunCommand.class,
            DetectFilterAuditCommand.class
        },
        sortOptions = false)
final class DetectFilterCommand implements Runnable {
    private static final String ID = "The filter, as 'maftia detect filter list' shows it.";

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    @Mixin
    private final HelpOption help = new HelpOption();

    @Override
    public void run() {
        spec.commandLine().usage(spec.commandLine().getOut());
    }

    @Command(name = "explain", description = "Name who answers for a filter, and why its alarms are no attack.")
    int explain(
            @Mixin OutputOption output,
            @Mixin FilterOption filters,
            @Parameters(paramLabel = "ID", description = ID) String id,
            @Option(names = "--owner", paramLabel = "NAME", required = true, description = "Who answers for it.")
                    String owner,
            @Option(names = "--cause", paramLabel = "TEXT", required = true, description = "What makes these alarms.")
                    String cause)
            throws CommandException, ConfigurationException, IOException {
        FilterSet set = filters.load();
        filters.save(filters.decisions().explain(set, id, owner, cause, FilterOption.nowMicros()), id, output);
        return 0;
    }

    @Command(name = "shadow", description = "Let a filter tag alarms, and hide none.")
    int shadow(
            @Mixin OutputOption output,
            @Mixin FilterOption filters,
            @Parameters(paramLabel = "ID", description = ID) String id,
            @Option(names = "--by", paramLabel = "NAME", required = true, description = "Who decides.") String by)
            throws CommandException, ConfigurationException, IOException {
        filters.save(filters.decisions().shadow(filters.load(), id, by, FilterOption.nowMicros()), id, output);
        return 0;
    }

    @Command(
            name = "approve",
            description = "Allow a filter to work that was in shadow for seven days, or has tripped.")
    int approve(
            @Mixin OutputOption output,
            @Mixin FilterOption filters,
            @Parameters(paramLabel = "ID", description = ID) String id,
            @Option(names = "--by", paramLabel = "NAME", required = true, description = "Who decides.") String by,
            @Option(names = "--reason", paramLabel = "TEXT", required = true, description = "Why; it is kept.")
                    String reason)
            throws CommandException, ConfigurationException, IOException {
        FilterOption.warn(output.commandLine().getErr());
        filters.save(filters.decisions().approve(filters.load(), id, by, reason, FilterOption.nowMicros()), id, output);
        return 0;
    }

    @Command(name = "activate", description = "Let an approved filter work.")
    int activate(
            @Mixin OutputOption output,
            @Mixin FilterOption filters,
            @Parameters(paramLabel = "ID", description = ID) String id,
            @Option(names = "--by", paramLabel = "NAME", required = true, description = "Who decides.") String by)
            throws CommandException, ConfigurationException, IOException {
        FilterOption.warn(output.commandLine().getErr());
        filters.save(filters.decisions().activate(filters.load(), id, by, FilterOption.nowMicros()), id, output);
        return 0;
    }

    @Command(name = "revoke", description = "Take a filter back, for good. This only shows more.")
    int revoke(
            @Mixin OutputOption output,
            @Mixin FilterOption filters,
            @Parameters(paramLabel = "ID", description = ID) String id,
            @Option(names = "--by", paramLabel = "NAME", required = true, description = "Who decides.") String by,
            @Option(names = "--reason", paramLabel = "TEXT", required = true, description = "Why; it is kept.")
                    String reason)
            throws CommandException, ConfigurationException, IOException {
        filters.save(filters.decisions().revoke(filters.load(), id, by, reason, FilterOption.nowMicros()), id, output);
        return 0;
    }

    @Command(name = "list", description = "Show all filters, their gates and their ends.")
    int list(@Mixin OutputOption output, @Mixin FilterOption filters)
            throws CommandException, ConfigurationException, IOException {
        FilterList.print(filters.load(), filters.gates(), filters.taken(), filters.tagged(), output);
        return 0;
    }

    @Command(name = "show", description = "Show one filter, with who decided what about it, when and why.")
    int show(
            @Mixin OutputOption output,
            @Mixin FilterOption filters,
            @Parameters(paramLabel = "ID", description = ID) String id)
            throws CommandException, ConfigurationException, IOException {
        FilterSet set = filters.load();
        FilterList.printOne(set, known(set, id), filters.gates(), filters.taken(), filters.tagged(), output);
        return 0;
    }

    private static Filter known(FilterSet set, String id) throws CommandException {
        return set.filter(id)
                .orElseThrow(() -> new CommandException("there is no filter " + id, "'maftia detect filter list'"));
    }

    @Command(
            name = "export",
            description = {
                "Write an active filter in the language of a sensor, never wider than it is.",
                "",
                "A sensor has no guard, no audit and no end, and what it suppresses is kept nowhere: --without-guard",
                "says that this is understood."
            })
    int export(
            @Mixin OutputOption output,
            @Mixin FilterOption filters,
            @Parameters(paramLabel = "ID", description = ID) String id,
            @Option(
                            names = "--to",
                            paramLabel = "SENSOR",
                            required = true,
                            description = "suricata, snort3, wazuh or sigma.")
                    String to,
            @Option(names = "--without-guard", description = "Guard, audit and end stay behind.") boolean withoutGuard,
            @Option(names = "--hostless", description = "This sensor never names a host.") boolean hostless,
            @Option(names = "--first-rule", defaultValue = "119000", description = "Of Wazuh: a free number.")
                    int firstRule)
            throws CommandException, ConfigurationException, IOException {
        FilterExport.Target target = FilterExport.Target.named(to)
                .orElseThrow(
                        () -> new CommandException("no exports to '" + to + "'", "suricata, snort3, wazuh, sigma"));
        FilterSet set = filters.load();
        Filter filter = known(set, id);
        if (filter.stage() != Stage.ACTIVE) {
            throw new CommandException(id + " is " + filter.stage(), "only what is ACTIVE is exported");
        }
        if (filters.gates().hasOwn()) {
            throw new CommandException(
                    "a sensor cannot except our own replicas, which [own] names", "let 'filter run' enforce it");
        }
        if (!withoutGuard) {
            throw new CommandException(
                    to + " has no guard, no audit and no end for it", "--without-guard says that this is understood");
        }
        FilterExport.Result result = FilterExport.of(filter, set.hierarchies(), target, hostless, firstRule);
        if (!result.refusals().isEmpty()) {
            throw new CommandException(
                    "not exported: " + String.join("; ", result.refusals()),
                    "nothing wider than the filter is written");
        }
        var json = Json.object().put("filter", id).put("target", to);
        List<String> lines = result.lines();
        lines.forEach(json.putArray("lines")::add);
        output.print(json, lines.toArray(String[]::new));
        return 0;
    }
}
