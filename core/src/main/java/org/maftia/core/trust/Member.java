package org.maftia.core.trust;

import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * One replica as the trust configuration sees it: replicas with an equal attribute may fall together. Immutable.
 *
 * @param id unique in the group
 * @param attributes such as {@code site=zurich}; a class of an attribute is all replicas that share its value
 */
public record Member(String id, SortedMap<String, String> attributes) {
    public Member {
        attributes = Collections.unmodifiableSortedMap(new TreeMap<>(attributes));
    }
}
