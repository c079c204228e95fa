package org.maftia.services.detection;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.maftia.core.wire.Digest;
import org.maftia.core.wire.MalformedException;
import org.maftia.core.wire.Reader;
import org.maftia.core.wire.Writer;

/**
 * What is known of alarms that are alike. Adding and merging give the same in any order and any grouping, and merging with
 * a fresh tally changes nothing: all parts are sums, extremes, or the smallest few of a set.
 */
public final class Tally {
    /** Hashes of records that are kept, so that somebody can look at some. */
    public static final int SAMPLES_MAX = 3;

    /** Different labels that are kept, the smallest by name; the number of all labelled attacks is kept besides. */
    public static final int LABELS_MAX = 64;

    /** Different techniques of ATT&CK that are kept, the smallest by name. */
    public static final int TECHNIQUES_MAX = 64;

    /** More alarms than that were never counted: refused when read, so that no sum overflows. */
    private static final long COUNT_MAX = 1L << 48;

    private static final int[] NO_HOURS = {};
    private static final long[] NO_COUNTS = {};

    private long count;
    private long firstMicros = Long.MAX_VALUE;
    private long lastMicros = Long.MIN_VALUE;

    /** Hours of the site in which there were alarms, ascending; of the arrays only the first {@link #hourCount} places count. */
    private int[] hours = NO_HOURS;

    private long[] hourCounts = NO_COUNTS;
    private int hourCount;

    private final List<Digest> samples = new ArrayList<>(0);
    private int severityMax;

    /** Null while no sensor has named one. */
    private @Nullable SortedSet<String> techniques;

    private long attacks;

    /** Null while nothing is labelled, as it is nearly always. */
    private @Nullable SortedMap<String, Long> labels;

    /** One more alarm, in this hour of the site. */
    void add(Alarm alarm, int siteHour) {
        count++;
        firstMicros = Math.min(firstMicros, alarm.timeMicros());
        lastMicros = Math.max(lastMicros, alarm.timeMicros());
        addHour(siteHour, 1);
        if (alarm.rawHash() != null) {
            addSample(alarm.rawHash());
        }
        severityMax = Math.max(severityMax, alarm.severity());
        alarm.attackIds().forEach(this::addTechnique);
        if (alarm.label() != null) {
            attacks += alarm.isAttack() ? 1 : 0;
            addLabel(alarm.label(), 1);
        }
    }

    /** All that the other has seen. */
    void merge(Tally other) {
        count += other.count;
        firstMicros = Math.min(firstMicros, other.firstMicros);
        lastMicros = Math.max(lastMicros, other.lastMicros);
        for (int i = 0; i < other.hourCount; i++) {
            addHour(other.hours[i], other.hourCounts[i]);
        }
        other.samples.forEach(this::addSample);
        severityMax = Math.max(severityMax, other.severityMax);
        if (other.techniques != null) {
            other.techniques.forEach(this::addTechnique);
        }
        attacks += other.attacks;
        if (other.labels != null) {
            other.labels.forEach(this::addLabel);
        }
    }

    private void addHour(int hour, long alarms) {
        int at = hourCount == 0 || hours[hourCount - 1] < hour
                ? -hourCount - 1
                : Arrays.binarySearch(hours, 0, hourCount, hour);
        if (at < 0) {
            at = -at - 1;
            if (hourCount == hours.length) {
                int room = Math.max(2, hourCount + (hourCount >> 1));
                hours = Arrays.copyOf(hours, room);
                hourCounts = Arrays.copyOf(hourCounts, room);
            }
            System.arraycopy(hours, at, hours, at + 1, hourCount - at);
            System.arraycopy(hourCounts, at, hourCounts, at + 1, hourCount - at);
            hours[at] = hour;
            hourCounts[at] = 0;
            hourCount++;
        }
        hourCounts[at] += alarms;
    }

    private void addSample(Digest sample) {
        int at = Collections.binarySearch(samples, sample);
        if (at < 0 && -at - 1 < SAMPLES_MAX) {
            samples.add(-at - 1, sample);
            if (samples.size() > SAMPLES_MAX) {
                samples.removeLast();
            }
        }
    }

    private void addTechnique(String technique) {
        if (techniques == null) {
            techniques = new TreeSet<>();
        }
        techniques.add(technique);
        if (techniques.size() > TECHNIQUES_MAX) {
            techniques.removeLast();
        }
    }

    /** A label that has once been pushed out is larger than {@link #LABELS_MAX} others for ever: order does not matter. */
    private void addLabel(String label, long alarms) {
        if (labels == null) {
            labels = new TreeMap<>();
        }
        labels.merge(label, alarms, Long::sum);
        if (labels.size() > LABELS_MAX) {
            labels.remove(labels.lastKey());
        }
    }

    /** How many alarms. */
    public long count() {
        return count;
    }

    /** When the first of them was, in microseconds since 1970. */
    public long firstMicros() {
        return firstMicros;
    }

    public long lastMicros() {
        return lastMicros;
    }

    /** Different hours of the site with alarms. */
    public int hours() {
        return hourCount;
    }

    /** Different days of the site with alarms. */
    public int days() {
        int days = 0;
        for (int i = 0; i < hourCount; i++) {
            days += i == 0 || day(hours[i]) != day(hours[i - 1]) ? 1 : 0;
        }
        return days;
    }

    private static int day(int hour) {
        return Math.floorDiv(hour, Hierarchies.HOURS_A_DAY);
    }

    /** Alarms of the busiest hour. */
    public long peakPerHour() {
        long peak = 0;
        for (int i = 0; i < hourCount; i++) {
            peak = Math.max(peak, hourCounts[i]);
        }
        return peak;
    }

    /** Alarms of the least busy of those hours that have any. */
    public long leastPerHour() {
        long least = count;
        for (int i = 0; i < hourCount; i++) {
            least = Math.min(least, hourCounts[i]);
        }
        return least;
    }

    /** The smallest hashes of records. */
    public List<Digest> samples() {
        return List.copyOf(samples);
    }

    /** The highest severity that a sensor gave one of them. */
    public int severityMax() {
        return severityMax;
    }

    /** Techniques that sensors named, but no more than {@link #TECHNIQUES_MAX}. */
    public SortedSet<String> techniques() {
        return techniques == null ? new TreeSet<>() : Collections.unmodifiableSortedSet(techniques);
    }

    /** Alarms that labels say belong to an attack. */
    public long attacks() {
        return attacks;
    }

    /** Alarms of each label, but no more than {@link #LABELS_MAX} labels. */
    public SortedMap<String, Long> labels() {
        return labels == null ? new TreeMap<>() : Collections.unmodifiableSortedMap(labels);
    }

    void write(Writer writer) {
        writer.u64(count).u64(firstMicros).u64(lastMicros).u32(hourCount);
        for (int i = 0; i < hourCount; i++) {
            writer.u32(hours[i]).u64(hourCounts[i]);
        }
        writer.u8(samples.size());
        samples.forEach(writer::digest);
        writer.u8(severityMax).u8(techniques().size());
        techniques().forEach(writer::string);
        writer.u64(attacks).u8(labels().size());
        labels().forEach((label, alarms) -> writer.string(label).u64(alarms));
    }

    /** What {@link #write} wrote, and nothing that adding and merging could not have made. */
    static Tally read(Reader reader) {
        Tally tally = new Tally();
        tally.count = reader.count();
        tally.firstMicros = reader.count();
        tally.lastMicros = reader.count();
        check(tally.count > 0
                && tally.count <= COUNT_MAX
                && tally.firstMicros <= tally.lastMicros
                && tally.lastMicros < Alarm.TIME_MICROS_END);
        tally.readHours(reader);
        for (int left = reader.u8(); left > 0; left--) {
            Digest sample = reader.digest();
            check(tally.samples.size() < SAMPLES_MAX);
            check(tally.samples.isEmpty() || tally.samples.getLast().compareTo(sample) < 0);
            tally.samples.add(sample);
        }
        tally.severityMax = reader.u8();
        check(tally.severityMax <= Alarm.SEVERITY_MAX);
        String last = null;
        int techniques = reader.u8();
        check(techniques <= TECHNIQUES_MAX);
        for (int left = techniques; left > 0; left--) {
            last = readName(reader, last);
            tally.addTechnique(last);
        }
        tally.readLabels(reader);
        return tally;
    }

    private void readLabels(Reader reader) {
        attacks = reader.count();
        check(attacks <= count);
        String last = null;
        int size = reader.u8();
        check(size <= LABELS_MAX);
        for (int left = size; left > 0; left--) {
            last = readName(reader, last);
            long alarms = reader.count();
            check(alarms > 0 && alarms <= count);
            addLabel(last, alarms);
        }
    }

    private static String readName(Reader reader, @Nullable String last) {
        String name = reader.string(Alarm.TEXT_BYTES_MAX);
        check(Alarm.isClean(name) && (last == null || last.compareTo(name) < 0));
        return name;
    }

    private void readHours(Reader reader) {
        long sum = 0;
        for (long left = reader.u32(); left > 0; left--) {
            long hour = reader.u32();
            long alarms = reader.count();
            check(hour <= Integer.MAX_VALUE && alarms > 0 && alarms <= count - sum);
            check(hourCount == 0 || hours[hourCount - 1] < hour);
            addHour((int) hour, alarms);
            sum += alarms;
        }
        check(sum == count);
    }

    private static void check(boolean valid) {
        if (!valid) {
            throw new MalformedException("no tally of alarms");
        }
    }
}
