package org.maftia.services.detection.coverage;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.maftia.core.testing.Seeds;
import org.maftia.core.trust.ReplicaSet;
import org.maftia.core.trust.TrustPolicy.Clause;
import org.maftia.services.detection.coverage.VoteBounds.Vote;

class VoteBoundsTest {
    private static final int OCCASIONS = 200;
    private static final int EACH = VoteBounds.WHOLE / OCCASIONS;

    /** Whatever hangs together: sensors are drawn that fail together, or apart, or in turns, and the bounds hold. */
    @Seeds(60)
    void noDependenceLeavesTheBounds(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        int count = 2 + random.nextInt(6);
        List<Sensor> sensors = Sites.sensors(random, count, 3, 2);
        SensorTrust trust = Sites.trust(sensors, Sites.site(1), Clause.any(1));
        ReplicaSet seeing = ReplicaSet.firstOf(count);
        List<ReplicaSet> reporting = new ArrayList<>();
        int shared = random.nextInt(100);
        for (int i = 0; i < OCCASIONS; i++) {
            long together = random.nextInt(100) < shared ? random.nextLong() : -1L;
            long half = random.nextLong();
            reporting.add(new ReplicaSet((half | random.nextLong()) & together).intersection(seeing));
        }
        for (Vote vote : Vote.values()) {
            int passed = (int) reporting.stream()
                    .filter(set -> VoteBounds.passes(vote, set, seeing, trust))
                    .count();
            VoteBounds missed = VoteBounds.missed(vote, seeing, trust, i -> EACH * silent(reporting, i));
            VoteBounds wrong =
                    VoteBounds.falseAlarms(vote, seeing, trust, i -> EACH * (OCCASIONS - silent(reporting, i)));
            assertThat((OCCASIONS - passed) * EACH).as(vote + " missed").isBetween(missed.least(), missed.most());
            assertThat(passed * EACH).as(vote + " wrong").isBetween(wrong.least(), wrong.most());
        }
    }

    private static int silent(List<ReplicaSet> reporting, int sensor) {
        return (int) reporting.stream().filter(set -> !set.contains(sensor)).count();
    }
}
