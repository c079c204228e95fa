package org.maftia.core.ordering;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.maftia.core.wire.Digest;

class WantedTest {
    private final Wanted wanted = new Wanted();

    private static Candidate candidate(long sequence) {
        return new Candidate(new Reference(new RequestId(64, 1, sequence), Digest.ZERO));
    }

    private List<Long> takeDue(long nowMicros) {
        List<Long> taken = new ArrayList<>();
        for (Candidate next = wanted.due(nowMicros); next != null; next = wanted.due(nowMicros)) {
            taken.add(next.reference.id().sequence());
            wanted.remove(next);
        }
        return taken;
    }

    @Test
    void whatIsDueFirstComesFirstWhateverItsWait() {
        wanted.add(candidate(1), 0, 50);
        wanted.add(candidate(2), 10, 5);
        wanted.add(candidate(3), 20, 5);
        wanted.add(candidate(4), 40, 50);
        assertThat(wanted.due(14)).isNull();
        assertThat(takeDue(60)).containsExactly(2L, 3L, 1L);
        assertThat(wanted.isEmpty()).isFalse();
        assertThat(takeDue(90)).containsExactly(4L);
        assertThat(wanted.isEmpty()).isTrue();
    }

    @Test
    void whoLeavesAndComesBackHasOnePlace() {
        Candidate one = candidate(1);
        assertThat(wanted.add(one, 0, 5)).isTrue();
        assertThat(wanted.add(one, 1, 5)).isFalse();
        wanted.remove(one);
        wanted.remove(one);
        assertThat(wanted.isEmpty()).isTrue();
        assertThat(wanted.due(100)).isNull();
        wanted.add(one, 100, 5);
        wanted.move(one, 100, 50);
        assertThat(wanted.due(149)).isNull();
        assertThat(takeDue(150)).containsExactly(1L);
        wanted.move(one, 200, 5); // wanted no more: it stays so
        assertThat(wanted.isEmpty()).isTrue();
    }

    @Test
    void afterARestartAllAreDueInTheirOrder() {
        Candidate asked = candidate(1);
        asked.pulls = 7;
        wanted.add(asked, 0, 1_000);
        wanted.add(candidate(2), 0, 50);
        wanted.add(candidate(3), 0, 5);
        Candidate gone = candidate(4);
        wanted.add(gone, 0, 5);
        wanted.remove(gone);
        wanted.restart(1);
        assertThat(asked.pulls).isZero();
        assertThat(takeDue(1)).containsExactly(3L, 2L, 1L);
    }
}
