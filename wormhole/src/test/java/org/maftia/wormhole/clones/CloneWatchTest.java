package org.maftia.wormhole.clones;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.maftia.wormhole.Ttcb;
import org.maftia.wormhole.certificate.Digest;
import org.maftia.wormhole.certificate.Fence;
import org.maftia.wormhole.certificate.Mark;
import org.maftia.wormhole.certificate.Stream;
import org.maftia.wormhole.certificate.Ui;
import org.maftia.wormhole.sim.SimulatedWormhole;
import org.maftia.wormhole.sim.SimulatedWormhole.Variant;

class CloneWatchTest {
    private static final Stream GROUP = new Stream(1, 2, 0);
    private static final Stream STREAM = GROUP.with(5);

    private final SimulatedWormhole wormhole = new SimulatedWormhole(1, GROUP, 2, Variant.MEMORY).remember();
    private final CloneWatch watch = new CloneWatch(GROUP, Set.of(0, 1));

    private static Digest digest(int number) {
        byte[] bytes = new byte[Digest.LENGTH];
        bytes[0] = (byte) number;
        bytes[1] = (byte) (number >> 8);
        return Digest.of(bytes);
    }

    @Test
    void aCopyThatLagsBehindIsSeenByItsHeartbeat() {
        Ttcb original = wormhole.connect(0);
        original.createUi(STREAM, 0, digest(1));
        Ttcb copy = wormhole.copyOf(0);
        Ui last = original.createUi(STREAM, 0, digest(2));
        assertThat(watch.see(last)).isEmpty();
        assertThat(watch.answered(original.counters(STREAM, digest(100)), digest(100)))
                .isEmpty();

        Contradiction found =
                watch.answered(copy.counters(STREAM, digest(101)), digest(101)).orElseThrow();
        assertThat(found.kind()).isEqualTo(Contradiction.Kind.REGRESSION);
        assertThat(found.kind().isProof()).isFalse();
        assertThat(found.earlier()).isEqualTo(last);
        assertThat(found.sentence())
                .isEqualTo("component 0, epoch 1, answers with counters or marks below those that it gave before: there"
                        + " are two of it");
    }

    @Test
    void aCopyThatLagsBehindInItsMarksIsSeenToo() {
        Ttcb original = wormhole.connect(0);
        Ttcb copy = wormhole.copyOf(0);
        assertThat(watch.see(original.raise(STREAM, Mark.CKPT, 256, digest(1)))).isEmpty();

        assertThat(watch.answered(copy.counters(STREAM, digest(100)), digest(100))
                        .map(Contradiction::kind))
                .contains(Contradiction.Kind.REGRESSION);
    }

    @Test
    void aCopyThatWorksOnIsProvedByItsCertificates() {
        Ttcb original = wormhole.connect(0);
        Ttcb copy = wormhole.copyOf(0);
        assertThat(watch.see(original.createUi(STREAM, 3, digest(1)))).isEmpty();
        Contradiction found = watch.see(copy.createUi(STREAM, 3, digest(2))).orElseThrow();

        assertThat(found.kind()).isEqualTo(Contradiction.Kind.EQUIVOCATION);
        assertThat(found.kind().isProof()).isTrue();
        assertThat(watch.see(original.raise(STREAM, Mark.VIEW, 1, digest(3)))).isEmpty();
        assertThat(watch.see(copy.createUi(STREAM, 3, digest(4))).map(Contradiction::kind))
                .as("a counter above the FENCE, without its mark")
                .contains(Contradiction.Kind.MARKS);
        assertThat(watch.see(copy.raise(STREAM, Mark.VIEW, 1, digest(5))).map(Contradiction::kind))
                .as("a second FENCE for one value")
                .contains(Contradiction.Kind.EQUIVOCATION);
    }

    @Test
    void anOldAnswerAndAnOldEpochSayNothing() {
        Ttcb original = wormhole.connect(0);
        var before = original.counters(STREAM, digest(100));
        Ui ui = original.createUi(STREAM, 0, digest(1));
        assertThat(watch.see(ui)).isEmpty();
        assertThat(watch.answered(before, digest(101))).as("another question").isEmpty();
        Ttcb restarted = wormhole.restart(0);
        assertThat(watch.see(restarted.createUi(STREAM, 0, digest(2))))
                .as("the counter comes again in another epoch")
                .isEmpty();
        assertThat(watch.see(ui)).as("the old epoch is over").isEmpty();
        assertThat(watch.see(new Ui(ui.header(), 0, 1, 0, 0, digest(9), ui.seal())))
                .as("and what contradicts it too")
                .isEmpty();
    }

    @Test
    void aSoundComponentIsNeverSuspected() {
        for (int seed = 0; seed < 30; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            SimulatedWormhole sound = new SimulatedWormhole(seed, GROUP, 1, Variant.MEMORY);
            CloneWatch each = new CloneWatch(GROUP, Set.of(0));
            Ttcb ttcb = sound.connect(0);
            Ui[] late = new Ui[8]; // certificates come in any order, and more than once
            Fence old = null;
            long value = 0;
            for (int step = 0; step < 120; step++) {
                Stream stream = STREAM.with(5 + random.nextInt(2));
                switch (random.nextInt(4)) {
                    case 0 -> {
                        Fence fence = ttcb.raise(
                                stream, Mark.values()[random.nextInt(2)], value += 1 + random.nextInt(5), digest(step));
                        assertThat(each.see(fence)).isEmpty();
                        old = random.nextBoolean() ? fence : old;
                    }
                    case 1 ->
                        assertThat(each.answered(ttcb.counters(stream, digest(step)), digest(step)))
                                .isEmpty();
                    case 2 -> late[random.nextInt(8)] = ttcb.createUi(stream, random.nextInt(3), digest(step));
                    default -> {
                        Ui ui = late[random.nextInt(8)];
                        assertThat(ui == null ? Optional.empty() : each.see(ui)).isEmpty();
                        assertThat(old == null ? Optional.empty() : each.see(old))
                                .isEmpty();
                    }
                }
            }
        }
    }
}
