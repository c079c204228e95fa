package org.maftia.server.command;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.maftia.server.ceremony.KeyAudit;
import org.maftia.server.ceremony.KeyEntry;
import org.maftia.server.ceremony.ReplicaKeys;
import org.maftia.server.cluster.ClusterDirectory;
import org.maftia.server.succession.Known;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code maftia key list}. */
@Command(
        name = "list",
        description = {
            "List the threshold keys of a group: what each is for, how it is shared, since when.",
            "",
            "From the transcript of its ceremony, which is public. Custody, that is, what opens the shares at rest, is",
            "told for those replicas whose keys are in D."
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
        lines.add(row("key", "epoch", "algorithm", "padding", "purpose", "service"));
        ArrayNode keys = json.putArray("keys");
        for (KeyEntry key : found.group().catalogue()) {
            keys.addObject()
                    .put("id", key.id())
                    .put("epoch", key.epoch())
                    .put("algorithm", key.algorithm())
                    .put("padding", key.padding())
                    .put("purpose", key.purpose())
                    .put("service", key.service())
                    .put("formula", key.formula())
                    .put("publicKeySha256", key.fingerprint());
            lines.add(row(
                    key.id(),
                    Long.toString(key.epoch()),
                    key.algorithm(),
                    dash(key.padding()),
                    key.purpose(),
                    dash(key.service())));
        }
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

    private static String row(Object... cells) {
        return String.format(Locale.ROOT, "%-14s %5s  %-22s %-13s %-22s %s", cells)
                .stripTrailing();
    }
}
