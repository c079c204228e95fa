package org.maftia.server.sensor;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.maftia.core.wire.MalformedException;
import org.maftia.core.wire.Reader;
import org.maftia.core.wire.Writer;
import org.maftia.services.detection.Alarm;
import org.maftia.services.detection.AlarmTable;
import org.maftia.services.detection.Hierarchies;

/**
 * What was counted of some parts of the inputs. Merging gives the same in any order and grouping: tables do, and the rest is
 * kept under the number of its part until all are there.
 */
public final class CountedPart {
    private static final int NAME_BYTES_MAX = 1 << 15;

    /** By the number of the part. */
    private final SortedMap<Integer, Piece> pieces;

    private final TypeTitles titles;
    private final AlarmTable table;
    private boolean full;

    private record Piece(int input, String name, Optional<Format> format, Tally tally) {}

    private CountedPart(SortedMap<Integer, Piece> pieces, TypeTitles titles, AlarmTable table, boolean full) {
        this.pieces = pieces;
        this.titles = titles;
        this.table = table;
        this.full = full;
    }

    /** Nothing counted. */
    public static CountedPart empty(Hierarchies hierarchies) {
        return new CountedPart(new TreeMap<>(), new TypeTitles(), new AlarmTable(hierarchies), false);
    }

    /**
     * Counts what a group of a {@link SplitPlan} names.
     *
     * @param progress is told of what is read
     * @throws IOException when something cannot be read that could be opened when the plan was made
     */
    public static CountedPart of(CountingTask task, byte[] group, Progress progress) throws IOException {
        CountedPart part = empty(task.hierarchies());
        for (InputSplit split : SplitPlan.group(group)) {
            part.count(task, split, progress);
        }
        return part;
    }

    private void count(CountingTask task, InputSplit split, Progress progress) throws IOException {
        AlarmReader reader = new AlarmReader(task, split.number(), progress);
        if (split.fault().isPresent()) {
            reader.damaged(split.name(), split.fault().get());
        } else if (split.lines().isPresent()) {
            InputSplit.Lines lines = split.lines().get();
            try (InputStream stream = LineRange.of(Path.of(split.file()), lines.from(), lines.to())) {
                reader.readLines(split.name(), lines.format(), lines.from() == 0, stream, this::add);
            }
        } else {
            try (InputStream stream = split.place().open()) {
                reader.readStream(split.name(), stream, this::add);
            }
        }
        AlarmReader.Report report = reader.reports().getFirst();
        pieces.put(split.number(), new Piece(split.input(), report.input(), report.format(), report.tally()));
        titles.add(reader.titles());
    }

    private void add(Alarm alarm) {
        full |= !table.add(alarm);
    }

    /** Takes over what the other has counted. */
    public void merge(CountedPart other) {
        pieces.putAll(other.pieces);
        titles.add(other.titles);
        full |= other.full || !table.merge(other.table);
    }

    /** Whether there were more kinds of alarms than a table holds, so that some are missing. */
    public boolean isFull() {
        return full || table.isFull();
    }

    /** All together, as if it had been read one behind the other, when every part was merged and none was full. */
    public AlarmCount count() {
        List<AlarmReader.Report> reports = new ArrayList<>();
        Tally total = new Tally();
        int input = -1;
        for (Piece piece : pieces.values()) {
            if (piece.input() == input) {
                reports.getLast().tally().add(piece.tally());
            } else {
                Tally whole = new Tally();
                whole.add(piece.tally());
                reports.add(new AlarmReader.Report(piece.name(), piece.format(), whole));
                input = piece.input();
            }
        }
        reports.forEach(report -> total.add(report.tally()));
        return new AlarmCount(reports, total, titles, table, 0);
    }

    public byte[] toBytes() {
        Writer writer = new Writer();
        writer.bool(isFull()).u32(pieces.size());
        pieces.forEach((number, piece) -> {
            writer.u32(number).u32(piece.input()).string(piece.name());
            writer.u8(piece.format().map(known -> known.ordinal() + 1).orElse(0));
            piece.tally().write(writer);
        });
        titles.write(writer);
        // Of what is missing something the rest is of no use.
        (isFull() ? new AlarmTable(table.hierarchies()) : table).write(writer);
        return writer.finish();
    }

    /** The part that was written so. */
    public static CountedPart of(Hierarchies hierarchies, byte[] bytes) {
        Reader reader = new Reader(bytes);
        boolean full = reader.bool();
        SortedMap<Integer, Piece> pieces = new TreeMap<>();
        for (long left = reader.u32(); left > 0; left--) {
            int number = number(reader);
            int input = number(reader);
            String name = reader.string(NAME_BYTES_MAX);
            int ordinal = reader.u8();
            if (ordinal > Format.values().length) {
                throw new MalformedException("no format of alarms");
            }
            Optional<Format> format = ordinal == 0 ? Optional.empty() : Optional.of(Format.values()[ordinal - 1]);
            pieces.put(number, new Piece(input, name, format, Tally.read(reader)));
        }
        TypeTitles titles = TypeTitles.read(reader);
        AlarmTable table = AlarmTable.read(hierarchies, reader);
        reader.end();
        return new CountedPart(pieces, titles, table, full);
    }

    private static int number(Reader reader) {
        long number = reader.u32();
        if (number >= SplitPlan.COUNT_MAX) {
            throw new MalformedException("more parts than a plan has");
        }
        return (int) number;
    }
}
