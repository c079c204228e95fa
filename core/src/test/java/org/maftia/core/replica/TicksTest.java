package org.maftia.core.replica;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.maftia.core.crypto.IdealCipher;
import org.maftia.core.crypto.IdealCoin;
import org.maftia.core.crypto.Transcript;
import org.maftia.core.ordering.Request;
import org.maftia.core.ordering.RequestId;
import org.maftia.core.protocol.Automaton;
import org.maftia.core.protocol.Limits;
import org.maftia.core.protocol.Node;
import org.maftia.core.protocol.Port;
import org.maftia.core.testing.IdealCertifier;
import org.maftia.core.testing.Seeds;
import org.maftia.core.testing.Structures;
import org.maftia.core.testing.TestGroup;
import org.maftia.core.trust.FaultStructure;
import org.maftia.core.wire.Digest;
import org.maftia.core.wire.Reader;
import org.maftia.core.wire.Writer;

/** Agreed time comes to who waits for it, be the group idle or not, and at the same slot everywhere. */
class TicksTest {
    private static final FaultStructure TRUST = Structures.FOUR;
    private static final long SECOND = 1_000_000;
    private static final int CLIENT = 64;
    private static final int STEPS_MAX = 200_000;

    /** By replica, in its newest life. */
    private final TreeMap<Integer, Alarm> alarms = new TreeMap<>();

    private final TreeMap<Integer, Replica> replicas = new TreeMap<>();

    private TestGroup<Input, Output> group(long seed) {
        return new TestGroup<>(TRUST.size(), TestGroup.Scheduler.drawn(seed, TRUST.size()), seed, this::make);
    }

    private Automaton<Input, Output> make(int self, long now) {
        Alarm alarm = new Alarm();
        alarms.put(self, alarm);
        return new Node<>(self, TRUST, Limits.DEFAULT, now, (Port<ReplicaSnapshot, Output> port) -> {
            TreeMap<String, StateMachine> services = new TreeMap<>();
            services.put("alarm", alarm);
            Genesis genesis = new Genesis(
                            Digest.ZERO,
                            new IdealCertifier(self),
                            new IdealCoin(0, TRUST, self),
                            new IdealCipher(0, TRUST).holder(self),
                            services,
                            new TreeMap<>(),
                            new TreeMap<>())
                    .with(new IdealCertifier(self));
            Replica replica = new Replica(port, genesis, false);
            replicas.put(self, replica);
            return replica;
        });
    }

    private static Request wish(long sequence, long dueMicros) {
        byte[] operation = new Writer().u64(dueMicros).toBytes();
        return new Request(
                new RequestId(CLIENT, 1, sequence),
                ServiceCall.codec(1000).encode(new ServiceCall("alarm", operation)));
    }

    private Alarm alarm(int replica) {
        Alarm alarm = alarms.get(replica);
        assertThat(alarm).isNotNull();
        return alarm;
    }

    private boolean haveRung(List<Integer> all, int times) {
        return all.stream().allMatch(i -> alarm(i).rung.size() == times);
    }

    @Seeds(8)
    void anAlarmGoesOffOnceAtTheSameSlotOfAllReplicas(long seed) {
        TestGroup<Input, Output> group = group(seed);
        List<Integer> all = TRUST.all().toList();
        for (int times = 1; times <= 3; times++) {
            long due = group.nowMicros() + 30 * SECOND;
            Request wish = wish(times - 1, due);
            int expected = times;
            all.forEach(i -> group.input(i, new Input.Submit(wish)));
            assertThat(group.run(STEPS_MAX, () -> haveRung(all, expected))).isTrue();
            assertThat(alarm(0).rung.getLast().timeMicros()).isGreaterThanOrEqualTo(due);
            assertThat(group.nowMicros())
                    .as("when it goes off, within some seconds")
                    .isLessThan(due + 20 * SECOND);
        }
        group.run(1000, () -> false);
        for (int i : all) {
            assertThat(alarm(i).rung).hasSize(3).isEqualTo(alarm(0).rung);
        }
    }

    /** An idle group with nothing to wait for stays idle. */
    @Test
    void nothingIsOrderedWhereNobodyWaits() {
        TestGroup<Input, Output> group = group(0);
        group.run(STEPS_MAX, () -> group.nowMicros() > 2_000_000_000_000_000L);
        for (Replica replica : replicas.values()) {
            assertThat(replica.status().decided()).isZero();
        }
    }

    /** The one whose turn it is may be away; and one that was comes back to a state in which the alarm is set. */
    @Seeds(4)
    void anyReplicaMayBeMissing(long seed) {
        TestGroup<Input, Output> group = group(3);
        int missing = (int) seed;
        List<Integer> others = new ArrayList<>(TRUST.all().toList());
        others.remove(Integer.valueOf(missing));
        long due = group.nowMicros() + 5 * SECOND;
        others.forEach(i -> group.input(i, new Input.Submit(wish(0, due))));
        assertThat(group.run(STEPS_MAX, () -> others.stream().allMatch(i -> alarm(i).due == due)))
                .isTrue();
        group.crash(missing);
        others.forEach(i -> {
            group.crash(i);
            group.restart(i);
        });
        assertThat(group.run(STEPS_MAX, () -> haveRung(others, 1))).isTrue();
    }

    private record Ring(long slot, long timeMicros) {}

    /** Goes off once when the time of its last command has come. */
    private static final class Alarm implements StateMachine {
        private final List<Ring> rung = new ArrayList<>();
        private long due = Long.MAX_VALUE;

        @Override
        public byte @Nullable [] apply(Command command, Context context) {
            due = new Reader(command.operation()).u64();
            return "set".getBytes(StandardCharsets.UTF_8);
        }

        @Override
        public long dueMicros() {
            return due;
        }

        @Override
        public void tick(Context context) {
            rung.add(new Ring(context.index(), context.timeMicros()));
            due = Long.MAX_VALUE;
        }

        @Override
        public void snapshot(Writer writer) {
            writer.u64(due).u32(rung.size());
            rung.forEach(ring -> writer.u64(ring.slot).u64(ring.timeMicros));
        }

        @Override
        public void restore(Reader reader) {
            due = reader.u64();
            rung.clear();
            for (long count = reader.u32(); count > 0; count--) {
                rung.add(new Ring(reader.u64(), reader.u64()));
            }
        }

        @Override
        public Digest root() {
            Writer writer = new Writer();
            snapshot(writer);
            return Transcript.sha256(writer.toBytes());
        }
    }
}
