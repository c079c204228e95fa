package org.maftia.server.sensor;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.maftia.services.detection.Alarm;

/** What became of the records of one or several inputs: nothing is left out without being counted. */
public final class Tally {
    /** Of the beginning of a refused record. */
    static final int SAMPLE_LENGTH_MAX = 160;

    private static final int SAMPLES_MAX = 3;

    /** Names of kinds come from the input; those that come later are counted together. */
    private static final int KINDS_MAX = 64;

    private static final String OTHER_KINDS = "other";

    /** More than so many refused of a hundred, and the input is not what it seems or something is wrong with its sensor. */
    private static final int BAD_PERCENT_MAX = 1;

    private static final int DAMAGES_MAX = 100;

    private long bytes;
    private long alarms;
    private long unzoned;
    private long otherClocks;
    private long damagedInputs;
    private final SortedMap<String, Long> skipped = new TreeMap<>();
    private final Map<Reason, Refusals> refusals = new EnumMap<>(Reason.class);
    private final List<String> damages = new ArrayList<>();

    /**
     * Records refused for one reason.
     *
     * @param count how many
     * @param samples the beginnings of the first of them, fit to be printed
     */
    public record Refusals(long count, List<String> samples) {
        public Refusals {
            samples = List.copyOf(samples);
        }
    }

    void countAlarm() {
        alarms++;
    }

    void countBytes(long count) {
        bytes += count;
    }

    /** The time did not say where it stands against UTC. */
    void countUnzoned() {
        unzoned++;
    }

    /** The time is not the one that the format wants first, but the next best that the record has. */
    void countOtherClock() {
        otherClocks++;
    }

    /** A sound record that is no alarm. */
    void countSkipped(String kind) {
        String name = Alarm.clean(kind);
        boolean room = skipped.size() < KINDS_MAX || skipped.containsKey(name);
        skipped.merge(room ? name : OTHER_KINDS, 1L, Long::sum);
    }

    void countBad(Reason reason, byte[] record, int offset, int length) {
        Refusals before = refusals.getOrDefault(reason, new Refusals(0, List.of()));
        List<String> samples = new ArrayList<>(before.samples());
        if (samples.size() < SAMPLES_MAX) {
            int shown = Math.min(length, SAMPLE_LENGTH_MAX);
            samples.add(Alarm.clean(new String(record, offset, shown, StandardCharsets.UTF_8)));
        }
        refusals.put(reason, new Refusals(before.count() + 1, samples));
    }

    /** An input that ended before its end; what was read of it counts. */
    void countDamage(String input, String what) {
        damagedInputs++;
        if (damages.size() < DAMAGES_MAX) {
            damages.add(Alarm.clean(input + ": " + what));
        }
    }

    /** Adds another tally to this one. */
    public void add(Tally other) {
        bytes += other.bytes;
        alarms += other.alarms;
        unzoned += other.unzoned;
        otherClocks += other.otherClocks;
        damagedInputs += other.damagedInputs;
        for (Map.Entry<String, Long> entry : other.skipped.entrySet()) {
            boolean room = skipped.size() < KINDS_MAX || skipped.containsKey(entry.getKey());
            skipped.merge(room ? entry.getKey() : OTHER_KINDS, entry.getValue(), Long::sum);
        }
        other.refusals.forEach((reason, more) -> refusals.merge(reason, more, Tally::join));
        other.damages.stream().limit(DAMAGES_MAX - damages.size()).forEach(damages::add);
    }

    private static Refusals join(Refusals one, Refusals other) {
        List<String> samples = new ArrayList<>(one.samples());
        other.samples().stream().limit(SAMPLES_MAX - samples.size()).forEach(samples::add);
        return new Refusals(one.count() + other.count(), samples);
    }

    /** Records of any kind. */
    public long records() {
        return alarms + skipped() + bad();
    }

    /** Bytes read, after decompression. */
    public long bytes() {
        return bytes;
    }

    public long alarms() {
        return alarms;
    }

    /** Sound records that are no alarms. */
    public long skipped() {
        return skipped.values().stream().mapToLong(Long::longValue).sum();
    }

    /** The same, by their kinds. */
    public SortedMap<String, Long> skippedByKind() {
        return Collections.unmodifiableSortedMap(skipped);
    }

    /** Records refused. */
    public long bad() {
        return refusals.values().stream().mapToLong(Refusals::count).sum();
    }

    /** The same, by reason, in the order of the reasons. */
    public Map<Reason, Refusals> badByReason() {
        return Collections.unmodifiableMap(refusals);
    }

    /** Alarms whose time was taken to be UTC because it did not say. */
    public long unzoned() {
        return unzoned;
    }

    /** Alarms that had to take the next best time. */
    public long otherClocks() {
        return otherClocks;
    }

    /** Inputs that ended before their end. */
    public long damagedInputs() {
        return damagedInputs;
    }

    /** Which, and how; at most a hundred are named. */
    public List<String> damages() {
        return Collections.unmodifiableList(damages);
    }

    /** Whether so many were refused that somebody should look. */
    public boolean isSuspicious() {
        return bad() * 100 > records() * BAD_PERCENT_MAX;
    }
}
