package org.maftia.services.detection.filter;

import java.util.ArrayList;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import org.maftia.core.wire.Digest;
import org.maftia.core.wire.MalformedException;
import org.maftia.core.wire.Reader;
import org.maftia.core.wire.Writer;
import org.maftia.services.detection.Alarm;
import org.maftia.services.detection.Cluster;
import org.maftia.services.detection.Tally;

/**
 * What a filter was learnt from: the evidence that people decide by.
 *
 * @param alarms of the cluster
 * @param tuples different ones
 * @param days of the site with such alarms
 * @param windowDays days that were mined
 * @param peakPerHour alarms of the busiest hour
 * @param severityMax the highest that a sensor gave
 * @param techniques of ATT&amp;CK that sensors named; if there are {@link Tally#TECHNIQUES_MAX} of them, perhaps more
 * @param attacks alarms that labels say belong to an attack
 * @param samples hashes of some records
 */
public record Learnt(
        long alarms,
        int tuples,
        int days,
        int windowDays,
        long peakPerHour,
        int severityMax,
        SortedSet<String> techniques,
        long attacks,
        List<Digest> samples) {
    private static final int TEXT_BYTES_MAX = 3 * Alarm.TEXT_LENGTH_MAX;

    public Learnt {
        techniques = new TreeSet<>(techniques);
        samples = List.copyOf(samples);
        boolean possible = alarms > 0 && tuples > 0 && days > 0 && windowDays > 0 && peakPerHour > 0;
        if (!possible || severityMax < 0 || severityMax > Alarm.SEVERITY_MAX || attacks < 0) {
            throw new IllegalArgumentException("nothing can be learnt from that");
        }
    }

    /** From a cluster of so many days' alarms. */
    public static Learnt of(Cluster cluster, int windowDays) {
        Tally tally = cluster.tally();
        return new Learnt(
                tally.count(),
                cluster.tuples(),
                tally.days(),
                windowDays,
                tally.peakPerHour(),
                tally.severityMax(),
                tally.techniques(),
                tally.attacks(),
                tally.samples());
    }

    void write(Writer writer) {
        writer.u64(alarms)
                .u32(tuples)
                .u32(days)
                .u32(windowDays)
                .u64(peakPerHour)
                .u8(severityMax);
        writer.u8(techniques.size());
        techniques.forEach(writer::string);
        writer.u64(attacks).u8(samples.size());
        samples.forEach(writer::digest);
    }

    static Learnt read(Reader reader) {
        long alarms = reader.count();
        int tuples = FilterSet.bounded(reader.u32(), Integer.MAX_VALUE);
        int days = FilterSet.bounded(reader.u32(), Integer.MAX_VALUE);
        int windowDays = FilterSet.bounded(reader.u32(), Integer.MAX_VALUE);
        long peak = reader.count();
        int severity = reader.u8();
        SortedSet<String> techniques = new TreeSet<>();
        for (int left = FilterSet.bounded(reader.u8(), Tally.TECHNIQUES_MAX); left > 0; left--) {
            String technique = FilterSet.clean(reader.string(TEXT_BYTES_MAX));
            if (!techniques.isEmpty() && techniques.last().compareTo(technique) >= 0) {
                throw new MalformedException("techniques are out of order");
            }
            techniques.add(technique);
        }
        long attacks = reader.count();
        List<Digest> samples = new ArrayList<>();
        for (int left = FilterSet.bounded(reader.u8(), Tally.SAMPLES_MAX); left > 0; left--) {
            samples.add(reader.digest());
        }
        try {
            return new Learnt(alarms, tuples, days, windowDays, peak, severity, techniques, attacks, samples);
        } catch (IllegalArgumentException e) {
            throw new MalformedException(String.valueOf(e.getMessage()));
        }
    }
}
