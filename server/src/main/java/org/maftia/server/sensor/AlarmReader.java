package org.maftia.server.sensor;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.Charset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.maftia.core.wire.Digest;
import org.maftia.services.detection.Alarm;

/**
 * Reads alarms of any known format from files, compressed files, members of archives, directories, standard input and
 * sockets. No record can end the reading: a bad one is counted, with its reason and a sample, and the next is read. A
 * file that was cut off gives what it holds. Lines are parsed on several threads, and handed out in their order. To be used
 * by one thread.
 */
public final class AlarmReader {
    private static final int BUFFER_LENGTH = 1 << 16;

    /** The thread that cuts lines and takes alarms cannot feed more. */
    private static final int THREADS_MAX = 8;

    private final Optional<Format> format;
    private final Optional<String> sensor;
    private final long nowMicros;
    private final Progress progress;
    private final List<Report> reports = new ArrayList<>();
    private final Tally total = new Tally();
    private final Parsers parsers;
    private KeptRecords records = new KeptRecords(new TreeSet<>());
    private final TypeTitles titles;
    private final int threads;
    private int blocks;

    /** Gives a parser for each input. */
    interface Parsers {
        RecordParser with(Format format, ParserSetting setting);
    }

    /**
     * One that has read nothing.
     *
     * @param format of all inputs; found by looking where it is empty
     * @param sensor the name of the sensor for records that name none; otherwise that of the format
     * @param nowMicros since 1970: no time without a year is later
     */
    public AlarmReader(Optional<Format> format, Optional<String> sensor, long nowMicros, Progress progress) {
        this(format, sensor, nowMicros, progress, Format::parser, new TypeTitles(), threadsHere());
    }

    private static int threadsHere() {
        return Math.min(Runtime.getRuntime().availableProcessors(), THREADS_MAX);
    }

    /** One that reads the part of all inputs that has this number, on one thread beside others like it. */
    AlarmReader(CountingTask task, int part, Progress progress) {
        this(task.format(), task.sensor(), task.nowMicros(), progress, Format::parser, new TypeTitles(part), 1);
    }

    /** One that understands records in its own way. */
    AlarmReader(Optional<Format> format, Optional<String> sensor, long nowMicros, Progress progress, Parsers parsers) {
        this(format, sensor, nowMicros, progress, parsers, new TypeTitles(), 1);
    }

    private AlarmReader(
            Optional<Format> format,
            Optional<String> sensor,
            long nowMicros,
            Progress progress,
            Parsers parsers,
            TypeTitles titles,
            int threads) {
        this.titles = titles;
        this.threads = threads;
        this.parsers = parsers;
        this.format = format;
        this.sensor = sensor;
        this.nowMicros = nowMicros;
        this.progress = progress;
    }

    /**
     * What became of one input.
     *
     * @param format empty where none was recognised, and nothing was read
     */
    public record Report(String input, Optional<Format> format, Tally tally) {}

    /**
     * Reads what an argument names.
     *
     * @param sink takes the alarms in the order of the input
     * @throws IOException when the argument names nothing that can be opened
     */
    public void read(String argument, InputStream standardInput, Consumer<Alarm> sink) throws IOException {
        List<AlarmInput> inputs = AlarmInputs.of(argument, standardInput);
        for (AlarmInput input : inputs) {
            InputStream stream;
            try {
                stream = input.place().open();
            } catch (IOException e) {
                if (inputs.size() == 1) {
                    throw e;
                }
                damaged(input.name(), unopened(e));
                continue;
            }
            try (stream) {
                readStream(input.name(), stream, sink);
            }
        }
    }

    /** What is said of an input that cannot be opened. */
    static String unopened(IOException fault) {
        return "cannot be opened: " + fault.getMessage();
    }

    /** Of many inputs one that gives nothing is reported; the others are read. */
    void damaged(String name, String what) {
        Tally tally = new Tally();
        tally.countDamage(name, what);
        reports.add(new Report(name, Optional.empty(), tally));
        total.add(tally);
    }

    /** Reads one stream, compressed or not. */
    public void readStream(String name, InputStream stream, Consumer<Alarm> sink) throws IOException {
        InputStream content;
        try {
            content = decompressed(stream);
        } catch (IOException e) {
            damaged(name, "ends early: " + e.getMessage());
            return;
        }
        Tally tally = new Tally();
        CountedStream counted = new CountedStream(content, progress);
        byte[] head = counted.readNBytes(FormatFinder.HEAD_LENGTH_MAX);
        InputStream whole = new HeadedStream(head, counted);
        Optional<Charset> letters = Utf16.of(head);
        if (letters.isPresent()) {
            InputStream narrow = new Utf16(whole, letters.get());
            head = narrow.readNBytes(FormatFinder.HEAD_LENGTH_MAX);
            whole = new HeadedStream(head, narrow);
        }
        Optional<Container> container = Container.of(head);
        container.ifPresent(found -> tally.countDamage(name, "is " + found.text()));
        Optional<FormatFinder.Found> looked =
                container.isPresent() ? Optional.empty() : FormatFinder.find(head, head.length);
        Optional<Format> known =
                container.isPresent() ? Optional.empty() : format.or(() -> looked.map(FormatFinder.Found::format));
        if (known.isPresent()) {
            FormatFinder.Found shape = looked.orElse(new FormatFinder.Found(known.get(), true));
            ParserSetting setting = new ParserSetting(sensor.orElse(known.get().id()), name, nowMicros, tally, titles);
            read(known.get(), shape, whole, setting, counting(tally, sink));
        }
        tally.countBytes(counted.count());
        counted.fault().ifPresent(fault -> tally.countDamage(name, "ends early: " + fault.getMessage()));
        reports.add(new Report(name, known, tally));
        total.add(tally);
    }

    /**
     * Reads lines out of the middle of an input.
     *
     * @param first whether it is the beginning of the input
     */
    void readLines(String name, Format known, boolean first, InputStream stream, Consumer<Alarm> sink)
            throws IOException {
        Tally tally = new Tally();
        CountedStream counted = new CountedStream(stream, progress);
        ParserSetting setting = new ParserSetting(sensor.orElse(known.id()), name, nowMicros, tally, titles);
        readRecords(new LineFramer(counted, first), parsers.with(known, setting), setting, counting(tally, sink));
        if (counted.fault().isPresent()) {
            throw counted.fault().get(); // what follows in the input is read elsewhere, and would not know of it
        }
        tally.countBytes(counted.count());
        reports.add(new Report(name, Optional.of(known), tally));
        total.add(tally);
    }

    private Consumer<Alarm> counting(Tally tally, Consumer<Alarm> sink) {
        return alarm -> {
            tally.countAlarm();
            progress.alarm();
            sink.accept(alarm);
        };
    }

    private void read(
            Format format, FormatFinder.Found shape, InputStream stream, ParserSetting setting, Consumer<Alarm> sink)
            throws IOException {
        if (format == Format.IDMEF) {
            new IdmefReader(setting, sink).read(stream);
            return;
        }
        boolean array = format.isJson() && !shape.lines();
        if (array || !shape.divisible() || threads == 1) {
            RecordFramer framer = array ? new JsonFramer(stream) : new LineFramer(stream);
            readRecords(framer, parsers.with(format, setting), setting, sink);
        } else {
            readBlocks(format, new LineBlocks(stream), setting, sink);
        }
    }

    /** What one thread made of some lines. */
    private record Parsed(List<Alarm> alarms, Tally tally, TypeTitles titles) {}

    private void readBlocks(Format format, LineBlocks lines, ParserSetting setting, Consumer<Alarm> sink)
            throws IOException {
        Consumer<Parsed> taking = parsed -> {
            setting.tally().add(parsed.tally());
            titles.add(parsed.titles());
            parsed.alarms().forEach(sink);
        };
        LineBlocks.@Nullable Block block = lines.next();
        if (block != null && lines.isAtEnd()) { // so little that threads would cost more than they save
            taking.accept(parse(format, block, ++blocks, setting));
            return;
        }
        try (OrderedWork<Parsed> work = new OrderedWork<>(threads, taking)) {
            while (block != null) {
                LineBlocks.Block given = block;
                int number = ++blocks;
                work.give(() -> parse(format, given, number, setting));
                block = lines.next();
            }
            work.finish();
        }
    }

    private Parsed parse(Format format, LineBlocks.Block block, int number, ParserSetting setting) throws IOException {
        Parsed parsed = new Parsed(new ArrayList<>(), new Tally(), new TypeTitles(number));
        ParserSetting own = new ParserSetting(
                setting.sensor(), setting.input(), setting.nowMicros(), parsed.tally(), parsed.titles());
        readRecords(new LineFramer(block), parsers.with(format, own), own, parsed.alarms()::add);
        return parsed;
    }

    private void readRecords(RecordFramer framer, RecordParser parser, ParserSetting setting, Consumer<Alarm> sink)
            throws IOException {
        boolean more = true;
        while (more) {
            try {
                more = framer.next();
                if (more) {
                    @Nullable Alarm alarm = parser.parse(framer.bytes(), framer.offset(), framer.length());
                    if (alarm != null) {
                        records.look(alarm, framer);
                        sink.accept(alarm);
                    }
                }
            } catch (BadRecord e) {
                setting.tally().countBad(e.reason(), framer.bytes(), framer.offset(), framer.length());
            }
        }
    }

    /** Gzip is known by its first two bytes, whatever the name. */
    static InputStream decompressed(InputStream stream) throws IOException {
        BufferedInputStream buffered = new BufferedInputStream(stream, BUFFER_LENGTH);
        buffered.mark(2);
        int first = buffered.read();
        int second = buffered.read();
        buffered.reset();
        boolean gzip = first == 0x1f && second == 0x8b;
        return gzip ? new GzipMembers(buffered, BUFFER_LENGTH) : buffered;
    }

    /** Input by input, in the order of reading. */
    public List<Report> reports() {
        return List.copyOf(reports);
    }

    /** From now on keeps the beginnings of the records with these hashes. */
    public void keepRecords(SortedSet<Digest> wanted) {
        records = new KeptRecords(wanted);
    }

    /** The beginnings of records that were wanted and came, fit to be printed. */
    public SortedMap<Digest, String> keptRecords() {
        return records.beginnings();
    }

    /** What the sensors call the types. */
    public TypeTitles titles() {
        return titles;
    }

    /** All together. */
    public Tally total() {
        return total;
    }
}
