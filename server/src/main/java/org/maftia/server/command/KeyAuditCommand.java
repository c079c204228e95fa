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
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.maftia.core.crypto.ModularPower;
import org.maftia.server.ceremony.CeremonyException;
import org.maftia.server.ceremony.GroupTranscript;
import org.maftia.server.ceremony.KeyAudit;
import org.maftia.server.ceremony.ReplicaKeys;
import org.maftia.server.cluster.ClusterDirectory;
import org.maftia.server.cluster.ClusterStatus;
import org.maftia.server.cluster.LocalCluster;
import org.maftia.server.cluster.SystemEntropy;
import org.maftia.server.configuration.ConfigurationException;
import org.maftia.server.crypto.ModularPowers;
import org.maftia.server.succession.Known;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code maftia key audit}. */
@Command(
        name = "audit",
        description = {
            "Check a group's keys, certificates and ceremony, without believing who held it.",
            "",
            "Anybody can: the transcript and the record of the ceremony are public. Checked is whether the"
                    + " certificates are",
            "the root's, whether all shares that exist belong to the keys (by the commitments to them), whether the"
                    + " record",
            "says the same as the transcript, whether the replicas that run use these keys, and, where keys of"
                    + " replicas are",
            "in D and open, whether their shares are right. The exit code is 1 when anything is wrong."
        },
        sortOptions = false)
final class KeyAuditCommand implements Callable<Integer> {
    @Mixin
    private final DirectoryOption directory = new DirectoryOption();

    @Mixin
    private final TranscriptOption transcript = new TranscriptOption();

    @Mixin
    private final UnlockOption unlock = new UnlockOption();

    @Mixin
    private final OutputOption output = new OutputOption();

    @Option(names = "--expect", paramLabel = "HASH", description = "The transcript's hash as it was read out.")
    private @Nullable String expected;

    @Option(names = "--public", description = "Do not open the keys of replicas in D.")
    private boolean onlyPublic;

    @Override
    public Integer call() throws Exception {
        ClusterDirectory place = directory.directory();
        TranscriptOption.Found found = transcript.find(place);
        GroupTranscript group = found.group();
        KeyAudit audit = KeyAudit.of(group, Instant.now());
        if (expected != null) {
            audit.expect(expected);
        }
        description(audit, group);
        audit.record(found.results());
        List<String> closed = new ArrayList<>();
        if (!onlyPublic) {
            ModularPower power = ModularPowers.fastest(SystemEntropy.INSTANCE);
            for (Map.Entry<String, Path> own :
                    TranscriptOption.secrets(place, group).entrySet()) {
                if (!audit.shares(own.getValue(), own.getKey(), unlock.unlock(place), power)) {
                    closed.add("the shares of " + own.getKey() + " were not opened: what opens them is "
                            + ReplicaKeys.custody(own.getValue()));
                }
            }
        }
        closed.addAll(audit.remarks());
        cluster(audit, place, group);
        return print(audit, group, closed);
    }

    /** Trust and members, as the words of the operators compile to them. */
    private static void description(KeyAudit audit, GroupTranscript group) {
        if (group.description().isEmpty()) {
            return;
        }
        try {
            Known known = Known.of(group);
            audit.add(
                    true,
                    "the formulas are those of [trust] in the description of configuration " + known.number()
                            + ", with its " + group.ids().size() + " replicas");
        } catch (CeremonyException e) {
            audit.add(false, "the description of the group: " + e.getMessage());
        }
    }

    private static void cluster(KeyAudit audit, ClusterDirectory place, GroupTranscript group)
            throws IOException, ConfigurationException, InterruptedException {
        if (!Files.exists(place.groupFile()) || group.description().isEmpty()) {
            return;
        }
        String digest = Known.of(group).configuration().digest().toString();
        List<String> same = new ArrayList<>();
        for (ClusterStatus.Entry entry : LocalCluster.open(place).status().replicas()) {
            if (entry.said().isEmpty()) {
                continue;
            }
            String said = entry.said().get().standing().digest();
            if (said.equals(digest)) {
                same.add(entry.id());
            } else {
                audit.add(
                        false,
                        entry.id() + " says that it runs with another transcript: it is in configuration "
                                + entry.said().get().standing().number());
            }
        }
        if (!same.isEmpty()) {
            audit.add(
                    true,
                    String.join(", ", same) + " answer under certificates of this root, and say that they run with this"
                            + " transcript");
        }
    }

    private int print(KeyAudit audit, GroupTranscript group, List<String> closed) {
        ObjectNode json = Json.object()
                .put("group", group.name())
                .put("transcript", group.digest().toString())
                .put("ok", audit.holds());
        ArrayNode checks = json.putArray("checks");
        List<String> lines = new ArrayList<>();
        lines.add("group " + group.name() + ", transcript " + group.digest());
        for (KeyAudit.Finding finding : audit.findings()) {
            checks.addObject().put("ok", finding.holds()).put("what", finding.sentence());
            lines.add((finding.holds() ? "ok     " : "WRONG  ") + finding.sentence());
        }
        closed.forEach(json.putArray("notChecked")::add);
        closed.forEach(sentence -> lines.add("-      " + sentence));
        long wrong =
                audit.findings().stream().filter(finding -> !finding.holds()).count();
        lines.add(
                wrong == 0
                        ? "nothing is wrong"
                        : wrong + " of " + audit.findings().size() + " checks failed");
        output.print(json, lines.toArray(String[]::new));
        return wrong == 0 ? 0 : Maftia.EXIT_FAILURE;
    }
}
