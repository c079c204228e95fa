package org.maftia.server.command;

import java.nio.file.Path;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.maftia.server.cluster.ClusterException;
import org.maftia.server.cluster.LocalCluster;
import org.maftia.server.cluster.LocalSuccession;
import org.maftia.server.configuration.Configuration;
import org.maftia.server.configuration.Overrides;
import org.maftia.server.succession.Edits;
import org.maftia.server.succession.Known;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code maftia reconfigure}. */
@Command(
        name = "reconfigure",
        description = {
            "Change the members, the trust and the keys of a group while it runs.",
            "",
            "With --add, --remove, --replace or --to, for a cluster that 'maftia up' made and runs: all steps at once,",
            "with new keys for everybody. Clients notice nothing. For a group on several hosts each step has a command",
            "of its own, at the place where its keys are; docs/reconfiguration.md tells them in their order."
        },
        subcommands = {
            ReconfigurePrepareCommand.class,
            ReconfigureSignCommand.class,
            ReconfigureSubmitCommand.class,
            ReconfigureStatusCommand.class
        },
        sortOptions = false)
final class ReconfigureCommand implements Callable<Integer> {
    @Mixin
    private final DirectoryOption directory = new DirectoryOption();

    @Mixin
    private final OutputOption output = new OutputOption();

    @Option(names = "--add", paramLabel = "ID", description = "A new replica joins, such as r5.")
    private @Nullable String added;

    @Option(names = "--remove", paramLabel = "ID", description = "A replica leaves.")
    private @Nullable String removed;

    @Option(
            names = "--replace",
            paramLabel = "ID",
            description = "A new replica with new keys takes the place of this one, in the same classes.")
    private @Nullable String replaced;

    @Option(names = "--by", paramLabel = "ID", description = "The name of the new one (default: the next free rN).")
    private @Nullable String successor;

    @Option(
            names = "--attributes",
            paramLabel = "NAME=CLASS",
            split = ",",
            description = "Where the new one stands, such as site=oslo,os=debian (default: classes of its own).")
    private final SortedMap<String, String> attributes = new TreeMap<>();

    @Option(
            names = "--to",
            paramLabel = "FILE",
            description = "An edited copy of D/group.toml: any replicas, [trust] and officers.")
    private @Nullable Path file;

    @Override
    public Integer call() throws Exception {
        int wishes = count(added) + count(removed) + count(replaced) + (file == null ? 0 : 1);
        if (wishes == 0) {
            output.commandLine().usage(output.writer());
            return 0;
        }
        if (wishes > 1) {
            throw new CommandException(
                    "one change at a time", "several at once: edit a copy of group.toml, and name it with --to");
        }
        LocalCluster cluster = LocalCluster.open(directory.existing());
        LocalSuccession succession = LocalSuccession.of(cluster, System.err::println);
        Known known = succession.perform(edited(succession));
        output.print(
                Json.object()
                        .put("configuration", known.number())
                        .put("digest", known.configuration().digest().toString())
                        .put("replicas", known.group().ids().size()),
                "configuration " + known.number() + " serves: "
                        + String.join(", ", known.group().ids()),
                "keys of the one before are needed no more: 'maftia key destroy ID' destroys them");
        return 0;
    }

    private static int count(@Nullable String option) {
        return option == null ? 0 : 1;
    }

    private Configuration edited(LocalSuccession succession) throws Exception {
        Configuration now = succession.editable();
        if (file != null) {
            return Configuration.read(file, Overrides.none());
        }
        if (removed != null) {
            return Edits.remove(now, removed);
        }
        String newId = successor != null ? successor : Edits.freeId(now, succession.usedIds());
        return replaced != null ? Edits.replace(now, replaced, newId, attributes) : add(now);
    }

    private Configuration add(Configuration now) throws ClusterException, CommandException {
        if (added == null) {
            throw new CommandException("--add is missing", "'maftia reconfigure --help' explains it");
        }
        return Edits.add(now, added, attributes);
    }
}
