package org.maftia.core.replica;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.maftia.core.crypto.IdealCipher;
import org.maftia.core.crypto.IdealCoin;
import org.maftia.core.ordering.Decision;
import org.maftia.core.ordering.Epoch;
import org.maftia.core.ordering.hybrid.TrustedComponents;
import org.maftia.core.protocol.Attestation;
import org.maftia.core.testing.Attack;
import org.maftia.core.testing.IdealCertifier;
import org.maftia.core.testing.Structures;
import org.maftia.core.trust.ReplicaSet;
import org.maftia.core.wire.Digest;
import org.maftia.core.wire.Reader;
import org.maftia.core.wire.Writer;

/** An era of trusted components ends where the log says, whatever was decided by then. */
class ErasTest {
    private static final int PIPELINE = 1;
    private static final int STREAM = 1;
    private static final long TIME_MICROS = 1_700_000_000_000_000L;

    private Eras eras;

    private static Eras first() {
        Genesis plain = new Genesis(
                Digest.ZERO,
                new IdealCertifier(0),
                new IdealCoin(0, Structures.FOUR, 0),
                new IdealCipher(0, Structures.FOUR).holder(0),
                new TreeMap<>(),
                new TreeMap<>(),
                new TreeMap<>());
        TrustedComponents all = new TrustedComponents((stream, what) -> true, 1, List.of(0L, 0L, 0L, 0L), 1);
        return new Eras(plain.with(all), Structures.FOUR, PIPELINE);
    }

    private static Decision decision(long slot, long start) {
        return new Decision(slot, Epoch.first(start), TIME_MICROS, Digest.ZERO, List.of());
    }

    /** Slot 1 says that the component of replica 1 is another one now: so slot 2 is the last of the era. */
    @BeforeEach
    void anEraIsEnded() {
        eras = first();
        eras.renew(1, new Attestation.Introduction(1, 7, new byte[0], new byte[0]), 1, TIME_MICROS);
    }

    @Test
    void whatWasDecidedTogetherWithTheEndIsVoidAboveIt() {
        assertThat(eras.endsWith(2)).isTrue();
        assertThat(eras.counts(decision(2, 1))).isTrue();
        eras.executed(2, TIME_MICROS);
        assertThat(eras.epochs()).containsExactly(0L, 7L, 0L, 0L);
        assertThat(eras.counts(decision(3, 1))).as("of the era that is over").isFalse();
        assertThat(eras.counts(decision(3, 3))).as("of the one that begins").isTrue();
        assertThat(eras.counts(decision(9, 4))).as("of a later view of it").isTrue();
        assertThat(eras.counts(decision(2, 1))).as("told again").isTrue();
    }

    private void convict(int by, int replica, long epoch, long slot) {
        eras.convict(by, new GroupCommand.Convicted(STREAM, replica, epoch), slot);
    }

    /** The era that was to begin has begun. */
    private void settle() {
        eras.executed(2, TIME_MICROS);
        assertThat(eras.news()).isEmpty();
    }

    @Test
    void whomAKernelConvictsIsExcludedFromTheNextEraOnUntilAnotherEpochOfItsComponent() {
        settle();
        convict(0, 3, 0, 5);
        assertThat(eras.endsWith(6)).as("one alone may lie").isFalse();
        convict(0, 3, 0, 6);
        convict(2, 3, 0, 7);
        assertThat(eras.endsWith(8)).isTrue();
        assertThat(eras.excluded()).isEqualTo(ReplicaSet.EMPTY);
        assertThat(eras.news()).containsExactly(new Output.Excluded(3, List.of(0, 2), 8));
        assertThat(eras.exclusions()).as("not yet").isEmpty();
        eras.executed(8, TIME_MICROS);
        assertThat(eras.excluded()).isEqualTo(ReplicaSet.of(3));
        assertThat(eras.exclusions()).containsExactly(new Output.Excluded(3, List.of(0, 2), 8));

        eras.renew(3, new Attestation.Introduction(3, 0, new byte[0], new byte[0]), 9, TIME_MICROS);
        assertThat(eras.endsWith(10)).as("the epoch in which it is excluded").isFalse();
        eras.renew(3, new Attestation.Introduction(3, 1, new byte[0], new byte[0]), 9, TIME_MICROS);
        assertThat(eras.endsWith(10)).isTrue();
        eras.executed(10, TIME_MICROS);
        assertThat(eras.excluded()).isEqualTo(ReplicaSet.EMPTY);
        assertThat(eras.exclusions()).isEmpty();
        assertThat(eras.news()).containsExactly(new Output.Excluded(3, List.of(), 10));
    }

    @Attack("one replica has a correct one excluded")
    @Test
    void whatIsSaidByOneOrOfAnotherEpochOrConfigurationExcludesNobody() {
        settle();
        convict(0, 1, 6, 5); // of the epoch before
        convict(2, 1, 6, 5);
        eras.convict(0, new GroupCommand.Convicted(STREAM + 1, 1, 7), 5);
        eras.convict(2, new GroupCommand.Convicted(STREAM + 1, 1, 7), 5);
        convict(1, 1, 7, 5); // of itself
        convict(0, 9, 0, 5);
        for (int again = 0; again < 5; again++) {
            convict(3, 1, 7, 5);
        }
        assertThat(eras.endsWith(6)).isFalse();
        convict(2, 1, 7, 5);
        assertThat(eras.endsWith(6)).isTrue();
    }

    @Test
    void neverSoManyThatNoQuorumIsLeft() {
        settle();
        convict(0, 3, 0, 5);
        convict(1, 3, 0, 5);
        convict(0, 2, 0, 5);
        convict(1, 2, 0, 5);
        eras.executed(6, TIME_MICROS);
        assertThat(eras.excluded()).isEqualTo(ReplicaSet.of(3));
        assertThat(eras.endsWith(7)).isFalse();
    }

    @Test
    void convictionsAreKeptUntilTheEraThatComesHasBegunAndGoWithTheState() {
        convict(0, 3, 0, 1);
        convict(1, 3, 0, 1);
        Writer state = new Writer();
        eras.write(state);
        eras = first();
        eras.read(new Reader(state.toBytes()));
        eras.executed(2, TIME_MICROS);
        assertThat(eras.endsWith(3)).isTrue();
        eras.executed(3, TIME_MICROS);
        assertThat(eras.excluded()).isEqualTo(ReplicaSet.of(3));
        state = new Writer();
        eras.write(state);
        eras = first();
        eras.read(new Reader(state.toBytes()));
        assertThat(eras.exclusions())
                .as("on whose word goes with the state")
                .containsExactly(new Output.Excluded(3, List.of(0, 1), 3));
    }

    @Test
    void whoFetchedTheStateJudgesAlike() {
        eras.executed(2, TIME_MICROS);
        Writer state = new Writer();
        eras.write(state);
        Eras other = first();
        other.read(new Reader(state.toBytes()));
        assertThat(other.counts(decision(3, 1))).isFalse();
        assertThat(other.counts(decision(3, 3))).isTrue();
    }
}
