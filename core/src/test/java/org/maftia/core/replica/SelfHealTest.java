package org.maftia.core.replica;

import static org.assertj.core.api.Assertions.assertThat;
import static org.maftia.core.testing.Structures.FOUR;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.maftia.core.crypto.IdealCipher;
import org.maftia.core.crypto.IdealCoin;
import org.maftia.core.crypto.Transcript;
import org.maftia.core.ordering.Request;
import org.maftia.core.ordering.RequestId;
import org.maftia.core.protocol.Automaton;
import org.maftia.core.protocol.Node;
import org.maftia.core.protocol.Port;
import org.maftia.core.testing.Attack;
import org.maftia.core.testing.IdealCertifier;
import org.maftia.core.testing.Seeds;
import org.maftia.core.testing.TestGroup;
import org.maftia.core.wire.Digest;
import org.maftia.core.wire.Reader;
import org.maftia.core.wire.Writer;

/** A replica whose memory went wrong: the certified root tells it, and the others give it the right state. */
class SelfHealTest {
    private static final int STEPS_MAX = 300_000;
    private static final int CLIENT = 64;
    private static final int INTERVAL = LineageGroup.INTERVAL;

    private final List<Replica> replicas = new ArrayList<>();
    private final List<Sum> sums = new ArrayList<>();
    private TestGroup<Input, Output> group = start(0);
    private long sequence;

    /** Adds; a flipped bit in it is what a bad memory or an intruder leaves behind. */
    private static final class Sum implements StateMachine {
        long value;

        @Override
        public byte @Nullable [] apply(Command command, Context context) {
            value += new Reader(command.operation()).u64();
            return new Writer().u64(value).toBytes();
        }

        @Override
        public void snapshot(Writer writer) {
            writer.u64(value);
        }

        @Override
        public void restore(Reader reader) {
            value = reader.u64();
        }

        @Override
        public Digest root() {
            return Transcript.of("sum").field(value).digest();
        }
    }

    private TestGroup<Input, Output> start(long seed) {
        replicas.clear();
        sums.clear();
        return new TestGroup<>(4, TestGroup.Scheduler.UNIFORM, seed, this::make);
    }

    private Automaton<Input, Output> make(int self, long now) {
        Sum sum = new Sum();
        TreeMap<String, StateMachine> services = new TreeMap<>();
        services.put("sum", sum);
        Genesis genesis = new Genesis(
                Digest.ZERO,
                new IdealCertifier(self),
                new IdealCoin(0, FOUR, self),
                new IdealCipher(0, FOUR).holder(self),
                services,
                new TreeMap<>(),
                new TreeMap<>());
        return new Node<>(self, FOUR, LineageGroup.limits(), now, (Port<ReplicaSnapshot, Output> port) -> {
            Replica replica = new Replica(port, genesis, false);
            if (replicas.size() == self) {
                replicas.add(replica);
                sums.add(sum);
            } else {
                replicas.set(self, replica);
                sums.set(self, sum);
            }
            return replica;
        });
    }

    private RequestId add(long amount) {
        RequestId id = new RequestId(CLIENT, 1, sequence++);
        byte[] operation = new Writer().u64(amount).toBytes();
        Request request = new Request(id, ServiceCall.codec(1000).encode(new ServiceCall("sum", operation)));
        for (int i = 0; i < 4; i++) {
            group.input(i, new Input.Submit(request));
        }
        return id;
    }

    private boolean isAnswered(int replica, RequestId id) {
        return group.outputs(replica).stream()
                .anyMatch(output ->
                        output instanceof Output.Reply reply && reply.id().equals(id));
    }

    private void addAll(int count, List<Integer> answering) {
        for (int i = 0; i < count; i++) {
            RequestId id = add(1);
            assertThat(group.run(STEPS_MAX, () -> answering.stream().allMatch(replica -> isAnswered(replica, id))))
                    .isTrue();
        }
    }

    private boolean isHealed(int victim) {
        int other = (victim + 1) % 4;
        return sums.get(victim).value == sums.get(other).value
                && replicas.get(victim).status().executed()
                        == replicas.get(other).status().executed();
    }

    /** It finds out at the next checkpoint, executes again what was decided since, and its votes count as before. */
    @Attack("non-determinism")
    @Seeds(12)
    void aReplicaWhoseStateDiffersFromTheCertifiedOneFetchesItAndIsNeeded(long seed) {
        group = start(seed);
        int victim = (int) (seed % 4);
        addAll(3 + (int) seed, List.of(0, 1, 2, 3));
        sums.get(victim).value ^= 1L << 40;
        addAll(2 * INTERVAL, List.of((victim + 1) % 4, (victim + 2) % 4, (victim + 3) % 4));
        assertThat(group.run(STEPS_MAX, () -> isHealed(victim))).isTrue();
        assertThat(group.outputs(victim))
                .anyMatch(output -> output instanceof Output.Notice notice
                        && notice.text().startsWith("the own state differs from the certified one"));
        int crashed = (victim + 2) % 4;
        group.crash(crashed);
        long before = replicas.get((victim + 1) % 4).status().stable();
        addAll(3 * INTERVAL, List.of(victim, (victim + 1) % 4));
        assertThat(group.run(
                        STEPS_MAX, () -> replicas.get((victim + 1) % 4).status().stable() > before))
                .isTrue();
        assertThat(isHealed(victim)).isTrue();
        assertThat(sums.get(victim).value).isEqualTo(3 + seed + 5 * INTERVAL);
    }

    /** A crash in the middle: the journal leads to the right state, as what is certified was executed from the log. */
    @Seeds(6)
    void healingSurvivesACrashOfWhoHeals(long seed) {
        group = start(seed);
        int victim = (int) (seed % 4);
        int other = (victim + 1) % 4;
        addAll(5, List.of(0, 1, 2, 3));
        sums.get(victim).value = -7;
        addAll(INTERVAL, List.of(other));
        group.run((int) seed * 20, () -> false);
        group.crash(victim);
        group.restart(victim);
        for (int i = 0; i < 4; i++) {
            if (i != victim) {
                group.input(i, new Input.Connected(victim));
                group.input(victim, new Input.Connected(i));
            }
        }
        addAll(2 * INTERVAL, List.of(other, victim));
        assertThat(group.run(STEPS_MAX, () -> isHealed(victim))).isTrue();
        assertThat(sums.get(victim).value).isEqualTo(5 + 3 * INTERVAL);
    }
}
