package org.maftia.services.detection;

/**
 * A place in a hierarchy. The level belongs to it: without, the host {@code mail} and the role {@code mail} would be one, and
 * a filter for the former would grow unseen.
 *
 * @param level 0 for what an alarm says itself, and one more for each step away from it
 * @param value empty for {@code any}, the root
 */
public record Node(int level, String value) implements Comparable<Node> {
    /** The value of an attribute that an alarm has not, at each level but the last; logs write a missing host so too. */
    public static final String ABSENT = "-";

    public Node {
        if (level < 0 || value.length() > Alarm.TEXT_LENGTH_MAX) {
            throw new IllegalArgumentException("no node of a hierarchy");
        }
    }

    /** Whether it covers everything. */
    public boolean isAny() {
        return value.isEmpty();
    }

    /** Whether it says that the attribute is missing. */
    public boolean isAbsent() {
        return value.equals(ABSENT);
    }

    /** Lower levels first, then as the bytes of the values in UTF-8 are, which is as their code points are. */
    @Override
    public int compareTo(Node other) {
        if (level != other.level) {
            return Integer.compare(level, other.level);
        }
        int length = Math.min(value.length(), other.value.length());
        for (int i = 0; i < length; i++) {
            char mine = value.charAt(i);
            char others = other.value.charAt(i);
            if (mine != others) {
                // Surrogates stand for code points above all others, though their own numbers lie below some.
                boolean split = Character.isSurrogate(mine) != Character.isSurrogate(others);
                return split ? Character.isSurrogate(mine) ? 1 : -1 : Character.compare(mine, others);
            }
        }
        return Integer.compare(value.length(), other.value.length());
    }

    @Override
    public String toString() {
        return isAny() ? "any" : value;
    }
}
