package org.maftia.server.cluster;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.maftia.core.trust.ReplicaSet;
import org.maftia.server.ceremony.Progress;
import org.maftia.server.configuration.ReplicaEntry;
import org.maftia.server.configuration.Settings;
import org.maftia.server.http.KeyState;
import org.maftia.server.http.ReplicaStatus;
import org.maftia.server.succession.Known;
import org.maftia.server.succession.RefreshWish;

/**
 * Has keys of a running group renewed: leaves the wish with the replicas of this host, and watches what the group makes of
 * it. What a kernel of replicas says alike counts, as one of them is correct; the word of one alone does not.
 */
public final class LocalRefresh {
    private static final int POLL_MILLIS = 250;

    /** A wish that came too soon after the last renewal is forgotten by the group, so it is left again. */
    private static final int AGAIN_SECONDS = 3;

    /** Members that are well have their shares this long after a quorum had them. */
    private static final int LATECOMERS_SECONDS = 5;

    /** The key of the oblivious function. */
    private static final String FUNCTION = "oprf";

    private final LocalCluster cluster;
    private final Progress progress;
    private final SortedMap<String, String> told = new TreeMap<>();

    public LocalRefresh(LocalCluster cluster, Progress progress) {
        this.cluster = cluster;
        this.progress = progress;
    }

    /**
     * What came of it for one key.
     *
     * @param state of the key afterwards
     * @param renewed whether an epoch began
     * @param without why each member without new shares has none, by id
     */
    public record Outcome(KeyState state, boolean renewed, SortedMap<String, String> without) {}

    /** What a kernel says of each key that the group renews by itself, by id; without keys on which none agrees. */
    public static SortedMap<String, KeyState> states(LocalCluster cluster) throws InterruptedException {
        return states(cluster, status -> true);
    }

    /** The same in the configuration of a transcript: nothing where the group is in another one. */
    public static SortedMap<String, KeyState> states(LocalCluster cluster, Known known) throws InterruptedException {
        String digest = known.configuration().digest().toString();
        return states(cluster, status -> status.standing().digest().equals(digest));
    }

    private static SortedMap<String, KeyState> states(LocalCluster cluster, Predicate<ReplicaStatus> counts)
            throws InterruptedException {
        SortedMap<String, ReplicaStatus> answers = cluster.answers();
        SortedMap<String, Map<KeyState, ReplicaSet>> said = new TreeMap<>();
        answers.values().removeIf(counts.negate());
        answers.forEach((id, status) -> {
            int index = cluster.configuration().indexOf(id).orElseThrow();
            for (KeyState state : status.keys()) {
                said.computeIfAbsent(state.id(), key -> new java.util.LinkedHashMap<>())
                        .merge(state, ReplicaSet.of(index), ReplicaSet::union);
            }
        });
        SortedMap<String, KeyState> agreed = new TreeMap<>();
        said.forEach((id, byState) -> byState.entrySet().stream()
                .filter(entry -> cluster.trust().isKernel(entry.getValue()))
                .map(Map.Entry::getKey)
                .max(java.util.Comparator.comparingLong(KeyState::attempts))
                .ifPresent(state -> agreed.put(id, state)));
        return agreed;
    }

    /**
     * Renews keys, one of them or all.
     *
     * @param only empty for all
     * @return by key
     * @throws ClusterException when the group does not run, renews no such key, or did nothing in time
     */
    public SortedMap<String, Outcome> perform(Optional<String> only)
            throws IOException, InterruptedException, ClusterException {
        SortedMap<String, KeyState> before = awaitStates();
        TreeSet<String> keys = new TreeSet<>(before.keySet());
        if (only.isPresent() && !keys.contains(only.get())) {
            throw new ClusterException(
                    "the group does not renew a key '" + only.get() + "'",
                    only.get().equals(FUNCTION)
                            ? "its values are sums of hashes of its seeds, so no other seeds give the same"
                            : "it renews " + String.join(", ", keys)
                                    + "; certified keys are rolled: 'maftia key roll'");
        }
        only.ifPresent(key -> keys.retainAll(List.of(key)));
        Settings.Keys settings = cluster.configuration().settings().keys();
        long limit = TimeUnit.MICROSECONDS.toSeconds(
                settings.pace().limit() + settings.pace().rest());
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(limit + 60);
        SortedMap<String, Outcome> outcomes = new TreeMap<>();
        SortedMap<String, Long> ended = new TreeMap<>();
        long leftNanos = leave(keys);
        while (outcomes.size() < keys.size()) {
            Thread.sleep(POLL_MILLIS);
            long now = System.nanoTime();
            SortedMap<String, KeyState> states = states(cluster);
            TreeSet<String> idle = new TreeSet<>();
            for (String key : keys) {
                KeyState state = states.get(key);
                KeyState then = before.get(key);
                if (state == null || then == null || outcomes.containsKey(key)) {
                    continue;
                }
                if (state.attempts() == then.attempts()) {
                    idle.add(key);
                    continue;
                }
                tell(state);
                Optional<KeyState.Ended> last = state.last()
                        .filter(end ->
                                end.attempt() > then.attempts() && state.open().isEmpty());
                if (last.isPresent()) {
                    ended.putIfAbsent(key, now);
                    boolean patient = now - ended.getOrDefault(key, now) < TimeUnit.SECONDS.toNanos(LATECOMERS_SECONDS);
                    SortedMap<String, String> without = without(last.get());
                    if (without.isEmpty() || !last.get().made() || !patient) {
                        outcomes.put(key, new Outcome(state, last.get().made(), without));
                    }
                }
            }
            if (now > deadline) {
                throw new ClusterException(
                        "nothing came of it in " + limit + " seconds",
                        "'maftia status' shows who is well: a quorum must be");
            }
            if (!idle.isEmpty() && now - leftNanos > TimeUnit.SECONDS.toNanos(AGAIN_SECONDS)) {
                leftNanos = leave(idle);
            }
        }
        return outcomes;
    }

    /** Right after a start a kernel may not be of one mind yet. */
    private SortedMap<String, KeyState> awaitStates() throws InterruptedException, ClusterException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(LATECOMERS_SECONDS);
        while (true) {
            SortedMap<String, KeyState> states = states(cluster);
            if (!states.isEmpty()) {
                return states;
            }
            if (System.nanoTime() > deadline) {
                throw new ClusterException(
                        "the group in " + cluster.directory().root() + " is not up",
                        "a kernel of its replicas must answer alike: see 'maftia status'");
            }
            Thread.sleep(POLL_MILLIS);
        }
    }

    /** With all replicas of this host: one that is correct suffices, and which ones are nobody knows. */
    private long leave(TreeSet<String> keys) throws IOException, ClusterException {
        int left = 0;
        for (ReplicaEntry replica : cluster.configuration().replicas()) {
            Path directory = cluster.directory().keys(replica.id());
            if (Files.isDirectory(directory)) {
                RefreshWish.leave(directory, keys);
                left++;
            }
        }
        if (left == 0) {
            throw new ClusterException(
                    "no replica has its keys in " + cluster.directory().root(),
                    "type this on the host of a replica, with the directory that it runs in");
        }
        return System.nanoTime();
    }

    private void tell(KeyState state) {
        state.open().ifPresent(open -> {
            String news = open.safe().isEmpty()
                    ? open.dealers().isEmpty()
                            ? words(open.enrolled()) + " take part" + waiting(open)
                            : words(open.dealers()) + " dealt"
                    : words(open.safe()) + " have new shares";
            if (!news.equals(told.put(state.id(), news))) {
                progress.step("key " + state.id() + ", attempt " + open.attempt() + ": " + news);
            }
        });
    }

    /** Else a minute of silence would look like an error. */
    private String waiting(KeyState.Open open) {
        List<String> missing = new ArrayList<>();
        cluster.configuration().replicas().forEach(replica -> missing.add(replica.id()));
        missing.removeAll(open.enrolled());
        long seconds = TimeUnit.MICROSECONDS.toSeconds(
                cluster.configuration().settings().keys().pace().patience());
        return missing.isEmpty() || open.enrolled().isEmpty()
                ? ""
                : "; " + String.join(", ", missing) + " not yet, which the others wait for, at most " + seconds + " s";
    }

    private static String words(List<String> ids) {
        return ids.isEmpty() ? "none yet" : String.join(", ", ids);
    }

    private SortedMap<String, String> without(KeyState.Ended ended) {
        SortedMap<String, String> without = new TreeMap<>();
        List<String> members = new ArrayList<>();
        cluster.configuration().replicas().forEach(replica -> members.add(replica.id()));
        for (String id : members) {
            if (!ended.safe().contains(id)) {
                without.put(
                        id,
                        ended.enrolled().contains(id)
                                ? "took part, and has not said yet that its shares are in safety: they wait in the log"
                                : "did not take part in time, and gets shares at the next renewal");
            }
        }
        ended.refuted().forEach(id -> without.merge(id, "dealt falsely", (a, b) -> b + "; " + a));
        return without;
    }
}
