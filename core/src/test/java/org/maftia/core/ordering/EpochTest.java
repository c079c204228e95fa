package org.maftia.core.ordering;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.maftia.core.testing.CodecCheck;
import org.maftia.core.testing.Structures;

class EpochTest {
    private static Epoch next(Epoch epoch, boolean failed) {
        return epoch.next(Structures.FOUR, epoch.start() + 1, failed);
    }

    @Test
    void theMoreLeadersFailInARowTheMoreEpochsDoWithoutThem() {
        List<Integer> between = new ArrayList<>();
        Epoch epoch = Epoch.FIRST;
        for (int failures = 1; failures <= 7; failures++) {
            epoch = next(epoch, true);
            int leaderless = 0;
            int leader = epoch.leader();
            for (; epoch.isLeaderless(); epoch = next(epoch, false)) {
                leaderless++;
            }
            assertThat(epoch.leader()).as("known all the while").isEqualTo(leader);
            between.add(leaderless);
        }
        assertThat(between).containsExactly(0, 1, 2, 4, 8, 8, 8);
    }

    @Test
    void oneLeaderThatDoesItsWorkEndsIt() {
        Epoch epoch = next(next(next(next(Epoch.FIRST, true), true), false), true);
        assertThat(epoch.leaderless()).isEqualTo(2);
        Epoch led = next(next(epoch, false), false);
        assertThat(led.isLeaderless()).isFalse();
        assertThat(next(next(led, false), true).isLeaderless()).isFalse();
    }

    @Test
    void epochsWithoutALeaderAreNoFailures() {
        Epoch epoch = next(next(Epoch.FIRST, true), true);
        assertThat(next(epoch, true)).isEqualTo(next(epoch, false));
        assertThat(next(epoch, false).skipped()).isEqualTo(epoch.skipped());
    }

    @Test
    void encodingIsCanonical() {
        CodecCheck.check(Epoch.CODEC, List.of(Epoch.FIRST, next(next(Epoch.FIRST, true), true)));
    }
}
