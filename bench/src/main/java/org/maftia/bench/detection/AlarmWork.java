package org.maftia.bench.detection;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import org.maftia.server.sensor.AlarmReader;
import org.maftia.server.sensor.Progress;
import org.maftia.services.detection.Alarm;
import org.maftia.services.detection.AlarmTable;
import org.maftia.services.detection.Attribute;
import org.maftia.services.detection.Cluster;
import org.maftia.services.detection.Hierarchies;
import org.maftia.services.detection.Miner;
import org.maftia.services.detection.Tuple;
import org.maftia.services.detection.filter.Matcher;

/**
 * How fast alarms are matched, counted and mined, on one thread, with the labelled networks as material: the argument names
 * {@code train-networks.zip}. Counting goes through fifty million alarms, the networks' own, shifted in time again and again;
 * run it with {@code -Xmx512m}.
 */
public final class AlarmWork {
    private static final int MATCH_ROUNDS = 30;
    private static final long COUNTED = 50_000_000;
    private static final long SHIFT_MICROS = 7L * 86_400_000_000L;

    private static final Hierarchies AIT = new Hierarchies(
            List.of(Attribute.TYPE, Attribute.SRC, Attribute.HOST, Attribute.HOUR),
            List.of(),
            new TreeMap<>(),
            List.of("mail", "share", "server"),
            0);

    private AlarmWork() {}

    public static void main(String[] arguments) throws Exception {
        String file = arguments[0];
        boolean counts = arguments.length > 1 && arguments[1].equals("count");
        long begin = System.nanoTime();
        List<AlarmTable> tables = new ArrayList<>();
        List<Alarm> alarms = new ArrayList<>();
        AlarmReader reader = new AlarmReader(
                Optional.empty(), Optional.empty(), System.currentTimeMillis() * 1000, Progress.silent());
        reader.read(file, System.in, alarm -> {
            while (tables.size() <= reader.reports().size()) {
                tables.add(new AlarmTable(AIT));
            }
            tables.get(reader.reports().size()).add(alarm);
            if (!counts || alarms.size() < 100_000) {
                alarms.add(counts ? bare(alarm) : alarm);
            }
        });
        List<Tuple> places = new ArrayList<>();
        int clusters = 0;
        for (AlarmTable table : tables) {
            List<Cluster> mined = new Miner(AIT).typePinned(table);
            clusters += mined.size();
            mined.forEach(each -> places.add(each.where()));
        }
        say("read, counted and mined: %,d ms, %d clusters", (System.nanoTime() - begin) / 1_000_000, clusters);
        if (counts) {
            count(alarms);
        } else {
            match(alarms, new ArrayList<>(new TreeSet<>(places)));
        }
    }

    private static void match(List<Alarm> alarms, List<Tuple> places) {
        Matcher matcher = new Matcher(AIT, places);
        long best = Long.MAX_VALUE;
        long taken = 0;
        for (int round = 0; round < MATCH_ROUNDS; round++) {
            long begin = System.nanoTime();
            taken = 0;
            for (Alarm alarm : alarms) {
                taken += matcher.first(alarm) >= 0 ? 1 : 0;
            }
            best = Math.min(best, System.nanoTime() - begin);
        }
        long perSecond = alarms.size() * 1_000_000_000L / best;
        say(
                "matching, %d filters: %,d alarms/s (best of %d rounds; %,d of %,d taken)",
                places.size(), perSecond, MATCH_ROUNDS, taken, alarms.size());
    }

    /** Fifty million alarms in one table: sample after sample, each a week later. */
    private static void count(List<Alarm> sample) {
        AlarmTable table = new AlarmTable(AIT);
        long begin = System.nanoTime();
        long done = 0;
        long refused = 0;
        for (long shift = 0; done < COUNTED; shift += SHIFT_MICROS) {
            for (int i = 0; i < sample.size() && done < COUNTED; i++, done++) {
                refused += table.add(shifted(sample.get(i), shift)) ? 0 : 1;
            }
        }
        long counted = System.nanoTime();
        List<Cluster> clusters = new Miner(AIT).typePinned(table);
        long end = System.nanoTime();
        say(
                "counted %,d alarms (%,d refused) in %,d ms, %,d alarms/s; %,d rows; mined %d clusters in %,d ms; heap"
                        + " limit %,d MB",
                table.alarms(),
                refused,
                (counted - begin) / 1_000_000,
                done * 1_000_000_000L / (counted - begin),
                table.size(),
                clusters.size(),
                (end - counted) / 1_000_000,
                Runtime.getRuntime().maxMemory() / 1_000_000);
    }

    private static Alarm bare(Alarm alarm) {
        return shifted(alarm, 0);
    }

    private static Alarm shifted(Alarm alarm, long micros) {
        return new Alarm(
                alarm.timeMicros() + micros,
                alarm.sensor(),
                alarm.type(),
                alarm.src(),
                alarm.dst(),
                alarm.srcPort(),
                alarm.dstPort(),
                alarm.proto(),
                alarm.host(),
                alarm.severity(),
                alarm.category(),
                alarm.attackIds(),
                alarm.innerType(),
                alarm.rawHash(),
                alarm.label());
    }

    private static void say(String format, Object... values) {
        System.out.printf(Locale.ROOT, format + "%n", values);
    }
}
