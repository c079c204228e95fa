package org.maftia.services.detection.coverage;

import java.util.Collections;
import java.util.SortedSet;
import java.util.TreeSet;
import org.maftia.core.trust.ReplicaSet;

/**
 * A labelled attack that was replayed to all sensors.
 *
 * @param name of the recording
 * @param techniques that it shows
 * @param reporting the sensors that raised an alarm over it
 */
public record Incident(String name, SortedSet<String> techniques, ReplicaSet reporting) {
    public Incident {
        techniques = Collections.unmodifiableSortedSet(new TreeSet<>(techniques));
    }

    /** Whether it is one of the class. */
    public boolean shows(AttackClass attack) {
        return techniques.stream().anyMatch(attack::isFoundBy);
    }
}
