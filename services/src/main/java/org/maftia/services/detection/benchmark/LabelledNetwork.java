package org.maftia.services.detection.benchmark;

import java.util.Comparator;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import org.maftia.services.detection.Alarm;
import org.maftia.services.detection.AlarmTable;
import org.maftia.services.detection.Cluster;
import org.maftia.services.detection.Hierarchies;
import org.maftia.services.detection.Miner;

/**
 * Alarms of one network, labelled, by time; those of one time in the order in which they were given. The first whole days
 * after the first alarm are for training.
 */
public final class LabelledNetwork {
    private static final long DAY_MICROS = 86_400_000_000L;

    private final String name;
    private final Hierarchies hierarchies;
    private final List<Alarm> alarms;
    private final int trainingSize;

    /**
     * @param alarms not empty
     * @param trainDays for training, at least 1
     */
    public LabelledNetwork(String name, Hierarchies hierarchies, List<Alarm> alarms, int trainDays) {
        if (alarms.isEmpty() || trainDays < 1) {
            throw new IllegalArgumentException("a network has alarms, and days to train on");
        }
        this.name = name;
        this.hierarchies = hierarchies;
        this.alarms = alarms.stream()
                .sorted(Comparator.comparingLong(Alarm::timeMicros))
                .toList();
        int training = 0;
        while (training < alarms.size() && day(this.alarms.get(training)) < trainDays) {
            training++;
        }
        this.trainingSize = training;
    }

    private LabelledNetwork(LabelledNetwork other, Hierarchies hierarchies) {
        this.name = other.name;
        this.hierarchies = hierarchies;
        this.alarms = other.alarms;
        this.trainingSize = other.trainingSize;
    }

    /** The same alarms, compared otherwise. */
    LabelledNetwork with(Hierarchies others) {
        return new LabelledNetwork(this, others);
    }

    private long day(Alarm alarm) {
        return (alarm.timeMicros() - alarms.getFirst().timeMicros()) / DAY_MICROS;
    }

    public String name() {
        return name;
    }

    public Hierarchies hierarchies() {
        return hierarchies;
    }

    public List<Alarm> alarms() {
        return alarms;
    }

    public List<Alarm> training() {
        return alarms.subList(0, trainingSize);
    }

    public List<Alarm> test() {
        return alarms.subList(trainingSize, alarms.size());
    }

    /** Types of alarms that labels say belong to an attack, on whatever day. */
    public SortedSet<String> attackTypes() {
        SortedSet<String> types = new TreeSet<>();
        for (Alarm alarm : alarms) {
            if (alarm.isAttack()) {
                types.add(alarm.type());
            }
        }
        return types;
    }

    /** The clusters of the days of training, of one type each. */
    public List<Cluster> mine() {
        return new Miner(hierarchies).typePinned(table(training()));
    }

    /** Days of training, counted from the first alarm, on which there was such an alarm: a bit for each of the first 64. */
    long dayBit(Alarm alarm) {
        return 1L << Math.min(day(alarm), 63);
    }

    /** The table of some of its alarms. */
    AlarmTable table(List<Alarm> some) {
        AlarmTable table = new AlarmTable(hierarchies);
        for (Alarm alarm : some) {
            if (!table.add(alarm)) {
                throw new IllegalArgumentException("more different alarms than a table takes");
            }
        }
        return table;
    }
}
