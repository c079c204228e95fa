package org.maftia.server.sensor;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.maftia.services.detection.Alarm;

/** What a reader made of an input. */
record Reading(List<Alarm> alarms, Tally tally, List<AlarmReader.Report> reports, TypeTitles titles) {
    /** 2021-01-01T00:00:00Z. */
    static final long NOW_MICROS = 1_609_459_200_000_000L;

    static Reading of(Path path) throws IOException {
        AlarmReader reader = new AlarmReader(Optional.empty(), Optional.empty(), NOW_MICROS, Progress.silent());
        List<Alarm> alarms = new ArrayList<>();
        reader.read(path.toString(), InputStream.nullInputStream(), alarms::add);
        return new Reading(alarms, reader.total(), reader.reports(), reader.titles());
    }

    static Reading of(String text) throws IOException {
        return of("input", text.getBytes(StandardCharsets.UTF_8));
    }

    static Reading of(String name, byte[] bytes) throws IOException {
        AlarmReader reader = new AlarmReader(Optional.empty(), Optional.empty(), NOW_MICROS, Progress.silent());
        List<Alarm> alarms = new ArrayList<>();
        reader.readStream(name, new ByteArrayInputStream(bytes), alarms::add);
        return new Reading(alarms, reader.total(), reader.reports(), reader.titles());
    }

    /** What was refused for a reason; nothing, if nothing was. */
    Tally.Refusals refused(Reason reason) {
        return tally.badByReason().getOrDefault(reason, new Tally.Refusals(0, List.of()));
    }

    Alarm only() {
        if (alarms.size() != 1) {
            throw new AssertionError("not one alarm but " + alarms.size() + ", refused " + tally.badByReason());
        }
        return alarms.getFirst();
    }
}
