package org.maftia.core.agreement;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.maftia.core.agreement.MultivaluedAgreement.Verdict;
import org.maftia.core.testing.IdealCertifier;
import org.maftia.core.testing.Seeds;
import org.maftia.core.testing.Solo;
import org.maftia.core.testing.TestGroup;
import org.maftia.core.trust.FaultStructure;
import org.maftia.core.trust.ReplicaSet;
import org.maftia.core.wire.Digest;

/** Whole groups of correct replicas, some of them silent, slow or crashing. */
class MultivaluedAgreementTest {
    static final FaultStructure FOUR = FaultStructure.threshold(4, 1);
    private static final int STEPS_MAX = 100_000;

    static TestGroup<Consumer<MultivaluedAgreement>, byte[]> group(
            FaultStructure trust, TestGroup.Scheduler scheduler, long seed) {
        return new TestGroup<>(
                trust.size(),
                scheduler,
                seed,
                (self, now) -> Solo.node(
                        self,
                        trust,
                        now,
                        port -> new MultivaluedAgreement(
                                port, new IdealCertifier(self), Digest.ZERO, 0, 100_000, value -> Verdict.VALID)));
    }

    static byte[] value(int replica) {
        return ("value of " + replica).getBytes(StandardCharsets.UTF_8);
    }

    static <T> boolean allDecided(TestGroup<T, byte[]> group, ReplicaSet replicas) {
        return replicas.toList().stream().noneMatch(i -> group.outputs(i).isEmpty());
    }

    static List<String> decisions(TestGroup<?, byte[]> group, ReplicaSet replicas) {
        List<String> all = new ArrayList<>();
        replicas.forEach(i -> group.outputs(i).forEach(value -> all.add(new String(value, StandardCharsets.UTF_8))));
        return all.stream().distinct().toList();
    }

    @Test
    void inACalmGroupAllDecideTheFirstLeadersValue() {
        var group = group(FOUR, TestGroup.Scheduler.OLDEST_FIRST, 0);
        FOUR.all().forEach(i -> group.input(i, agreement -> agreement.propose(value(i))));
        assertThat(group.run(STEPS_MAX, () -> allDecided(group, FOUR.all()))).isTrue();
        assertThat(decisions(group, FOUR.all())).containsExactly("value of 0");
        FOUR.all().forEach(i -> assertThat(group.blames(i)).isEmpty());
    }

    @Seeds(200)
    void aSilentReplicaAndTimersThatAreTooShortDoNotHinder(long seed) {
        var group = group(FOUR, TestGroup.Scheduler.drawn(seed, 4), seed);
        int silent = (int) (seed / 16 % 4);
        group.crash(silent);
        group.earlyAlarms((int) (seed % 5) * 20);
        ReplicaSet others = FOUR.all().without(silent);
        others.forEach(i -> group.input(i, agreement -> agreement.propose(value(i))));
        assertThat(group.run(STEPS_MAX, () -> allDecided(group, others))).isTrue();
        assertThat(decisions(group, others)).hasSize(1);
        others.forEach(i -> assertThat(group.blames(i)).isEmpty());
    }
}
