package org.maftia.server.command;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import org.maftia.server.ceremony.Ceremony;
import org.maftia.server.ceremony.GroupTranscript;
import org.maftia.server.ceremony.KeyAudit;
import org.maftia.server.ceremony.KeyEntry;
import org.maftia.server.ceremony.ReplicaKeys;
import org.maftia.server.cluster.ClusterDirectory;
import org.maftia.server.cluster.LocalCluster;
import org.maftia.server.cluster.LocalRefresh;
import org.maftia.server.configuration.ConfigurationException;
import org.maftia.server.http.KeyState;
import org.maftia.server.succession.Known;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code maftia key list}. */
@Command(
        name = "list",
        description = {
            "List the threshold keys of a group: what each is for, how it is shared, since when.",
            "",
            "From the transcript of its ceremony, which is public; and where the group runs, the epochs to which it"
                    + " came",
            "since, as a kernel of its replicas says alike. A key without an epoch the group makes for itself: it has"
                    + " not yet,",
            "or does not run. Custody, that is, what opens the shares at rest, is told for",
            "those replicas whose keys are in D."
        },
        sortOptions = false)
final class KeyListCommand implements Callable<Integer> {
    @Mixin
    private final DirectoryOption directory = new DirectoryOption();

    @Mixin
    private final TranscriptOption transcript = new TranscriptOption();

    @Mixin
    private final OutputOption output = new OutputOption();

    @Override
    public Integer call() throws Exception {
        ClusterDirectory place = directory.directory();
        TranscriptOption.Found found = transcript.find(place);
        String since = KeyAudit.heldAt(found.group(), found.results()).orElse("");
        long number = found.group().description().isEmpty()
                ? 0
                : Known.of(found.group()).number();
        ObjectNode json = Json.object()
                .put("group", found.group().name())
                .put("transcript", found.group().digest().toString())
                .put("configuration", number)
                .put("since", since);
        List<String> lines = new ArrayList<>();
        lines.add("group " + found.group().name() + ", configuration " + number
                + (since.isEmpty() ? "" : ", keys of " + since));
        SortedMap<String, KeyState> renewed = renewed(place, found.group());
        List<List<String>> rows = new ArrayList<>();
        rows.add(List.of("key", "epoch", "since", "algorithm", "padding", "purpose", "service"));
        ArrayNode keys = json.putArray("keys");
        for (KeyEntry key : found.group().catalogue()) {
            Optional<KeyState> state = Optional.ofNullable(renewed.get(key.id()));
            boolean unknown = key.isMadeByGroup() && state.isEmpty();
            long epoch = unknown ? -1 : state.map(KeyState::epoch).orElse(key.epoch());
            String began = state.map(KeyState::sinceSeconds)
                    .filter(seconds -> seconds > 0)
                    .map(KeyListCommand::time)
                    .orElse(key.isMadeByGroup() ? "" : since);
            keys.addObject()
                    .put("id", key.id())
                    .put("epoch", epoch)
                    .put("since", began)
                    .put("algorithm", key.algorithm())
                    .put("padding", key.padding())
                    .put("purpose", key.purpose())
                    .put("service", key.service())
                    .put("formula", key.formula())
                    .put("madeBy", key.isMadeByGroup() ? "group" : "ceremony")
                    .put("publicKeySha256", key.fingerprint());
            rows.add(List.of(
                    key.id(),
                    epoch < 0 ? "-" : Long.toString(epoch),
                    dash(began),
                    key.algorithm(),
                    dash(key.padding()),
                    key.purpose(),
                    dash(key.service())));
        }
        lines.addAll(table(rows));
        lines.add("shared over " + found.group().catalogue().getFirst().formula());
        ObjectNode custody = json.putObject("custody");
        for (Map.Entry<String, Path> own :
                TranscriptOption.secrets(place, found.group()).entrySet()) {
            String method = ReplicaKeys.custody(own.getValue());
            custody.put(own.getKey(), method);
            lines.add("the shares of " + own.getKey() + " open by " + method);
        }
        output.print(json, lines.toArray(String[]::new));
        return 0;
    }

    private static String dash(String text) {
        return text.isEmpty() ? "-" : text;
    }

    /** Those that the group renews, as it says itself; none where it does not run. */
    private static SortedMap<String, KeyState> renewed(ClusterDirectory place, GroupTranscript group)
            throws IOException, ConfigurationException, InterruptedException {
        boolean runs = !group.description().isEmpty()
                && Files.exists(place.groupFile())
                && Files.exists(place.ceremony().resolve(Ceremony.ROOT_FILE));
        return runs ? LocalRefresh.states(LocalCluster.open(place), Known.of(group)) : new TreeMap<>();
    }

    /** In seconds since 1970, as people and programs read it. */
    static String time(long seconds) {
        return Instant.ofEpochSecond(seconds).toString();
    }

    /** In columns as wide as what stands in them. */
    private static List<String> table(List<List<String>> rows) {
        int[] widths = new int[rows.getFirst().size()];
        for (List<String> row : rows) {
            for (int i = 0; i < widths.length; i++) {
                widths[i] = Math.max(widths[i], row.get(i).length());
            }
        }
        List<String> lines = new ArrayList<>();
        for (List<String> row : rows) {
            StringBuilder line = new StringBuilder();
            for (int i = 0; i < widths.length; i++) {
                String padding = " ".repeat(widths[i] - row.get(i).length());
                line.append(row.get(i)).append(padding).append("  ");
            }
            lines.add(line.toString().stripTrailing());
        }
        return lines;
    }
}
