package org.maftia.wormhole.trusted;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.maftia.wormhole.Capabilities;
import org.maftia.wormhole.EpochSource;
import org.maftia.wormhole.certificate.BigEndian;
import org.maftia.wormhole.certificate.Certificate;
import org.maftia.wormhole.certificate.Digest;
import org.maftia.wormhole.certificate.Fence;
import org.maftia.wormhole.certificate.Kind;
import org.maftia.wormhole.certificate.Mark;
import org.maftia.wormhole.certificate.Stream;
import org.maftia.wormhole.certificate.TagProfile;
import org.maftia.wormhole.certificate.Ui;
import org.maftia.wormhole.certificate.VoidRange;
import org.maftia.wormhole.sim.SeededRandom;

/**
 * Kills at every step of {@code createUi}, over a disk that tears and loses what was not forced: no counter ever has two
 * digests, none has a UI and a VOID. Planted bugs show that the check can fail.
 */
class CrashTest {
    private static final Stream GROUP = new Stream(1, 2, 0);
    private static final int LANES = 3;

    /** What was shown to the world, by whatever way it left the component; by lane and counter. */
    private static final class Witness {
        private final NavigableMap<Long, Digest> digests = new TreeMap<>();
        private final NavigableMap<Long, Long> voids = new TreeMap<>();
        private String equivocation = "";

        private static long key(int lane, long counter) {
            return ((long) lane << 32) + counter;
        }

        void saw(Ui ui) {
            long key = key(ui.lane(), ui.counter());
            Digest before = digests.putIfAbsent(key, ui.digest());
            if (before != null && !before.equals(ui.digest())) {
                equivocation = "two digests with " + ui.lane() + "/" + ui.counter();
            }
            Map.Entry<Long, Long> gap = voids.floorEntry(key);
            if (gap != null && gap.getValue() >= key) {
                equivocation = "a UI and a VOID with " + ui.lane() + "/" + ui.counter();
            }
        }

        void saw(VoidRange range) {
            long from = key(range.lane(), range.from());
            long to = key(range.lane(), range.to());
            voids.merge(from, to, Math::max);
            if (!digests.subMap(from, true, to, true).isEmpty()) {
                equivocation = "a UI and a VOID in " + range;
            }
        }
    }

    /** One life after the other over one record, killed at random steps. */
    private static String run(long seed, int kills, RecordUnderTest record) {
        SplittableRandom random = new SplittableRandom(seed);
        Witness witness = new Witness();
        int digests = 0;
        for (int life = 0; life < kills; life++) {
            CounterRecord each = record.open(random.nextInt(12));
            try {
                Life ttcb = new Life(each); // what it recovers it writes down, so here too it may be killed
                for (int lane = 0; lane < LANES; lane++) {
                    ttcb.last(CounterRecord.FIRST_GAP + lane, VoidRange.class).ifPresent(witness::saw);
                    ttcb.last(lane, Ui.class).ifPresent(witness::saw);
                }
                while (true) {
                    int lane = random.nextInt(LANES);
                    if (random.nextInt(8) == 0) {
                        ttcb.raise(Mark.CKPT, ttcb.mark(Mark.CKPT) + 1, digest(++digests));
                    } else {
                        witness.saw(ttcb.createUi(lane, digest(++digests)));
                    }
                }
            } catch (Killed e) {
                record.crash(random);
            }
            if (!witness.equivocation.isEmpty()) {
                return witness.equivocation;
            }
        }
        assertThat(witness.digests).hasSizeGreaterThan(kills / 4);
        return "";
    }

    private static final Setup SETUP = new Setup(
            GROUP,
            0,
            0,
            1,
            TagProfile.HMAC,
            new Capabilities(
                    1,
                    EpochSource.PERSISTENT,
                    false,
                    false,
                    true,
                    16,
                    true,
                    false,
                    EnumSet.of(TagProfile.HMAC),
                    List.of()),
            EpochIdentity.signingPair(new SeededRandom(1)),
            null,
            null);

    /** One start of the counters, without the session around them. */
    private static final class Life {
        private final Usig usig;
        private final StreamState state;
        private final byte[] out = new byte[Kind.CERTIFICATE_LENGTH_MAX];

        Life(CounterRecord record) {
            HmacSealer sealer = new HmacSealer();
            sealer.install(new byte[32]);
            usig = new Usig(SETUP, record, sealer);
            state = Objects.requireNonNull(usig.stream(3));
        }

        Ui createUi(int lane, Digest digest) {
            return decoded(usig.createUi(state, lane, digest.toBytes(), 0, out, 0), Ui.class);
        }

        Fence raise(Mark mark, long value, Digest digest) {
            return decoded(usig.raise(state, mark.code() - 1, value, digest.toBytes(), 0, out, 0), Fence.class);
        }

        <C extends Certificate> Optional<C> last(int place, Class<C> type) {
            int length = usig.last(state, place, out, 0);
            return length == 0 ? Optional.empty() : Optional.of(decoded(length, type));
        }

        long mark(Mark mark) {
            return state.marks[mark.code() - 1];
        }

        private <C extends Certificate> C decoded(int length, Class<C> type) {
            return type.cast(Certificate.decode(out, 0, length));
        }
    }

    private static Digest digest(int number) {
        byte[] bytes = new byte[Digest.LENGTH];
        BigEndian.u32(bytes, 0, number);
        return Digest.of(bytes);
    }

    @Test
    void noCounterHasTwoDigestsThroughTenThousandKills() {
        assertThat(run(1, 10_000, new DiskUnderTest())).isEmpty();
    }

    @Test
    void countersThatLeapAreVoidAndNothingElseThroughTenThousandKills() {
        assertThat(run(2, 10_000, new DeviceUnderTest())).isEmpty();
    }

    @Test
    void aTagBeforeTheIntentIsFound() {
        assertThat(run(3, 10_000, new LazyDiskUnderTest())).startsWith("two digests");
    }

    @Test
    void aVoidOnTheDevicesWordAloneIsFound() {
        assertThat(run(4, 10_000, new ForgetfulDeviceUnderTest())).isNotEmpty();
    }

    /** The process ends here. */
    private static final class Killed extends RuntimeException {
        private static final long serialVersionUID = 1;
    }

    private interface RecordUnderTest {
        /** Opens what the crash has left; the record kills its user at the given step. */
        CounterRecord open(int steps);

        void crash(SplittableRandom random);
    }

    /** A disk whose writes sit in a cache until they are forced; a crash applies any part of any of them. */
    private static final class ModelDisk implements Disk {
        private byte[] durable = new byte[0];
        private final java.util.List<Map.Entry<Long, byte[]>> cached = new java.util.ArrayList<>();
        private int steps;

        private void step() {
            if (--steps < 0) {
                throw new Killed();
            }
        }

        @Override
        public long length() {
            return durable.length;
        }

        @Override
        public int read(long at, byte[] into) {
            int count = (int) Math.min(into.length, durable.length - at);
            System.arraycopy(durable, (int) at, into, 0, count);
            return count;
        }

        @Override
        public void write(long at, byte[] bytes) {
            cached.add(Map.entry(at, bytes.clone()));
            step();
        }

        @Override
        public void force() {
            step();
            cached.forEach(write -> apply(write.getKey(), write.getValue(), write.getValue().length));
            cached.clear();
            step();
        }

        private void apply(long at, byte[] bytes, int length) {
            int end = (int) at + length;
            if (end > durable.length) {
                durable = java.util.Arrays.copyOf(durable, end);
            }
            System.arraycopy(bytes, 0, durable, (int) at, length);
        }

        void crash(SplittableRandom random) {
            for (Map.Entry<Long, byte[]> write : cached) {
                switch (random.nextInt(3)) {
                    case 0 -> apply(write.getKey(), write.getValue(), write.getValue().length);
                    case 1 -> apply(write.getKey(), write.getValue(), random.nextInt(write.getValue().length));
                    default -> {} // lost
                }
            }
            cached.clear();
        }
    }

    private static class DiskUnderTest implements RecordUnderTest {
        final ModelDisk disk = new ModelDisk();

        @Override
        public CounterRecord open(int steps) {
            DurableRecord record = new DurableRecord(disk);
            disk.steps = steps;
            return record;
        }

        @Override
        public void crash(SplittableRandom random) {
            disk.crash(random);
        }
    }

    /** Planted: answers before the intent is durable. */
    private static final class LazyDiskUnderTest extends DiskUnderTest {
        @Override
        public CounterRecord open(int steps) {
            DurableRecord record = new DurableRecord(new Disk() {
                @Override
                public long length() {
                    return disk.length();
                }

                @Override
                public int read(long at, byte[] into) {
                    return disk.read(at, into);
                }

                @Override
                public void write(long at, byte[] bytes) {
                    disk.write(at, bytes);
                }

                @Override
                public void force() {
                    // promises, and does not
                }
            });
            disk.steps = steps;
            return record;
        }
    }

    /** Intents on a sound disk, counters in a device that leaps ahead at every unclean stop. */
    private static class DeviceUnderTest implements RecordUnderTest {
        final DiskUnderTest disk = new DiskUnderTest();
        final Map<Integer, Long> counters = new HashMap<>();

        @Override
        public CounterRecord open(int steps) {
            CounterRecord intents = disk.open(steps);
            return new CounterRecord() {
                @Override
                public void intend(int protocol, int place, byte[] statement, int length) {
                    intents.intend(protocol, place, statement, length);
                }

                @Override
                public void increment(int protocol, int lane, long counter) {
                    disk.disk.step();
                    counters.put(lane, counter);
                    disk.disk.step();
                }

                @Override
                public byte @Nullable [] intended(int protocol, int place) {
                    return DeviceUnderTest.this.intended(intents, protocol, place);
                }

                @Override
                public long incremented(int protocol, int lane) {
                    return counters.getOrDefault(lane, 0L);
                }
            };
        }

        byte @Nullable [] intended(CounterRecord intents, int protocol, int place) {
            return intents.intended(protocol, place);
        }

        @Override
        public void crash(SplittableRandom random) {
            disk.crash(random);
            counters.replaceAll((lane, counter) -> random.nextInt(3) == 0 ? (counter / 16 + 1) * 16 : counter);
        }
    }

    /** Planted: the intents are lost with the process, so a gap is closed on the device's word alone. */
    private static final class ForgetfulDeviceUnderTest extends DeviceUnderTest {
        @Override
        byte @Nullable [] intended(CounterRecord intents, int protocol, int place) {
            byte[] statement = intents.intended(protocol, place);
            return place < Stream.LANES ? null : statement;
        }
    }

    @Test
    void aMarkThatRoseStaysUpThroughKills() {
        DiskUnderTest record = new DiskUnderTest();
        SplittableRandom random = new SplittableRandom(5);
        long shown = 0;
        for (int life = 0; life < 2_000; life++) {
            CounterRecord each = record.open(random.nextInt(8));
            Life ttcb = new Life(each);
            long view = ttcb.mark(Mark.VIEW);
            assertThat(view).isGreaterThanOrEqualTo(shown);
            Optional<Long> last =
                    ttcb.last(CounterRecord.FIRST_MARK, Fence.class).map(Fence::view);
            assertThat(last.orElse(0L)).isEqualTo(view);
            try {
                while (true) {
                    view++;
                    shown = ttcb.raise(Mark.VIEW, view, Digest.ZERO).view();
                }
            } catch (Killed e) {
                record.crash(random);
            }
        }
        assertThat(shown).isGreaterThan(100);
    }
}
