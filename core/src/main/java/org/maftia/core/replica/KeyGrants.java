package org.maftia.core.replica;

import java.util.Collections;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Which service may have the group use which of its keys: the one place where this is decided, alike at all replicas, as
 * the configuration of the group says. A service that asks for more gets nothing, whatever a client made it ask; and what
 * it may ask for concerns only bytes that stand in the log, as there it asks.
 *
 * <p>A key that signs for one service signs for no other: statements of one can then never pass for those of another. Where
 * statements say in what is signed which service made them, two services may share a key ({@link #signingToo}).
 */
public final class KeyGrants {
    /** Everybody may use every key: for groups whose services are all one thing, such as a channel, and for tests. */
    public static final KeyGrants EVERYTHING =
            new KeyGrants(null, Collections.emptySortedSet(), Collections.emptySortedMap());

    /** The services for which each key signs; null: every key for all. */
    private final @Nullable SortedMap<String, SortedSet<String>> signing;

    private final SortedSet<String> opening;

    /** The services for which each key of an oblivious function is used. */
    private final SortedMap<String, SortedSet<String>> evaluating;

    private KeyGrants(
            @Nullable SortedMap<String, SortedSet<String>> signing,
            SortedSet<String> opening,
            SortedMap<String, SortedSet<String>> evaluating) {
        this.signing = signing;
        this.opening = opening;
        this.evaluating = evaluating;
    }

    /**
     * What is not named is refused.
     *
     * @param signing the service for which a key signs, by the id of the key
     * @param opening the services that may have opened what was encrypted for them
     */
    public static KeyGrants of(SortedMap<String, String> signing, SortedSet<String> opening) {
        return new KeyGrants(each(signing), new TreeSet<>(opening), Collections.emptySortedMap());
    }

    private static SortedMap<String, SortedSet<String>> each(SortedMap<String, String> services) {
        SortedMap<String, SortedSet<String>> each = new TreeMap<>();
        services.forEach((keyId, service) -> each.put(keyId, new TreeSet<>(Collections.singleton(service))));
        return each;
    }

    private static SortedMap<String, SortedSet<String>> with(
            SortedMap<String, SortedSet<String>> services, String keyId, String service) {
        SortedMap<String, SortedSet<String>> more = new TreeMap<>(services);
        SortedSet<String> both = new TreeSet<>(services.getOrDefault(keyId, Collections.emptySortedSet()));
        both.add(service);
        more.put(keyId, both);
        return more;
    }

    /**
     * The same, where a key that signs for one service signs for another one, too: only where verifiers of the one refuse
     * whatever the other has signed, as messages with a type of their own are refused.
     */
    public KeyGrants signingToo(String keyId, String service) {
        if (signing == null || !signing.containsKey(keyId)) {
            return this;
        }
        return new KeyGrants(with(signing, keyId, service), opening, evaluating);
    }

    /**
     * The same, and oblivious functions.
     *
     * @param others the service for which a function is evaluated, by the id of its key
     */
    public KeyGrants evaluating(SortedMap<String, String> others) {
        return new KeyGrants(signing, opening, each(others));
    }

    /**
     * The same, where a function that is evaluated for one service is evaluated for another one, too: only where neither takes a name
     * of a user that the other takes, so that each counts all evaluations for the names that it takes.
     */
    public KeyGrants evaluatingToo(String keyId, String service) {
        return evaluating.containsKey(keyId) ? new KeyGrants(signing, opening, with(evaluating, keyId, service)) : this;
    }

    /** Whether the key signs for the service. */
    public boolean maySign(String service, String keyId) {
        return signing == null
                || signing.getOrDefault(keyId, Collections.emptySortedSet()).contains(service);
    }

    /** Whether the function under the key is evaluated for the service. */
    public boolean mayEvaluate(String service, String keyId) {
        return signing == null
                || evaluating.getOrDefault(keyId, Collections.emptySortedSet()).contains(service);
    }

    /** Whether the service may have opened what was encrypted for it. */
    public boolean mayOpen(String service) {
        return signing == null || opening.contains(service);
    }
}
