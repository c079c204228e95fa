package org.maftia.services.detection;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.maftia.core.wire.Digest;
import org.maftia.core.wire.MalformedException;
import org.maftia.core.wire.Reader;
import org.maftia.core.wire.Writer;

/**
 * Alarms, grouped: those that are alike in each attribute are one row with a {@link Tally}. A million alarms are some
 * thousand rows, which is what makes all further work quick.
 *
 * <p>Tables of one site form a commutative monoid: {@link #merge} gives the same in any order and grouping, with the empty
 * table as identity, so that threads, days, sites and machines may count apart. That includes {@link Lifting}: a type with more
 * than {@link #TYPE_TUPLES_MAX} tuples (a scan from everywhere) has its sources replaced by their subnets, and so on, as far as
 * it must be, whoever counted what. Not included is what does not fit at all: then {@link #add} and {@link #merge} say so,
 * and do nothing.
 */
public final class AlarmTable {
    /** Tuples of a type beyond which it is lifted. */
    public static final int TYPE_TUPLES_MAX = 100_000;

    /** Rows at which a table takes no more: some 300 MB. */
    public static final int ROWS_MAX = 1 << 20;

    /** Different values of all attributes, in all, at which a table takes no more: some 250 MB. */
    public static final int NODES_MAX = 1 << 20;

    /** Hours of all rows at which a table takes no more: 200 MB. */
    public static final int HOURS_MAX = 1 << 24;

    private final Hierarchies hierarchies;
    private final int typeTuplesMax;
    private final Lifting lifting;
    private Columns columns;
    private final SortedMap<String, Integer> lifts = new TreeMap<>();
    private RowIndex index;
    private List<Tally> tallies = new ArrayList<>();

    /** Rows of each type, by the type's number. */
    private int[] typeRows = new int[16];

    private long alarms;
    private long hours;
    private final int[] codes;

    /**
     * One row.
     *
     * @param tuple what its alarms have in common
     * @param tally of those alarms; not to be changed
     */
    public record Row(Tuple tuple, Tally tally) {}

    /** The empty table of a site. */
    public AlarmTable(Hierarchies hierarchies) {
        this(hierarchies, TYPE_TUPLES_MAX);
    }

    /** With another limit, for tests. */
    AlarmTable(Hierarchies hierarchies, int typeTuplesMax) {
        this.hierarchies = hierarchies;
        this.typeTuplesMax = typeTuplesMax;
        this.lifting = new Lifting(hierarchies);
        this.columns = new Columns(hierarchies);
        this.codes = new int[hierarchies.attributes().size()];
        this.index = new RowIndex(codes.length);
    }

    public Hierarchies hierarchies() {
        return hierarchies;
    }

    /** How many alarms were counted. */
    public long alarms() {
        return alarms;
    }

    /** Different tuples. */
    public int size() {
        return tallies.size();
    }

    /** Whether it takes no more. */
    public boolean isFull() {
        return tallies.size() >= ROWS_MAX || hours >= HOURS_MAX || columns.size() >= NODES_MAX;
    }

    /** How far a type was lifted, as {@link Lifting} counts; 0 for nearly all. */
    public int liftLevel(String type) {
        return lifts.getOrDefault(type, 0);
    }

    /** Counts one alarm; false, with nothing done, if the table {@link #isFull}. */
    public boolean add(Alarm alarm) {
        if (isFull()) {
            return false;
        }
        int siteHour = hierarchies.siteHour(alarm.timeMicros());
        columns.encode(alarm, siteHour, lifting.levels(lifts.isEmpty() ? 0 : liftLevel(alarm.type())), codes);
        Tally tally = tally(codes);
        int before = tally.hours();
        tally.add(alarm, siteHour);
        hours += tally.hours() - before;
        alarms++;
        liftIfMany(codes[0]);
        return true;
    }

    /** The tally of a tuple, which gets one if it is new. */
    private Tally tally(int[] tuple) {
        int row = index.find(tuple);
        if (row < tallies.size()) {
            return tallies.get(row);
        }
        Tally tally = new Tally();
        tallies.add(tally);
        int type = tuple[0];
        if (type >= typeRows.length) {
            typeRows = Arrays.copyOf(typeRows, Math.max(type + 1, 2 * typeRows.length));
        }
        typeRows[type]++;
        return tally;
    }

    private void liftIfMany(int type) {
        if (typeRows[type] <= typeTuplesMax) {
            return;
        }
        String name = columns.node(0, type).value();
        while (liftLevel(name) < lifting.height() && typeRows[columns.code(0, new Node(0, name))] > typeTuplesMax) {
            lift(name, liftLevel(name) + 1);
        }
    }

    /** Replaces values of a type by their ancestors, and joins what is equal then. All numbers are drawn anew. */
    private void lift(String type, int level) {
        lifts.put(type, level);
        RowIndex oldIndex = index;
        Columns oldColumns = columns;
        List<Tally> oldTallies = tallies;
        index = new RowIndex(codes.length);
        columns = new Columns(hierarchies);
        tallies = new ArrayList<>();
        typeRows = new int[typeRows.length];
        hours = 0;
        mergeRows(oldIndex, oldColumns, oldTallies);
    }

    private void mergeRows(RowIndex others, Columns othersColumns, List<Tally> othersTallies) {
        int[] tuple = new int[codes.length];
        for (int row = 0; row < othersTallies.size(); row++) {
            others.read(row, tuple);
            int[] levels =
                    lifting.levels(liftLevel(othersColumns.node(0, tuple[0]).value()));
            for (int i = 0; i < tuple.length; i++) {
                Node node = othersColumns.node(i, tuple[i]);
                Attribute attribute = hierarchies.attributes().get(i);
                tuple[i] = columns.code(i, hierarchies.lifted(attribute, node, levels[i]));
            }
            mergeRow(tuple, othersTallies.get(row));
            liftIfMany(tuple[0]);
        }
    }

    private void mergeRow(int[] tuple, Tally others) {
        Tally tally = tally(tuple);
        int before = tally.hours();
        tally.merge(others);
        hours += tally.hours() - before;
    }

    /**
     * Counts all that the other table has counted; false, with nothing done, if this one {@link #isFull}.
     *
     * @throws IllegalArgumentException if the other was made with other hierarchies
     */
    public boolean merge(AlarmTable other) {
        if (!hierarchies.equals(other.hierarchies) || typeTuplesMax != other.typeTuplesMax) {
            throw new IllegalArgumentException("tables of different hierarchies cannot be merged");
        }
        if (isFull()) {
            return false;
        }
        other.lifts.forEach((type, level) -> {
            if (liftLevel(type) < level) {
                lift(type, level);
            }
        });
        mergeRows(other.index, other.columns, other.tallies);
        alarms += other.alarms;
        return true;
    }

    /** A table with the same content. */
    public AlarmTable copy() {
        AlarmTable copy = new AlarmTable(hierarchies, typeTuplesMax);
        copy.merge(this);
        return copy;
    }

    /** All rows, in the order of their tuples. */
    public List<Row> rows() {
        List<Row> rows = new ArrayList<>(tallies.size());
        int[] tuple = new int[codes.length];
        for (int row = 0; row < tallies.size(); row++) {
            index.read(row, tuple);
            List<Node> nodes = new ArrayList<>(tuple.length);
            for (int i = 0; i < tuple.length; i++) {
                nodes.add(columns.node(i, tuple[i]));
            }
            rows.add(new Row(new Tuple(nodes), tallies.get(row)));
        }
        rows.sort((a, b) -> a.tuple().compareTo(b.tuple()));
        return rows;
    }

    /** One encoding for each content: equal tables give equal bytes. */
    public void write(Writer writer) {
        writer.digest(hierarchies.digest()).u32(lifts.size());
        lifts.forEach((type, level) -> writer.string(type).u8(level));
        List<Row> rows = rows();
        writer.u32(rows.size());
        for (Row row : rows) {
            row.tuple().nodes().forEach(node -> writer.string(node.value()));
            row.tally().write(writer);
        }
    }

    public byte[] toBytes() {
        Writer writer = new Writer();
        write(writer);
        return writer.toBytes();
    }

    /**
     * The table that was written so.
     *
     * @throws MalformedException if it was not, or under other hierarchies
     */
    public static AlarmTable read(Hierarchies hierarchies, Reader reader) {
        Digest digest = reader.digest();
        check(digest.equals(hierarchies.digest()), "a table of other hierarchies");
        AlarmTable table = new AlarmTable(hierarchies);
        String lastType = "";
        for (long left = reader.u32(); left > 0; left--) {
            String type = reader.string(Alarm.TEXT_BYTES_MAX);
            int level = reader.u8();
            check(level > 0 && level <= table.lifting.height(), "a type is lifted farther than can be");
            check(lastType.compareTo(type) < 0 && Alarm.isClean(type), "types are out of order");
            table.lifts.put(type, level);
            check(table.lifts.size() <= ROWS_MAX, "more types than a table has");
            lastType = type;
        }
        Tuple last = null;
        for (long left = reader.u32(); left > 0; left--) {
            Tuple tuple = table.readTuple(reader);
            check(last == null || last.compareTo(tuple) < 0, "rows are out of order");
            check(!table.isFull(), "more rows than a table has");
            Tally tally = Tally.read(reader);
            for (int i = 0; i < table.codes.length; i++) {
                table.codes[i] = table.columns.code(i, tuple.nodes().get(i));
            }
            table.mergeRow(table.codes, tally);
            check(
                    table.typeRows[table.codes[0]] <= table.typeTuplesMax
                            || table.liftLevel(tuple.type().value()) == table.lifting.height(),
                    "a type is not lifted");
            table.alarms += tally.count();
            last = tuple;
        }
        return table;
    }

    private Tuple readTuple(Reader reader) {
        List<Node> nodes = new ArrayList<>();
        int[] levels = lifting.levels(0);
        for (int i = 0; i < codes.length; i++) {
            String value = reader.string(Alarm.TEXT_BYTES_MAX);
            check(value.length() <= Alarm.TEXT_LENGTH_MAX, "a value is too long");
            Node node = new Node(levels[i], value);
            levels = i == 0 ? lifting.levels(liftLevel(value)) : levels;
            check(hierarchies.isNode(hierarchies.attributes().get(i), node), "no value of an attribute");
            nodes.add(node);
        }
        return new Tuple(nodes);
    }

    private static void check(boolean valid, String what) {
        if (!valid) {
            throw new MalformedException(what);
        }
    }
}
