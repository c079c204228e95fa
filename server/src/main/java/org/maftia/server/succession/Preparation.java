package org.maftia.server.succession;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.maftia.core.trust.FaultStructure;
import org.maftia.core.trust.ReplicaSet;
import org.maftia.server.cluster.ClusterException;
import org.maftia.server.configuration.Configuration;
import org.maftia.server.configuration.ConfigurationException;
import org.maftia.server.configuration.Ordinal;
import org.maftia.server.configuration.ReplicaEntry;
import org.maftia.server.configuration.TrustEntry;

/**
 * The next configuration of a group, made from a description that its operators edited, and found sound: its fault
 * structure can be, and those who stay are a quorum of the present one, so that the state is handed over.
 *
 * @param next with its number, and a seat for each replica
 * @param changes what differs, a sentence each
 */
public record Preparation(Configuration next, List<String> changes) {
    public Preparation {
        changes = List.copyOf(changes);
    }

    /**
     * @param edited its seats and number do not count: replicas keep their seats by their ids
     * @throws ConfigurationException when it is unsafe
     * @throws ClusterException when the group cannot come to it in one step
     */
    public static Preparation of(Known present, Configuration edited) throws ConfigurationException, ClusterException {
        Configuration now = present.description();
        if (!edited.group().equals(now.group())
                || !edited.settings().notary().equals(now.settings().notary())
                || !edited.settings().beacon().equals(now.settings().beacon())) {
            throw new ClusterException(
                    "the name of a group, its [notary] and its [beacon] stay what they are",
                    "restore them, or found another group: tokens and rounds name this one");
        }
        Configuration next = seated(now, edited)
                .withOrdinal(new Ordinal(
                        Math.toIntExact(present.number() + 1),
                        present.configuration().digest().toString()));
        FaultStructure structure = next.faultStructure();
        requireQuorum(present, next);
        return new Preparation(next, changes(now, next, structure));
    }

    /** A seat is kept for as long as its replica is a member; newcomers get those above, which nobody had lately. */
    private static Configuration seated(Configuration now, Configuration edited) throws ClusterException {
        SortedMap<String, Integer> seats = new TreeMap<>();
        now.replicas().forEach(entry -> seats.put(entry.id(), entry.seat()));
        Set<Integer> taken = new HashSet<>(seats.values());
        int above = taken.stream().mapToInt(Integer::intValue).max().orElse(-1) + 1;
        List<ReplicaEntry> replicas = new ArrayList<>();
        for (ReplicaEntry entry : edited.replicas()) {
            Integer seat = seats.get(entry.id());
            if (seat == null) {
                seat = free(taken, above);
                taken.add(seat);
            }
            replicas.add(entry.withSeat(seat));
        }
        return edited.withReplicas(replicas);
    }

    private static int free(Set<Integer> taken, int above) throws ClusterException {
        for (int i = 0; i < ReplicaSet.SIZE_MAX; i++) {
            int seat = (above + i) % ReplicaSet.SIZE_MAX;
            if (!taken.contains(seat)) {
                return seat;
            }
        }
        throw new ClusterException("no seat is free", "remove replicas in a step before");
    }

    private static void requireQuorum(Known present, Configuration next) throws ClusterException {
        ReplicaSet staying = ReplicaSet.EMPTY;
        List<String> names = new ArrayList<>();
        for (int i = 0; i < present.group().ids().size(); i++) {
            String id = present.group().ids().get(i);
            if (next.indexOf(id).isPresent()) {
                staying = staying.with(i);
                names.add(id);
            }
        }
        if (!present.trust().isQuorum(staying)) {
            throw new ClusterException(
                    "those who stay, " + String.join(", ", names) + ", are no quorum of the present configuration",
                    "the state might get lost on the way: replace fewer replicas at a time, in more steps");
        }
    }

    private static List<String> changes(Configuration now, Configuration next, FaultStructure structure) {
        List<String> changes = new ArrayList<>();
        for (ReplicaEntry entry : now.replicas()) {
            Optional<ReplicaEntry> same = entry(next, entry.id());
            if (same.isEmpty()) {
                changes.add(entry.id() + " leaves");
            } else if (!same.get().attributes().equals(entry.attributes())) {
                changes.add(entry.id() + " has other attributes: " + attributes(same.get()));
            }
        }
        for (ReplicaEntry entry : next.replicas()) {
            if (now.indexOf(entry.id()).isEmpty()) {
                changes.add(entry.id() + " joins: " + attributes(entry));
            }
        }
        if (!clauses(now.trust()).equals(clauses(next.trust()))) {
            changes.add("tolerates " + clauses(next.trust()) + " in the place of " + clauses(now.trust()));
        }
        if (!now.officers().equals(next.officers())) {
            changes.add(
                    "has other officers: " + String.join(", ", next.officers().names()));
        }
        if (!now.clients().equals(next.clients())) {
            changes.add("has other clients");
        }
        if (changes.isEmpty()) {
            changes.add("nothing but new keys");
        }
        changes.add("then " + next.replicas().size() + " replicas, of which any " + structure.survivesAny()
                + " may fall, and all that [trust] names");
        return changes;
    }

    private static Optional<ReplicaEntry> entry(Configuration configuration, String id) {
        return configuration.indexOf(id).map(configuration.replicas()::get);
    }

    private static String attributes(ReplicaEntry entry) {
        return entry.attributes().entrySet().stream()
                .map(attribute -> attribute.getKey() + " " + attribute.getValue())
                .collect(Collectors.joining(", "));
    }

    private static String clauses(TrustEntry trust) {
        return trust.tolerate().stream().map(TrustEntry.Clause::toString).collect(Collectors.joining(" or "));
    }
}
