package org.maftia.core.trust;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;

/** The members of a group by the classes of their attributes: who shares what with whom. Immutable. */
final class Classes {
    /** Unions of classes that one clause may spell out; beyond, the clause is no structure that a human reviews. */
    static final int UNIONS_MAX = 65_536;

    private final List<Member> members;
    private final List<String> attributes;

    /** By attribute, by value, in the order of the members. */
    private final Map<String, Map<String, Long>> classes = new LinkedHashMap<>();

    /**
     * @param attributes in order of preference
     * @throws TrustException when a member lacks one, an id is empty or there twice, or the group is too large
     */
    Classes(List<Member> members, List<String> attributes) {
        this.members = List.copyOf(members);
        this.attributes = List.copyOf(new LinkedHashSet<>(attributes));
        if (members.isEmpty() || members.size() > ReplicaSet.SIZE_MAX) {
            throw new TrustException("a group has 1 to 64 replicas, not " + members.size(), "list its replicas");
        }
        TreeSet<String> ids = new TreeSet<>();
        for (Member member : members) {
            if (member.id().isEmpty() || !ids.add(member.id())) {
                throw new TrustException(
                        member.id().isEmpty() ? "a replica has no id" : "two replicas are called " + member.id(),
                        "give every replica an id of its own");
            }
        }
        for (String attribute : this.attributes) {
            classes.put(attribute, classesOf(attribute));
        }
    }

    private Map<String, Long> classesOf(String attribute) {
        Map<String, Long> byValue = new LinkedHashMap<>();
        for (int i = 0; i < members.size(); i++) {
            Optional<String> value =
                    Optional.ofNullable(members.get(i).attributes().get(attribute));
            if (value.isEmpty()) {
                throw new TrustException(
                        "replica " + members.get(i).id() + " has no attribute " + attribute,
                        "add " + attribute + " = \"...\" to its attributes, or take " + attribute + " out of [trust]");
            }
            byValue.merge(value.get(), 1L << i, (a, b) -> a | b);
        }
        return byValue;
    }

    int size() {
        return members.size();
    }

    long all() {
        return ReplicaSet.firstOf(members.size()).bits();
    }

    List<Member> members() {
        return members;
    }

    List<String> ids() {
        return members.stream().map(Member::id).toList();
    }

    List<String> attributes() {
        return attributes;
    }

    /** The classes of an attribute, as sets, in the order of their first members. */
    List<Long> of(String attribute) {
        return List.copyOf(byValue(attribute).values());
    }

    Map<String, Long> byValue(String attribute) {
        return Optional.ofNullable(classes.get(attribute)).orElseThrow();
    }

    /** Every union of {@code start} and {@code count} of the parts. */
    static List<Long> unions(List<Long> start, List<Long> parts, int count) {
        List<Long> result = new ArrayList<>();
        for (long set : start) {
            union(set, parts, 0, Math.min(count, parts.size()), result);
        }
        return List.copyOf(new LinkedHashSet<>(result));
    }

    private static void union(long set, List<Long> parts, int from, int count, List<Long> result) {
        if (count == 0) {
            if (result.size() >= UNIONS_MAX) {
                throw new TrustException(
                        "a tolerate clause stands for more than " + UNIONS_MAX + " fault sets",
                        "ask for fewer classes at once, or use an explicit formula");
            }
            result.add(set);
            return;
        }
        for (int i = from; i <= parts.size() - count; i++) {
            union(set | parts.get(i), parts, i + 1, count - 1, result);
        }
    }

    /** The set in the operator's words: whole classes first, then what is left by id; {@code {zurich + debian}}. */
    String name(long set) {
        List<String> parts = new ArrayList<>();
        long left = set;
        for (Map<String, Long> byValue : classes.values()) {
            for (Map.Entry<String, Long> entry : byValue.entrySet()) {
                long members = entry.getValue();
                boolean several = Long.bitCount(members) > 1 || byValue.size() == 1;
                if (several && (members & ~set) == 0 && (members & left) != 0) {
                    parts.add(entry.getKey());
                    left &= ~members;
                }
            }
        }
        new ReplicaSet(left).forEach(replica -> parts.add(members.get(replica).id()));
        return "{" + String.join(" + ", parts) + "}";
    }
}
