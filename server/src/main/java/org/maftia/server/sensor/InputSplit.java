package org.maftia.server.sensor;

import java.nio.file.Path;
import java.util.Optional;
import org.maftia.core.wire.MalformedException;
import org.maftia.core.wire.Reader;
import org.maftia.core.wire.Writer;

/**
 * A part of the inputs that is read by itself: an input, or some lines of one.
 *
 * @param number of the part, in the order of reading
 * @param input the number of the input that it belongs to
 * @param name of the input, as people know it
 * @param file that it is in
 * @param member of the archive that the file is
 * @param lines which lines, where it is not the whole input
 * @param fault why the input could not be opened when the parts were made
 */
record InputSplit(
        int number,
        int input,
        String name,
        String file,
        Optional<String> member,
        Optional<Lines> lines,
        Optional<String> fault) {
    /** Longer than any path that a system takes. */
    private static final int TEXT_BYTES_MAX = 1 << 15;

    /**
     * The lines that begin in a range of bytes.
     *
     * @param from the first byte
     * @param to behind the last
     */
    record Lines(Format format, long from, long to) {}

    AlarmInput.Place place() {
        Path path = Path.of(file);
        return member.isPresent() ? new AlarmInput.Member(path, member.get()) : new AlarmInput.Plain(path);
    }

    void write(Writer writer) {
        writer.u32(number).u32(input).string(name).string(file);
        writer.bool(member.isPresent()).string(member.orElse(""));
        writer.bool(lines.isPresent());
        lines.ifPresent(
                range -> writer.u8(range.format().ordinal()).u64(range.from()).u64(range.to()));
        writer.bool(fault.isPresent()).string(fault.orElse(""));
    }

    static InputSplit read(Reader reader) {
        int number = number(reader);
        int input = number(reader);
        String name = reader.string(TEXT_BYTES_MAX);
        String file = reader.string(TEXT_BYTES_MAX);
        boolean ofArchive = reader.bool();
        String member = reader.string(TEXT_BYTES_MAX);
        Optional<Lines> lines = reader.bool() ? Optional.of(readLines(reader)) : Optional.empty();
        boolean faulty = reader.bool();
        String fault = reader.string(TEXT_BYTES_MAX);
        return new InputSplit(
                number,
                input,
                name,
                file,
                ofArchive ? Optional.of(member) : Optional.empty(),
                lines,
                faulty ? Optional.of(fault) : Optional.empty());
    }

    private static int number(Reader reader) {
        long number = reader.u32();
        if (number > SplitPlan.COUNT_MAX) {
            throw new MalformedException("more parts than a plan has");
        }
        return (int) number;
    }

    private static Lines readLines(Reader reader) {
        int ordinal = reader.u8();
        if (ordinal >= Format.values().length) {
            throw new MalformedException("no format of alarms");
        }
        return new Lines(Format.values()[ordinal], reader.count(), reader.count());
    }
}
