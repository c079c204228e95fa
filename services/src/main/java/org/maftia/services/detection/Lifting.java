package org.maftia.services.detection;

import java.util.ArrayList;
import java.util.List;

/**
 * How alarms of a type that differ in too many ways are made fewer: step by step the sources are replaced by their parents, and
 * once they are {@code any}, the destinations, then the hosts, then the ports. What is left then are the hours of a day. A
 * step is never left out, so a number says what was done, and the greater of two numbers is what both have in common.
 */
final class Lifting {
    /** Strangers choose their own addresses, and with a little more pains those that they knock at. */
    private static final List<Attribute> ORDER =
            List.of(Attribute.SRC, Attribute.DST, Attribute.HOST, Attribute.DST_PORT);

    /** By number of steps, then by place of the attribute: the level that it has at least. */
    private final List<int[]> levels = new ArrayList<>();

    Lifting(Hierarchies hierarchies) {
        int[] now = new int[hierarchies.attributes().size()];
        levels.add(now);
        for (Attribute attribute : ORDER) {
            int place = hierarchies.attributes().indexOf(attribute);
            int height = place < 0 ? 0 : hierarchies.height(attribute);
            for (int level = 1; level <= height; level++) {
                now = now.clone();
                now[place] = level;
                levels.add(now);
            }
        }
    }

    /** The most steps that there are. */
    int height() {
        return levels.size() - 1;
    }

    /** The level of each attribute after so many steps; not to be changed. */
    int[] levels(int steps) {
        return levels.get(steps);
    }
}
