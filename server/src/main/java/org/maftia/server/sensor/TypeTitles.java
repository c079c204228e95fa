package org.maftia.server.sensor;

import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.maftia.services.detection.Alarm;

/** What sensors call their rules, for people: the first text seen of each type, up to a number of types. */
public final class TypeTitles {
    private static final int TYPES_MAX = 20_000;

    private final SortedMap<String, String> titles = new TreeMap<>();

    void note(String type, @Nullable String title) {
        if (title != null && !title.isBlank() && titles.size() < TYPES_MAX) {
            titles.putIfAbsent(type, Alarm.clean(title.strip()));
        }
    }

    /** The text, if one was seen. */
    public Optional<String> of(String type) {
        return Optional.ofNullable(titles.get(type));
    }
}
