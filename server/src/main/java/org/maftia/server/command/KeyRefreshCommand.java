package org.maftia.server.command;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.maftia.server.cluster.LocalCluster;
import org.maftia.server.cluster.LocalRefresh;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code maftia key refresh}. */
@Command(
        name = "refresh",
        description = {
            "Have the group renew its shares of a key now, and erase the old ones; the key itself stays what it is.",
            "",
            "Shares that were stolen before are then worth nothing beside those that are stolen later. The group also",
            "does it by itself, every [keys] refreshHours of its configuration.",
            "On the host of any replica: the wish is left in its directory of keys. Either everybody who counts has new",
            "shares, or everything stays as it was; then the exit code is 1."
        },
        sortOptions = false)
final class KeyRefreshCommand implements Callable<Integer> {
    @Mixin
    private final DirectoryOption directory = new DirectoryOption();

    @Mixin
    private final OutputOption output = new OutputOption();

    @Option(names = "--key", paramLabel = "NAME", description = "That key only; all that the group renews otherwise.")
    private @Nullable String key;

    @Override
    public Integer call() throws Exception {
        LocalRefresh refresh = new LocalRefresh(LocalCluster.open(directory.existing()), System.err::println);
        SortedMap<String, LocalRefresh.Outcome> outcomes = refresh.perform(Optional.ofNullable(key));
        ObjectNode json = Json.object();
        List<String> lines = new ArrayList<>();
        boolean all = true;
        for (Map.Entry<String, LocalRefresh.Outcome> entry : outcomes.entrySet()) {
            LocalRefresh.Outcome outcome = entry.getValue();
            all &= outcome.renewed();
            ObjectNode node = json.withArray("keys").addObject().put("id", entry.getKey());
            node.put("renewed", outcome.renewed()).put("epoch", outcome.state().epoch());
            node.put("since", KeyListCommand.time(outcome.state().sinceSeconds()));
            List<String> safe = outcome.state().last().map(last -> last.safe()).orElse(List.of());
            safe.forEach(node.putArray("shares")::add);
            ObjectNode without = node.putObject("without");
            outcome.without().forEach(without::put);
            lines.add(
                    outcome.renewed()
                            ? "key " + entry.getKey() + " is in epoch "
                                    + outcome.state().epoch() + " since "
                                    + KeyListCommand.time(outcome.state().sinceSeconds()) + "; new shares: "
                                    + String.join(", ", safe)
                            : "key " + entry.getKey() + " stays in epoch "
                                    + outcome.state().epoch()
                                    + ": too few had new shares when time was up");
            outcome.without().forEach((id, why) -> lines.add("  " + id + " has none: " + why));
        }
        output.print(json, lines.toArray(String[]::new));
        return all ? 0 : 1;
    }
}
