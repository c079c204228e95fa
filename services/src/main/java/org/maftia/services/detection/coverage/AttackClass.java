package org.maftia.services.detection.coverage;

import org.maftia.services.detection.Alarm;

/**
 * Attacks that look alike to sensors.
 *
 * @param technique id of ATT&amp;CK: {@code T1003}, which stands for all its sub-techniques, or {@code T1003.006}
 * @param platform on which it works: {@code linux}
 * @param component of data in which it leaves traces: {@code Network Traffic Content}
 * @param encrypted whether those traces are encrypted, so that only a sensor with the keys or at the end of the line reads them
 * @param required how well it must be seen when sensors are chosen
 */
public record AttackClass(String technique, String platform, String component, boolean encrypted, Requirement required)
        implements Comparable<AttackClass> {
    private static final int TECHNIQUE_LENGTH = 5;
    private static final int SUB_TECHNIQUE_LENGTH = 9;

    /** How well a class must be seen. */
    public enum Requirement {
        /** Not at all: it is only reported on. */
        NONE,
        /** By a correct sensor, whichever fault set is corrupted. */
        SEEN,
        /** By a kernel of correct sensors. */
        CORROBORATED
    }

    public AttackClass {
        if (!isTechnique(technique)) {
            throw new IllegalArgumentException("no technique of ATT&CK: " + technique);
        }
        if (platform.isEmpty() || component.isEmpty() || !Alarm.isClean(platform) || !Alarm.isClean(component)) {
            throw new IllegalArgumentException("a class of attacks has a platform and a component of data");
        }
    }

    /** Whether a text is the id of a technique or sub-technique. */
    public static boolean isTechnique(String text) {
        boolean length = text.length() == TECHNIQUE_LENGTH || text.length() == SUB_TECHNIQUE_LENGTH;
        if (!length || text.charAt(0) != 'T') {
            return false;
        }
        for (int i = 1; i < text.length(); i++) {
            char c = text.charAt(i);
            boolean point = i == TECHNIQUE_LENGTH;
            if (point ? c != '.' : c < '0' || c > '9') {
                return false;
            }
        }
        return true;
    }

    /**
     * Whether a rule about this technique is one about the class: the same, or, of a class that is a whole technique, any of
     * its sub-techniques. A rule that names only the technique says nothing of a certain sub-technique.
     */
    public boolean isFoundBy(String ruleTechnique) {
        boolean same = ruleTechnique.equals(technique);
        boolean part = technique.length() == TECHNIQUE_LENGTH
                && ruleTechnique.length() == SUB_TECHNIQUE_LENGTH
                && ruleTechnique.startsWith(technique);
        return same || part;
    }

    /** By technique, platform and component. */
    @Override
    public int compareTo(AttackClass other) {
        int order = technique.compareTo(other.technique);
        order = order != 0 ? order : platform.compareTo(other.platform);
        order = order != 0 ? order : component.compareTo(other.component);
        order = order != 0 ? order : Boolean.compare(encrypted, other.encrypted);
        return order != 0 ? order : required.compareTo(other.required);
    }

    @Override
    public String toString() {
        return technique + " on " + platform + " in " + component + (encrypted ? ", encrypted" : "");
    }
}
