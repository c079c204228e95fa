package org.maftia.services.detection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.maftia.core.testing.Attack;
import org.maftia.core.testing.Seeds;
import org.maftia.core.wire.Digest;
import org.maftia.core.wire.MalformedException;
import org.maftia.core.wire.Reader;

/** A table is the same however its alarms came: in another order, in parts, lifted here or there. */
class AlarmTableTest {
    /** So few tuples of a type that random alarms go beyond. */
    private static final int TYPE_TUPLES_MAX = 12;

    static List<Alarm> alarms(Random random, int count) {
        List<Alarm> alarms = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            Address src =
                    random.nextInt(10) == 0 ? null : Address.v4(random.nextInt(4) << 24 | random.nextInt(40) << 6);
            Address dst = random.nextInt(3) == 0 ? Address.v6(0x20010db8L << 32, random.nextInt(3)) : null;
            alarms.add(new Alarm.Builder()
                    .time(1_700_000_000_000_000L + random.nextInt(300) * 1_000_000_000L)
                    .sensor("s")
                    .type("t:" + (random.nextInt(3) * random.nextInt(2)))
                    .src(src)
                    .dst(dst)
                    .dstPort(random.nextInt(4) - 1)
                    .host(random.nextBoolean() ? "h_" + random.nextInt(3) : null)
                    .severity(random.nextInt(6))
                    .attackIds(random.nextInt(5) == 0 ? List.of("T" + random.nextInt(80)) : List.of())
                    .label(random.nextInt(4) == 0 ? "step " + random.nextInt(80) : Alarm.HARMLESS)
                    .rawHash(new Digest(random.nextLong(), i, 0, 0))
                    .build());
        }
        return alarms;
    }

    private static AlarmTable table(List<Alarm> alarms) {
        AlarmTable table = new AlarmTable(Hierarchies.ofNothing(), TYPE_TUPLES_MAX);
        alarms.forEach(alarm -> assertThat(table.add(alarm)).isTrue());
        return table;
    }

    @Seeds(60)
    void orderAndPartsDoNotMatter(long seed) {
        Random random = new Random(seed);
        List<Alarm> alarms = alarms(random, random.nextInt(400));
        byte[] expected = table(alarms).toBytes();
        Collections.shuffle(alarms, random);
        assertThat(table(alarms).toBytes()).isEqualTo(expected);

        int first = random.nextInt(alarms.size() + 1);
        int second = first + random.nextInt(alarms.size() - first + 1);
        AlarmTable a = table(alarms.subList(0, first));
        AlarmTable b = table(alarms.subList(first, second));
        AlarmTable c = table(alarms.subList(second, alarms.size()));
        assertThat(merged(merged(a, b), c).toBytes()).as("(a b) c").isEqualTo(expected);
        assertThat(merged(a, merged(b, c)).toBytes()).as("a (b c)").isEqualTo(expected);
        assertThat(merged(merged(c, a), b).toBytes()).as("(c a) b").isEqualTo(expected);
        assertThat(merged(table(List.of()), a).toBytes()).as("identity").isEqualTo(a.toBytes());
        assertThat(merged(a, table(List.of())).toBytes()).as("identity").isEqualTo(a.toBytes());
    }

    private static AlarmTable merged(AlarmTable a, AlarmTable b) {
        AlarmTable merged = a.copy();
        assertThat(merged.merge(b)).isTrue();
        assertThat(merged.alarms()).isEqualTo(a.alarms() + b.alarms());
        return merged;
    }

    @Seeds(20)
    void whatIsWrittenIsReadAndNothingElse(long seed) {
        Random random = new Random(seed);
        Hierarchies hierarchies = Hierarchies.ofNothing();
        AlarmTable table = new AlarmTable(hierarchies);
        alarms(random, 100).forEach(table::add);
        byte[] bytes = table.toBytes();
        AlarmTable read = AlarmTable.read(hierarchies, new Reader(bytes));
        assertThat(read.toBytes()).isEqualTo(bytes);
        assertThat(read.alarms()).isEqualTo(table.alarms());
        for (int i = 0; i < 200; i++) {
            byte[] mutated = bytes.clone();
            mutated[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
            try {
                Reader reader = new Reader(mutated);
                AlarmTable other = AlarmTable.read(hierarchies, reader);
                reader.end();
                assertThat(other.toBytes()).isEqualTo(mutated);
            } catch (MalformedException expected) {
                assertThat(expected.getMessage()).isNotEmpty();
            }
        }
    }

    @Test
    void aScanFromEverywhereIsLifted() {
        AlarmTable table = new AlarmTable(Hierarchies.ofNothing(), 100);
        for (int i = 0; i < 100_000; i++) {
            table.add(new Alarm.Builder()
                    .time(0)
                    .sensor("s")
                    .type("scan")
                    .src(Address.v4(i * 77_777))
                    .build());
        }
        assertThat(table.liftLevel("scan")).isEqualTo(2);
        assertThat(table.size()).isEqualTo(2);
        assertThat(table.alarms()).isEqualTo(100_000);
        assertThat(table.rows().stream().mapToLong(row -> row.tally().count()).sum())
                .isEqualTo(100_000);
    }

    /** Whoever chooses all that an alarm says costs no more than one who chooses his address. */
    @Attack("alarms made to fill memory")
    @Test
    void alarmsThatDifferInAllAreFew() {
        AlarmTable table = new AlarmTable(Hierarchies.ofNothing(), 100);
        for (int i = 0; i < 20_000; i++) {
            table.add(new Alarm.Builder()
                    .time(i * 3_600_000_000L)
                    .sensor("s")
                    .type("all")
                    .src(Address.v4(i * 77_777))
                    .dst(Address.v6(i * 0x1_0000_0001L, i))
                    .dstPort(1 + i % 65_535)
                    .host("h" + i)
                    .build());
        }
        assertThat(table.size()).isLessThanOrEqualTo(100);
        assertThat(table.liftLevel("all"))
                .isEqualTo(9); // sources, destinations and hosts are any, ports are high or low
        assertThat(table.alarms()).isEqualTo(20_000);
        byte[] bytes = table.toBytes();
        // What is lifted is read again where the limit is the usual one, too.
        AlarmTable read = AlarmTable.read(table.hierarchies(), new Reader(bytes));
        assertThat(read.toBytes()).isEqualTo(bytes);
    }

    /** Also where alarms have no addresses. */
    @Test
    void hostsAreLiftedWhereThereAreNoSources() {
        AlarmTable table = new AlarmTable(Hierarchies.of(List.of(Attribute.TYPE, Attribute.HOST)), 100);
        for (int i = 0; i < 1_000; i++) {
            table.add(new Alarm.Builder()
                    .time(0)
                    .sensor("s")
                    .type("t")
                    .host("h" + i)
                    .build());
        }
        assertThat(table.size()).isEqualTo(1);
    }

    @Test
    void hoursDaysAndPeaks() {
        AlarmTable table = new AlarmTable(Hierarchies.of(List.of(Attribute.TYPE)));
        long hour = 3_600_000_000L;
        for (long time : new long[] {0, 1, hour - 1, hour, 24 * hour, 48 * hour, 48 * hour + 5}) {
            table.add(new Alarm.Builder().time(time).sensor("s").type("t").build());
        }
        Tally tally = table.rows().getFirst().tally();
        assertThat(tally.hours()).isEqualTo(4);
        assertThat(tally.days()).isEqualTo(3);
        assertThat(tally.peakPerHour()).isEqualTo(3);
        assertThat(tally.leastPerHour()).isEqualTo(1);
        assertThat(tally.firstMicros()).isZero();
        assertThat(tally.lastMicros()).isEqualTo(48 * hour + 5);
    }

    @Test
    void tablesOfDifferentHierarchiesAreNotMixed() {
        AlarmTable table = new AlarmTable(Hierarchies.ofNothing());
        AlarmTable other = new AlarmTable(Hierarchies.of(List.of(Attribute.TYPE)));
        assertThatThrownBy(() -> table.merge(other)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> AlarmTable.read(table.hierarchies(), new Reader(other.toBytes())))
                .isInstanceOf(MalformedException.class);
    }
}
