package org.maftia.core.trust;

import java.util.List;

/**
 * What may still fall when some replicas are lost already. A planned restart outside of {@link #replicas} would leave
 * the group without a quorum of healthy members, and must be refused.
 *
 * @param sound whether what is lost lies in a fault set; if not, nothing more may fall
 * @param replicas each of these alone may fall too, those lost already not counted
 * @param classes each of these classes alone may fall whole
 */
public record Headroom(boolean sound, ReplicaSet replicas, List<WholeClass> classes) {
    public Headroom {
        classes = List.copyOf(classes);
    }

    /** All replicas with this value of the attribute, such as {@code site=zurich}. */
    public record WholeClass(String attribute, String value, ReplicaSet members) {}
}
