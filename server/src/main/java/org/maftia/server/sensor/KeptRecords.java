package org.maftia.server.sensor;

import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import org.maftia.core.wire.Digest;
import org.maftia.services.detection.Alarm;

/** The beginnings of those records that somebody has asked for by their hashes. Several threads may look at once. */
final class KeptRecords {
    private final SortedSet<Digest> wanted;
    private final SortedMap<Digest, String> beginnings = new TreeMap<>();

    KeptRecords(SortedSet<Digest> wanted) {
        this.wanted = wanted;
    }

    void look(Alarm alarm, RecordFramer framer) {
        if (!wanted.isEmpty() && alarm.rawHash() != null && wanted.contains(alarm.rawHash())) {
            int shown = Math.min(framer.length(), Tally.SAMPLE_LENGTH_MAX);
            String text = new String(framer.bytes(), framer.offset(), shown, StandardCharsets.UTF_8);
            synchronized (beginnings) {
                beginnings.put(alarm.rawHash(), Alarm.clean(text));
            }
        }
    }

    SortedMap<Digest, String> beginnings() {
        return Collections.unmodifiableSortedMap(beginnings);
    }
}
