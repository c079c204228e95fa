package org.maftia.services.detection.filter;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.maftia.core.crypto.Transcript;
import org.maftia.core.wire.Digest;
import org.maftia.core.wire.MalformedException;
import org.maftia.core.wire.Reader;
import org.maftia.core.wire.Writer;
import org.maftia.services.detection.Alarm;
import org.maftia.services.detection.Attribute;
import org.maftia.services.detection.Cluster;
import org.maftia.services.detection.Hierarchies;
import org.maftia.services.detection.Node;
import org.maftia.services.detection.Tuple;

/**
 * All filters of a site, as one document with a version: what is signed is the whole, so that no filter can be put back or
 * left out alone. Values of this class do not change; each decision gives the next version.
 */
public final class FilterSet {
    /** More filters than people can answer for. */
    public static final int FILTERS_MAX = 4096;

    /** A mined cluster must have been seen on so many days, or on all of a shorter window. */
    private static final int DAYS_MIN = 5;

    private final long version;
    private final Hierarchies hierarchies;
    private final SortedMap<String, Filter> filters;

    private FilterSet(long version, Hierarchies hierarchies, SortedMap<String, Filter> filters) {
        this.version = version;
        this.hierarchies = hierarchies;
        this.filters = Collections.unmodifiableSortedMap(filters);
    }

    /** No filters yet. */
    public static FilterSet empty(Hierarchies hierarchies) {
        return new FilterSet(0, hierarchies, new TreeMap<>());
    }

    public long version() {
        return version;
    }

    /** What its filters mean. */
    public Hierarchies hierarchies() {
        return hierarchies;
    }

    /** By id. */
    public SortedMap<String, Filter> filters() {
        return filters;
    }

    public Optional<Filter> filter(String id) {
        return Optional.ofNullable(filters.get(id));
    }

    /**
     * The next version, with a filter MINED for each cluster of one type that was seen on enough days. What is known already
     * stays as it is, whatever its stage: a revoked filter does not come back by being mined again.
     */
    public FilterSet proposed(List<Cluster> clusters, long nowMicros, int windowDays) {
        SortedMap<String, Filter> next = new TreeMap<>(filters);
        for (Cluster cluster : clusters) {
            boolean pinned = cluster.where().type().level() == 0;
            boolean often = cluster.tally().days() >= daysMin(windowDays);
            String id = id(hierarchies, cluster.where());
            if (!pinned || !often || next.containsKey(id) || next.size() >= FILTERS_MAX) {
                continue;
            }
            Filter.Event event =
                    new Filter.Event(Stage.MINED, "miner", nowMicros, "mined from " + windowDays + " days");
            next.put(
                    id,
                    new Filter(
                            id,
                            cluster.where(),
                            isNarrow(hierarchies, cluster.where()),
                            Stage.MINED,
                            Learnt.of(cluster, windowDays),
                            "",
                            "",
                            0,
                            List.of(event)));
        }
        return new FilterSet(version + 1, hierarchies, next);
    }

    /**
     * The next version, with one filter replaced.
     *
     * @throws IllegalArgumentException if its stage does not follow from the present one
     */
    FilterSet with(Filter filter) {
        Filter present = filters.get(filter.id());
        if (present == null || !present.stage().allows(filter.stage())) {
            throw new IllegalArgumentException("no stage of a filter leads there");
        }
        SortedMap<String, Filter> next = new TreeMap<>(filters);
        next.put(filter.id(), filter);
        return new FilterSet(version + 1, hierarchies, next);
    }

    /** On how many days a cluster must have been seen, of so many that were mined, to become a filter. */
    public static int daysMin(int windowDays) {
        return Math.min(DAYS_MIN, windowDays);
    }

    /** The name of a place in some hierarchies. */
    static String id(Hierarchies hierarchies, Tuple where) {
        Transcript transcript = Transcript.of("detection filter").field(hierarchies.digest());
        where.nodes().forEach(node -> transcript.field(node.level()).field(node.value()));
        return "f-" + transcript.digest().toString().substring(0, 12);
    }

    static boolean isNarrow(Hierarchies hierarchies, Tuple where) {
        return lowestEntityLevel(hierarchies, where) <= Hierarchies.SUBNET_LEVEL;
    }

    /** Of the addresses and the host the level of the most special; above all levels if none is named. */
    static int lowestEntityLevel(Hierarchies hierarchies, Tuple where) {
        int lowest = Integer.MAX_VALUE;
        for (int i = 0; i < where.nodes().size(); i++) {
            Node node = where.nodes().get(i);
            if (hierarchies.attributes().get(i).isEntity() && !node.isAny() && !node.isAbsent()) {
                lowest = Math.min(lowest, node.level());
            }
        }
        return lowest;
    }

    /** One encoding of each set; what officers sign. */
    public byte[] toBytes() {
        Writer writer = new Writer();
        writer.u64(version);
        hierarchies.write(writer);
        writer.u32(filters.size());
        filters.values().forEach(filter -> filter.write(writer));
        return writer.toBytes();
    }

    /** Names this version. */
    public Digest digest() {
        return Transcript.of("detection filter set").field(toBytes()).digest();
    }

    /**
     * The set that was written so.
     *
     * @throws MalformedException if it was not
     */
    public static FilterSet read(byte[] bytes) {
        Reader reader = new Reader(bytes);
        long version = reader.count();
        Hierarchies hierarchies = Hierarchies.read(reader);
        SortedMap<String, Filter> filters = new TreeMap<>();
        for (int left = bounded(reader.u32(), FILTERS_MAX); left > 0; left--) {
            Filter filter = Filter.read(hierarchies, reader);
            if (!filters.isEmpty() && filters.lastKey().compareTo(filter.id()) >= 0) {
                throw new MalformedException("filters are out of order");
            }
            filters.put(filter.id(), filter);
        }
        reader.end();
        return new FilterSet(version, hierarchies, filters);
    }

    static Tuple readTuple(Hierarchies hierarchies, Reader reader) {
        List<Node> nodes = new ArrayList<>();
        for (Attribute attribute : hierarchies.attributes()) {
            int level = reader.u8();
            String value = reader.string(3 * Alarm.TEXT_LENGTH_MAX);
            boolean valid =
                    value.length() <= Alarm.TEXT_LENGTH_MAX && hierarchies.isNode(attribute, new Node(level, value));
            if (!valid || attribute == Attribute.TYPE && level != 0) {
                throw new MalformedException("no filter of these hierarchies");
            }
            nodes.add(new Node(level, value));
        }
        return new Tuple(nodes);
    }

    static int bounded(long count, int max) {
        if (count > max) {
            throw new MalformedException("more than " + max);
        }
        return (int) count;
    }

    static String clean(String text) {
        if (!Alarm.isClean(text)) {
            throw new MalformedException("a text that cannot be printed");
        }
        return text;
    }
}
