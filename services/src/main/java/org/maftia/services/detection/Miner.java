package org.maftia.services.detection;

import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.maftia.core.protocol.Invariant;

/**
 * Finds the clusters of a table. A cluster is the most special generalisation of some tuples that covers enough alarms; its
 * rows are taken away, undoing all generalisation, and the search goes on with the rest. The same table gives the same
 * clusters, whoever counted it in whatever order.
 *
 * <p>{@link #typePinned} never generalises the type, and mines each type alone, so that types may be mined apart: its
 * clusters may become filters. {@link #classic} is the original: good summaries, and filters that swallow attacks.
 *
 * <p>Source: Julisch (ACM TISSEC 2003), section 4, and "Mining alarm clusters to improve alarm handling efficiency" (ACSAC
 * 2001) for robustness.
 */
public final class Miner {
    /** Below so many alarms nobody gains from a filter. */
    public static final long FLOOR_MIN = 50;

    /** Of the window's alarms, the part below which a cluster is not worth a look: one in so many. */
    private static final long FLOOR_PARTS = 2000;

    private static final int PERCENT = 100;

    /** Basis points in the whole. */
    public static final int WHOLE = 10_000;

    private final Hierarchies hierarchies;

    public Miner(Hierarchies hierarchies) {
        this.hierarchies = hierarchies;
    }

    /** The size below which clusters in so many alarms are left alone. */
    public static long floor(long alarms) {
        return Math.max(FLOOR_MIN, alarms / FLOOR_PARTS);
    }

    /** Clusters of each type, in the order of the types' bytes; those of a type in the order in which they were found. */
    public List<Cluster> typePinned(AlarmTable table) {
        return typePinned(table, floor(table.alarms()));
    }

    /** With a floor of one's own, at least 1. */
    public List<Cluster> typePinned(AlarmTable table, long floor) {
        if (floor < 1) {
            throw new IllegalArgumentException("a cluster has an alarm at least");
        }
        SortedMap<Node, List<AlarmTable.Row>> types = new TreeMap<>();
        for (AlarmTable.Row row : table.rows()) {
            types.computeIfAbsent(row.tuple().type(), type -> new ArrayList<>()).add(row);
        }
        List<Cluster> clusters = new ArrayList<>();
        types.forEach((type, rows) -> mineType(rows, floor, clusters));
        return clusters;
    }

    private void mineType(List<AlarmTable.Row> rows, long floor, List<Cluster> clusters) {
        Remainder rest = new Remainder(hierarchies, rows);
        if (rest.alarms() < floor) {
            return;
        }
        long sizeMin = Math.max(floor, rest.alarms() * 9 / 10);
        Generalisation generalisation = rest.generalisation(true);
        while (generalisation != null && rest.alarms() >= sizeMin) {
            // The last few percent above the floor are taken as they come: lowering the size has nowhere to go.
            if (!generalisation.isRobust(sizeMin) && sizeMin * PERCENT > floor * 106) {
                sizeMin = Math.max(floor, sizeMin * 95 / PERCENT);
            } else {
                clusters.add(rest.take(generalisation.heuristic(sizeMin), sizeMin));
                generalisation = rest.generalisation(true);
            }
        }
    }

    /**
     * Clusters over all types, as the original finds them.
     *
     * @param sizeBasisPoints how large the first must be, in ten-thousandths of the table; 1 to 10,000
     */
    public List<Cluster> classic(AlarmTable table, int sizeBasisPoints) {
        if (sizeBasisPoints < 1 || sizeBasisPoints > WHOLE) {
            throw new IllegalArgumentException("a size is a part of the whole");
        }
        long total = table.alarms();
        long parts = sizeBasisPoints < 2000 ? 2000 : 1000; // of the table; a part is the least that is worth a look
        long sizeMin = total * sizeBasisPoints / WHOLE;
        Remainder rest = new Remainder(hierarchies, table.rows());
        List<Cluster> clusters = new ArrayList<>();
        Generalisation generalisation = rest.generalisation(false);
        while (generalisation != null && sizeMin >= 2 && sizeMin * parts >= total && rest.alarms() * PERCENT > total) {
            int[] found = generalisation.heuristic(sizeMin);
            if (found == null || rest.isAny(found) || !generalisation.isRobust(sizeMin)) {
                sizeMin = sizeMin * 95 / PERCENT;
            } else {
                clusters.add(rest.take(found, sizeMin));
                generalisation = rest.generalisation(false);
            }
        }
        return clusters;
    }

    /** The rows that no cluster has taken yet. */
    private static final class Remainder {
        private final Lattice lattice;
        private List<AlarmTable.Row> rows;
        private List<int[]> encoded;
        private long alarms;

        private Remainder(Hierarchies hierarchies, List<AlarmTable.Row> rows) {
            this.lattice = new Lattice(hierarchies, rows);
            this.rows = rows;
            this.encoded = rows.stream().map(row -> lattice.encode(row.tuple())).toList();
            this.alarms = rows.stream().mapToLong(row -> row.tally().count()).sum();
        }

        private long alarms() {
            return alarms;
        }

        private boolean isAny(int[] tuple) {
            for (int i = 0; i < tuple.length; i++) {
                if (!lattice.isAny(i, tuple[i])) {
                    return false;
                }
            }
            return true;
        }

        private @Nullable Generalisation generalisation(boolean typeStays) {
            if (rows.isEmpty()) {
                return null;
            }
            long[] counts = rows.stream().mapToLong(row -> row.tally().count()).toArray();
            return new Generalisation(lattice, encoded.toArray(int[][]::new), counts, typeStays);
        }

        /** Takes what a tuple covers away. */
        private Cluster take(int @Nullable [] tuple, long sizeMin) {
            int[] where = Invariant.present(tuple, "there are as many alarms as were asked for");
            List<AlarmTable.Row> restRows = new ArrayList<>();
            List<int[]> restEncoded = new ArrayList<>();
            Tally tally = new Tally();
            for (int i = 0; i < rows.size(); i++) {
                if (lattice.covers(where, encoded.get(i))) {
                    tally.merge(rows.get(i).tally());
                } else {
                    restRows.add(rows.get(i));
                    restEncoded.add(encoded.get(i));
                }
            }
            int taken = rows.size() - restRows.size();
            alarms -= tally.count();
            rows = restRows;
            encoded = restEncoded;
            return new Cluster(lattice.decode(where), sizeMin, taken, tally);
        }
    }
}
