package org.maftia.server.sensor;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.maftia.core.wire.Reader;
import org.maftia.core.wire.Writer;

/**
 * Cuts inputs into parts that can be counted apart, in any place where the files are. A file of lines is cut where one ends;
 * what is compressed, one JSON array, XML, or a table whose columns a header names is one part.
 */
public final class SplitPlan {
    /** Of all inputs together. */
    static final int COUNT_MAX = 1_000_000;

    private final CountingTask task;
    private final long lengthMax;
    private final List<InputSplit> splits = new ArrayList<>();
    private final List<Long> lengths = new ArrayList<>();
    private int inputs;

    private SplitPlan(CountingTask task, long lengthMax) {
        this.task = task;
        this.lengthMax = lengthMax;
    }

    /**
     * The plan for a task.
     *
     * @param lengthMax bytes of a part, except where it cannot be cut
     * @throws IOException when an argument names nothing that can be opened
     * @throws CountingException when an argument is a stream that can only be read once, in one place
     */
    public static SplitPlan of(CountingTask task, long lengthMax) throws IOException, CountingException {
        if (lengthMax < 1) {
            throw new IllegalArgumentException("a part has a byte at least");
        }
        SplitPlan plan = new SplitPlan(task, lengthMax);
        for (String argument : task.arguments()) {
            plan.add(argument);
        }
        return plan;
    }

    private void add(String argument) throws IOException, CountingException {
        List<AlarmInput> found = AlarmInputs.of(argument, InputStream.nullInputStream());
        for (AlarmInput input : found) {
            try {
                switch (input.place()) {
                    case AlarmInput.Plain(Path path) when Files.isRegularFile(path) -> addFile(input.name(), path);
                    case AlarmInput.Member member -> addMember(input.name(), member);
                    case AlarmInput.Broken broken -> throw broken.fault();
                    case AlarmInput.Plain _, AlarmInput.Stream _, AlarmInput.Socket _ ->
                        throw new CountingException(
                                input.name() + " can be read once only, so it cannot be shared out",
                                "write it to a file first, or take --engine java");
                }
            } catch (IOException e) {
                if (found.size() == 1) {
                    throw e;
                }
                add(input.name(), "", Optional.empty(), Optional.empty(), Optional.of(AlarmReader.unopened(e)), 0);
            }
            inputs++;
        }
    }

    private void addMember(String name, AlarmInput.Member member) throws IOException, CountingException {
        member.open().close();
        String archive = member.archive().toAbsolutePath().toString(); // workers stand elsewhere
        add(name, archive, Optional.of(member.member()), Optional.empty(), Optional.empty(), lengthMax);
    }

    private void addFile(String name, Path path) throws IOException, CountingException {
        long length = Files.size(path);
        byte[] head;
        try (InputStream stream = Files.newInputStream(path)) {
            head = stream.readNBytes(length > lengthMax ? FormatFinder.HEAD_LENGTH_MAX : 1);
        }
        Optional<Format> lines = length > lengthMax ? formatOfLines(head) : Optional.empty();
        if (lines.isEmpty()) {
            add(name, path.toAbsolutePath().toString(), Optional.empty(), Optional.empty(), Optional.empty(), length);
            return;
        }
        for (long from = 0; from < length; from += lengthMax) {
            long to = Math.min(length, from + lengthMax);
            Optional<InputSplit.Lines> range = Optional.of(new InputSplit.Lines(lines.get(), from, to));
            add(name, path.toAbsolutePath().toString(), Optional.empty(), range, Optional.empty(), to - from);
        }
    }

    /** The format of a file whose records are lines, as a reader of the whole file would find it. */
    private Optional<Format> formatOfLines(byte[] head) {
        if (Container.of(head).isPresent() || Utf16.of(head).isPresent()) {
            return Optional.empty();
        }
        Optional<FormatFinder.Found> looked = FormatFinder.find(head, head.length);
        Optional<Format> known = task.format().or(() -> looked.map(FormatFinder.Found::format));
        boolean lines = looked.map(FormatFinder.Found::lines).orElse(true);
        boolean divisible = looked.map(FormatFinder.Found::divisible).orElse(true);
        return known.filter(format -> format != Format.IDMEF && divisible && (lines || !format.isJson()));
    }

    private void add(
            String name,
            String file,
            Optional<String> member,
            Optional<InputSplit.Lines> lines,
            Optional<String> fault,
            long length)
            throws CountingException {
        if (splits.size() == COUNT_MAX) {
            throw new CountingException("more than a million parts to read", "let each be larger");
        }
        splits.add(new InputSplit(splits.size(), inputs, name, file, member, lines, fault));
        lengths.add(length);
    }

    /** How many parts there are. */
    public int size() {
        return splits.size();
    }

    /**
     * The parts in groups, each for one worker at a time: parts that stand behind one another, together no longer than a
     * part may be, or a single one.
     */
    public List<byte[]> groups() {
        List<byte[]> groups = new ArrayList<>();
        int from = 0;
        long length = 0;
        for (int i = 0; i < splits.size(); i++) {
            if (i > from && length + lengths.get(i) > lengthMax) {
                groups.add(encoded(from, i));
                from = i;
                length = 0;
            }
            length += lengths.get(i);
        }
        if (from < splits.size()) {
            groups.add(encoded(from, splits.size()));
        }
        return groups;
    }

    private byte[] encoded(int from, int to) {
        return new Writer()
                .list(splits.subList(from, to), (writer, split) -> split.write(writer))
                .finish();
    }

    static List<InputSplit> group(byte[] bytes) {
        Reader reader = new Reader(bytes);
        List<InputSplit> group = reader.list(COUNT_MAX, 1, InputSplit::read);
        reader.end();
        return group;
    }
}
