package org.maftia.server.sensor;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.SequencedMap;
import org.maftia.services.detection.AlarmTable;
import org.maftia.services.detection.Attribute;
import org.maftia.services.detection.Cluster;
import org.maftia.services.detection.Hierarchies;
import org.maftia.services.detection.Node;
import org.maftia.services.detection.Tally;

/**
 * A cluster as people want to see it.
 *
 * @param type what it is, at the level to which it was generalised
 * @param title the sensor's words for it, where the type is a single one
 * @param where attributes that are not {@code any}, by their names
 * @param cause what is likely behind it, and what to do
 */
public record ClusterView(
        Cluster cluster,
        String type,
        Optional<String> title,
        SequencedMap<String, String> where,
        Grade grade,
        List<Flag> flags,
        Optional<String> cause) {
    /** An hour in which there are alarms may have up to so many times those of the quietest, and the rate is still steady. */
    private static final int STEADY_FACTOR = 2;

    private static final int STEADY_HOURS_MIN = 12;

    /** A cluster seen on fewer days is no persistent cause (or on each day of a shorter window). */
    private static final int DAYS_MIN = 5;

    private static final int DAY_HOURS = 24;
    private static final long DAY_MICROS = 86_400_000_000L;

    /** How much of the site a cluster covers. */
    public enum Grade {
        /** Some part of the network is named at subnet, role or finer. */
        NARROW,
        /** Nothing below internal or external. */
        BROAD
    }

    /** What a reviewer should know. */
    public enum Flag {
        /** Something inside talks to something outside. */
        EXTERNAL_DESTINATION("external destination"),
        /** Not seen before the last day of the window. */
        FIRST_SEEN("first seen on the last day"),
        /** On fewer days than a persistent cause. */
        FEW_DAYS("few days"),
        /** The same rate at all hours, as of a machine's timer. */
        STEADY("steady rate"),
        /** Sensors rate some of it high or critical. */
        SEVERE("severe"),
        /** Sensors name techniques of attacks. */
        TECHNIQUES("names ATT&CK techniques"),
        /** Labels say that attacks are among it. */
        ATTACKS("holds labelled attacks");

        private final String text;

        Flag(String text) {
            this.text = text;
        }

        public String text() {
            return text;
        }
    }

    /**
     * The time in which all alarms were that were mined.
     *
     * @param days of the site, from the first to the last
     */
    public record Window(long firstMicros, long lastMicros, int days) {
        /** That of a table that is not empty. */
        public static Window of(AlarmTable table) {
            long first = Long.MAX_VALUE;
            long last = 0;
            for (AlarmTable.Row row : table.rows()) {
                first = Math.min(first, row.tally().firstMicros());
                last = Math.max(last, row.tally().lastMicros());
            }
            Hierarchies site = table.hierarchies();
            return new Window(first, last, site.siteHour(last) / DAY_HOURS - site.siteHour(first) / DAY_HOURS + 1);
        }
    }

    /**
     * Looks at a cluster.
     *
     * @param window all alarms that were mined
     */
    public static ClusterView of(Cluster cluster, Hierarchies hierarchies, Window window, TypeTitles titles) {
        SequencedMap<String, String> where = new LinkedHashMap<>();
        boolean narrow = false;
        boolean external = false;
        for (int i = 0; i < hierarchies.attributes().size(); i++) {
            Attribute attribute = hierarchies.attributes().get(i);
            Node node = cluster.where().nodes().get(i);
            if (attribute == Attribute.TYPE || node.isAny() || node.isAbsent()) {
                continue;
            }
            where.put(attribute.text(), node.value());
            // The leaf and the first step up name a part of the site; for hosts that is the role.
            narrow |= attribute.isEntity() && node.level() <= Hierarchies.SUBNET_LEVEL;
            external |= attribute == Attribute.DST && isExternal(hierarchies, node);
        }
        Node type = cluster.where().type();
        List<Flag> flags = flags(cluster.tally(), window, external);
        return new ClusterView(
                cluster,
                type.toString(),
                type.level() == 0 ? titles.of(type.value()) : Optional.empty(),
                where,
                narrow ? Grade.NARROW : Grade.BROAD,
                flags,
                RootCause.of(type.toString(), titles.of(type.value()), where, flags));
    }

    private static boolean isExternal(Hierarchies hierarchies, Node node) {
        int side = Hierarchies.SUBNET_LEVEL + 1;
        return hierarchies.lifted(Attribute.DST, node, side).equals(new Node(side, "external"));
    }

    private static List<Flag> flags(Tally tally, Window window, boolean external) {
        List<Flag> flags = new ArrayList<>();
        boolean recent = tally.firstMicros() > window.lastMicros() - DAY_MICROS;
        boolean lasting = window.lastMicros() - window.firstMicros() > 2 * DAY_MICROS;
        add(flags, Flag.EXTERNAL_DESTINATION, external);
        add(flags, Flag.FIRST_SEEN, recent && lasting);
        add(flags, Flag.FEW_DAYS, tally.days() < Math.min(DAYS_MIN, window.days()));
        boolean steady =
                tally.hours() >= STEADY_HOURS_MIN && tally.peakPerHour() <= STEADY_FACTOR * tally.leastPerHour();
        add(flags, Flag.STEADY, steady);
        add(flags, Flag.SEVERE, tally.severityMax() >= 4);
        add(flags, Flag.TECHNIQUES, !tally.techniques().isEmpty());
        add(flags, Flag.ATTACKS, tally.attacks() > 0);
        return flags;
    }

    private static void add(List<Flag> flags, Flag flag, boolean holds) {
        if (holds) {
            flags.add(flag);
        }
    }

    /** A moment for people and for JSON, to the second. */
    public static String moment(long micros) {
        return Instant.EPOCH
                .plus(micros, ChronoUnit.MICROS)
                .truncatedTo(ChronoUnit.SECONDS)
                .toString();
    }
}
