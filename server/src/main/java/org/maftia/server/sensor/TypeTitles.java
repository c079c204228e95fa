package org.maftia.server.sensor;

import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.maftia.core.wire.Reader;
import org.maftia.core.wire.Writer;
import org.maftia.services.detection.Alarm;

/**
 * What sensors call their rules, for people: the first text seen of each type, up to a number of types. Parts of an input
 * that were read apart give the same as if they had been read one behind the other.
 */
public final class TypeTitles {
    private static final int TYPES_MAX = 20_000;

    /** Places within one part, of which each title takes one. */
    private static final int PART_BITS = 32;

    /** Of a clean text in UTF-8. */
    private static final int TEXT_BYTES_MAX = 3 * Alarm.TEXT_LENGTH_MAX;

    private final SortedMap<String, Title> titles = new TreeMap<>();
    private long place;

    /** @param place the smaller, the earlier it was seen; different for each title */
    private record Title(long place, String text) {}

    TypeTitles() {
        this(0);
    }

    /** @param part the number of the part of the input, in the order of reading */
    TypeTitles(int part) {
        this.place = (long) part << PART_BITS;
    }

    void note(String type, @Nullable String title) {
        if (title != null && titles.size() < TYPES_MAX && !titles.containsKey(type) && !title.isBlank()) {
            titles.putIfAbsent(Alarm.clean(type), new Title(place++, Alarm.clean(title.strip())));
        }
    }

    /** Takes over what the other has seen, wherever that stood before. */
    void add(TypeTitles other) {
        other.titles.forEach(
                (type, title) -> titles.merge(type, title, (one, two) -> one.place() < two.place() ? one : two));
        if (titles.size() > TYPES_MAX) {
            List<String> late = titles.entrySet().stream()
                    .sorted(Comparator.comparingLong(entry -> entry.getValue().place()))
                    .skip(TYPES_MAX)
                    .map(Map.Entry::getKey)
                    .toList();
            late.forEach(titles::remove);
        }
    }

    /** The text, if one was seen. */
    public Optional<String> of(String type) {
        return Optional.ofNullable(titles.get(type)).map(Title::text);
    }

    void write(Writer writer) {
        writer.u32(titles.size());
        titles.forEach((type, title) -> writer.string(type).u64(title.place()).string(title.text()));
    }

    /** What {@link #write} wrote. */
    static TypeTitles read(Reader reader) {
        TypeTitles read = new TypeTitles();
        record Entry(String type, Title title) {}
        List<Entry> entries = reader.list(
                TYPES_MAX,
                2 + Long.BYTES + 2,
                each -> new Entry(each.string(TEXT_BYTES_MAX), new Title(each.count(), each.string(TEXT_BYTES_MAX))));
        entries.forEach(entry -> read.titles.put(entry.type(), entry.title()));
        return read;
    }
}
