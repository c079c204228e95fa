package org.maftia.server.cluster;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.maftia.core.trust.FaultStructure;
import org.maftia.core.trust.ReplicaSet;
import org.maftia.server.configuration.Configuration;
import org.maftia.server.http.ReplicaStatus;

/**
 * What the replicas of a group say of themselves and of each other, put together. A replica's word on itself is shown as
 * it is; its word on others counts only where others agree: a replica that a kernel blames is suspect, as one of those
 * who blame it is correct. In the same way, a kernel says whom the log has excluded.
 */
public record ClusterStatus(List<Entry> replicas) {
    private static final ObjectMapper JSON = new ObjectMapper();

    public ClusterStatus {
        replicas = List.copyOf(replicas);
    }

    /**
     * One replica.
     *
     * @param role {@code leader}, {@code follower}, or {@code unknown} where it does not answer
     * @param blame rules that others saw it break
     * @param exclusion that the log has excluded it, as a kernel of others says
     * @param said what it answered; empty where it did not
     */
    public record Entry(
            String id,
            String role,
            List<Blame> blame,
            Optional<ReplicaStatus.Exclusion> exclusion,
            Health health,
            Optional<ReplicaStatus> said) {
        public Entry {
            blame = List.copyOf(blame);
        }
    }

    /** How a replica is, the worst first. */
    public enum Health {
        /** The log has excluded it, as a kernel of others says: nothing that its trusted component certifies counts. */
        EXCLUDED,
        /** A kernel of others saw it break rules. */
        SUSPECT,
        /** It does not answer. */
        DOWN,
        /** It lost its journal and casts no vote until the group has passed an epoch. */
        ABSTAINING,
        /** It lacks state that the others have. */
        BEHIND,
        /** It is not linked with a quorum. */
        UNLINKED,
        OK;

        /** The word in JSON and on terminals. */
        public String word() {
            return switch (this) {
                case EXCLUDED -> "excluded";
                case SUSPECT -> "suspect";
                case DOWN -> "down";
                case ABSTAINING -> "abstaining";
                case BEHIND -> "behind";
                case UNLINKED -> "unlinked";
                case OK -> "ok";
            };
        }
    }

    /**
     * A rule that a replica broke.
     *
     * @param count how often, as those who say so counted together
     * @param by ids of those who say so
     */
    public record Blame(String replica, String rule, long count, List<String> by) {
        public Blame {
            by = List.copyOf(by);
        }
    }

    /** Puts answers together; {@code answers} has none for a replica that gave none. */
    public static ClusterStatus of(
            Configuration configuration, FaultStructure trust, SortedMap<String, ReplicaStatus> answers) {
        List<Entry> entries = new ArrayList<>();
        for (var replica : configuration.replicas()) {
            Optional<ReplicaStatus> said = Optional.ofNullable(answers.get(replica.id()));
            List<Blame> blame = blames(replica.id(), answers);
            Optional<ReplicaStatus.Exclusion> exclusion = exclusion(replica.id(), configuration, trust, answers);
            entries.add(new Entry(
                    replica.id(),
                    said.map(ReplicaStatus::role).orElse("unknown"),
                    blame,
                    exclusion,
                    exclusion.isPresent() ? Health.EXCLUDED : health(configuration, trust, blame, said),
                    said));
        }
        return new ClusterStatus(entries);
    }

    private static List<Blame> blames(String blamed, SortedMap<String, ReplicaStatus> answers) {
        Map<String, List<String>> by = new LinkedHashMap<>();
        Map<String, Long> counts = new TreeMap<>();
        answers.forEach((accuser, status) -> {
            for (ReplicaStatus.Blame blame : status.blames()) {
                if (blame.replica().equals(blamed) && !accuser.equals(blamed)) {
                    by.computeIfAbsent(blame.rule(), rule -> new ArrayList<>()).add(accuser);
                    counts.merge(blame.rule(), blame.count(), Long::sum);
                }
            }
        });
        List<Blame> blames = new ArrayList<>();
        by.forEach((rule, accusers) -> blames.add(new Blame(blamed, rule, counts.getOrDefault(rule, 0L), accusers)));
        return blames;
    }

    /** What a kernel of others say alike. All who executed the same slots do, in the names of one configuration. */
    private static Optional<ReplicaStatus.Exclusion> exclusion(
            String id, Configuration configuration, FaultStructure trust, SortedMap<String, ReplicaStatus> answers) {
        Map<ReplicaStatus.Exclusion, ReplicaSet> told = new LinkedHashMap<>();
        answers.forEach((teller, status) -> {
            Optional<Integer> index = configuration.indexOf(teller);
            if (!teller.equals(id) && index.isPresent()) {
                status.excluded().stream()
                        .filter(one -> one.replica().equals(id))
                        .forEach(one -> told.merge(one, ReplicaSet.of(index.get()), ReplicaSet::union));
            }
        });
        return told.entrySet().stream()
                .filter(one -> trust.isKernel(one.getValue()))
                .map(Map.Entry::getKey)
                .findFirst();
    }

    private static Health health(
            Configuration configuration, FaultStructure trust, List<Blame> blames, Optional<ReplicaStatus> said) {
        ReplicaSet accusers = ReplicaSet.EMPTY;
        for (Blame blame : blames) {
            for (String accuser : blame.by()) {
                accusers = accusers.with(configuration.indexOf(accuser).orElseThrow());
            }
        }
        if (trust.isKernel(accusers)) {
            return Health.SUSPECT;
        }
        if (said.isEmpty()) {
            return Health.DOWN;
        }
        ReplicaStatus status = said.get();
        if (status.abstaining()) {
            return Health.ABSTAINING;
        }
        if (status.fetching() || status.lag() > 0 && !status.ready()) {
            return Health.BEHIND;
        }
        return status.ready() ? Health.OK : Health.UNLINKED;
    }

    /** Whether every replica takes part and none is suspect. */
    public boolean isWell() {
        return replicas.stream().allMatch(entry -> entry.health == Health.OK);
    }

    /** One line: the answer of {@code maftia status --json}. */
    public String json() {
        ObjectNode root = JSON.createObjectNode();
        ArrayNode list = root.putArray("replicas");
        for (Entry entry : replicas) {
            ObjectNode node = list.addObject().put("id", entry.id).put("role", entry.role);
            node.put("epoch", entry.said.map(ReplicaStatus::epoch).orElse(0L));
            node.put("decided", entry.said.map(ReplicaStatus::decided).orElse(0L));
            node.put("lag", entry.said.map(ReplicaStatus::lag).orElse(0L));
            ArrayNode blames = node.putArray("blame");
            for (Blame blame : entry.blame) {
                ObjectNode item = blames.addObject().put("replica", blame.replica);
                item.put("rule", blame.rule).put("count", blame.count);
                ArrayNode by = item.putArray("by");
                blame.by.forEach(by::add);
            }
            node.put("health", entry.health.word());
            entry.exclusion.ifPresent(exclusion -> {
                ObjectNode item = node.putObject("excluded").put("since", exclusion.since());
                exclusion.by().forEach(item.putArray("by")::add);
            });
            entry.said
                    .flatMap(ReplicaStatus::component)
                    .ifPresent(component -> node.set("component", component.json()));
        }
        return root.toString();
    }

    /** The answers that can be had from all replicas, asked at the same time. */
    static SortedMap<String, ReplicaStatus> ask(Configuration configuration, SecureHttp http, int timeoutMillis)
            throws InterruptedException {
        SortedMap<String, ReplicaStatus> answers = new TreeMap<>();
        List<Thread> threads = new ArrayList<>();
        for (var replica : configuration.replicas()) {
            threads.add(Thread.ofVirtual().start(() -> {
                try {
                    SecureHttp.Reply reply = http.get(replica.httpsAddress() + "/status", timeoutMillis);
                    if (reply.status() == 200) {
                        ReplicaStatus status = ReplicaStatus.parse(reply.text());
                        synchronized (answers) {
                            answers.put(replica.id(), status);
                        }
                    }
                } catch (IOException e) {
                    // It does not answer: that is what the caller learns from the missing entry.
                }
            }));
        }
        for (Thread thread : threads) {
            thread.join();
        }
        return answers;
    }
}
