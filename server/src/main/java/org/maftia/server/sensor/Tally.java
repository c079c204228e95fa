package org.maftia.server.sensor;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.maftia.core.wire.MalformedException;
import org.maftia.core.wire.Reader;
import org.maftia.core.wire.Writer;
import org.maftia.services.detection.Alarm;

/** What became of the records of one or several inputs: nothing is left out without being counted. */
public final class Tally {
    /** Of the beginning of a refused record. */
    static final int SAMPLE_LENGTH_MAX = 160;

    private static final int SAMPLES_MAX = 3;

    /**
     * Names of kinds come from the input; those beyond so many are counted together. Which are named does not depend on the
     * order in which they come: the smallest by name.
     */
    private static final int KINDS_MAX = 64;

    private static final String OTHER_KINDS = "other";

    /** More than so many refused of a hundred, and the input is not what it seems or something is wrong with its sensor. */
    private static final int BAD_PERCENT_MAX = 1;

    private static final int DAMAGES_MAX = 100;

    /** Of a clean text in UTF-8. */
    private static final int TEXT_BYTES_MAX = 3 * Alarm.TEXT_LENGTH_MAX;

    private long bytes;
    private long alarms;
    private long unzoned;
    private long otherClocks;
    private long damagedInputs;
    private final SortedMap<String, Long> skipped = new TreeMap<>();
    private long skippedOthers;
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
        addSkipped(Alarm.clean(kind), 1);
    }

    /** A kind that has once been pushed out comes behind {@link #KINDS_MAX} others for ever. */
    private void addSkipped(String kind, long count) {
        skipped.merge(kind, count, Long::sum);
        if (skipped.size() > KINDS_MAX) {
            String last = skipped.lastKey();
            skippedOthers += skipped.getOrDefault(last, 0L);
            skipped.remove(last);
        }
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

    /** Adds another tally to this one; of what is kept in the order in which it came, the other's comes later. */
    public void add(Tally other) {
        bytes += other.bytes;
        alarms += other.alarms;
        unzoned += other.unzoned;
        otherClocks += other.otherClocks;
        damagedInputs += other.damagedInputs;
        skippedOthers += other.skippedOthers;
        other.skipped.forEach(this::addSkipped);
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
        return skippedOthers
                + skipped.values().stream().mapToLong(Long::longValue).sum();
    }

    /** The same, by their kinds. */
    public SortedMap<String, Long> skippedByKind() {
        SortedMap<String, Long> kinds = new TreeMap<>(skipped);
        if (skippedOthers > 0) {
            kinds.merge(OTHER_KINDS, skippedOthers, Long::sum);
        }
        return kinds;
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

    void write(Writer writer) {
        writer.u64(bytes)
                .u64(alarms)
                .u64(unzoned)
                .u64(otherClocks)
                .u64(damagedInputs)
                .u64(skippedOthers);
        writer.u8(skipped.size());
        skipped.forEach((kind, count) -> writer.string(kind).u64(count));
        writer.u8(refusals.size());
        refusals.forEach((reason, refused) ->
                writer.u8(reason.ordinal()).u64(refused.count()).list(refused.samples(), Writer::string));
        writer.list(damages, Writer::string);
    }

    /** What {@link #write} wrote. */
    static Tally read(Reader reader) {
        Tally tally = new Tally();
        tally.bytes = reader.count();
        tally.alarms = reader.count();
        tally.unzoned = reader.count();
        tally.otherClocks = reader.count();
        tally.damagedInputs = reader.count();
        tally.skippedOthers = reader.count();
        for (int left = reader.u8(); left > 0; left--) {
            tally.addSkipped(reader.string(TEXT_BYTES_MAX), reader.count());
        }
        for (int left = reader.u8(); left > 0; left--) {
            int ordinal = reader.u8();
            if (ordinal >= Reason.values().length) {
                throw new MalformedException("no reason to refuse a record");
            }
            long count = reader.count();
            List<String> samples = reader.list(SAMPLES_MAX, 2, each -> each.string(TEXT_BYTES_MAX));
            tally.refusals.put(Reason.values()[ordinal], new Refusals(count, samples));
        }
        tally.damages.addAll(reader.list(DAMAGES_MAX, 2, each -> each.string(TEXT_BYTES_MAX)));
        return tally;
    }
}
