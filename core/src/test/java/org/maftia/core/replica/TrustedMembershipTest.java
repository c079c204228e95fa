package org.maftia.core.replica;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.maftia.core.crypto.IdealComponents;
import org.maftia.core.crypto.IdealView;
import org.maftia.core.crypto.Transcript;
import org.maftia.core.ordering.Era;
import org.maftia.core.ordering.hybrid.TrustedComponents;
import org.maftia.core.protocol.Attestation;
import org.maftia.core.protocol.Attestation.Mark;
import org.maftia.core.protocol.Path;
import org.maftia.core.protocol.TrustedCall;
import org.maftia.core.testing.Attack;
import org.maftia.core.testing.CodecCheck;
import org.maftia.core.testing.Solo;
import org.maftia.core.testing.TestGroup;
import org.maftia.core.testing.TestGroup.Scheduler;
import org.maftia.core.trust.FaultStructure;
import org.maftia.core.wire.Digest;
import org.maftia.core.wire.Writer;

/** Components follow the log into its trusted views, whatever the host of one of them does. */
class TrustedMembershipTest {
    private static final int STREAM = 1;
    private static final int STEPS_MAX = 3_000;
    private static final int SEEDS = 24;
    private static final FaultStructure THREE = FaultStructure.threshold(3, 1);
    private static final Path PATH = Path.ROOT.child("test", 0);

    private static final Era FIRST = new Era(0, List.of(0L, 0L, 0L), 0, 0);

    private static final TrustedComponents.ViewForm FORM = new TrustedComponents.ViewForm() {
        @Override
        public int stream() {
            return STREAM;
        }

        @Override
        public Optional<TrustedComponents.View> of(long number, Era era) {
            IdealView.Written written =
                    new IdealView(number, era.epochs(), era.excluded(), THREE.maximalFaultSets()).written();
            return Optional.of(new TrustedComponents.View(written.bytes(), written.digest()));
        }
    };

    private IdealComponents components = new IdealComponents(0, THREE.size());
    private TestGroup<Consumer<TrustedMembership>, Output> group = group(0);

    private TestGroup<Consumer<TrustedMembership>, Output> group(long seed) {
        components = new IdealComponents(seed, THREE.size());
        group = new TestGroup<>(
                THREE.size(),
                Scheduler.drawn(seed, THREE.size()),
                seed,
                components,
                (self, nowMicros) -> Solo.<TrustedMembership.Message, Output, TrustedMembership>node(
                        self, THREE, nowMicros, port -> new TrustedMembership(port, FORM, 0)));
        return group;
    }

    /** The log is in this era at these replicas. */
    private void follow(Era era, int... replicas) {
        for (int replica : replicas) {
            group.input(replica, membership -> membership.follow(era));
        }
    }

    private long view(int replica) {
        return components.view(replica).map(IdealView::number).orElse(-1L);
    }

    private boolean reach(long number, int... replicas) {
        return group.run(STEPS_MAX, () -> {
            boolean all = true;
            for (int replica : replicas) {
                all &= view(replica) == number;
            }
            return all;
        });
    }

    private void inject(int from, int to, TrustedMembership.Message message) {
        Writer writer = new Writer().opaque8(PATH.toString().getBytes(StandardCharsets.US_ASCII));
        TrustedMembership.CODEC.write(writer, message);
        group.inject(from, to, writer.toBytes());
    }

    private Attestation.Fence raise(int replica, long number, Digest digest) {
        return (Attestation.Fence) components
                .call(replica, new TrustedCall.Raise(STREAM, Mark.VIEW, number, digest))
                .orElseThrow();
    }

    private static Digest content(Era era) {
        return FORM.of(era.number(), era).orElseThrow().digest();
    }

    @Test
    void allComponentsFollowTheLogOverLinksThatLose() {
        for (long seed = 0; seed < SEEDS; seed++) {
            group(seed).loss(300);
            follow(FIRST, 0, 1, 2);
            assertThat(reach(0, 0, 1, 2)).as("the genesis needs nobody's word").isTrue();
            components.lose(1);
            Era second = FIRST.after(1, 1, 10, 0);
            follow(second, 0, 1, 2);
            assertThat(reach(1, 0, 1, 2)).as("seed " + seed).isTrue();
            Era third = second.after(2, 1, 20, 0);
            components.lose(2);
            follow(third, 2, 1, 0);
            assertThat(reach(2, 0, 1, 2)).as("seed " + seed).isTrue();
            for (int replica = 0; replica < 3; replica++) {
                assertThat(group.outputs(replica))
                        .contains(
                                new Output.TrustedView(1, List.of(0, 1, 2)),
                                new Output.TrustedView(2, List.of(0, 1, 2)));
                assertThat(group.blames(replica)).isEmpty();
            }
        }
    }

    @Test
    void whoStopsOnTheWayGoesOnWhereItsComponentIs() {
        for (long seed = 0; seed < SEEDS; seed++) {
            group(seed);
            follow(FIRST, 0, 1, 2);
            assertThat(reach(0, 0, 1, 2)).isTrue();
            components.lose(2);
            Era second = FIRST.after(2, 1, 10, 0);
            follow(second, 0, 1, 2);
            for (long steps = seed % 5; steps > 0; steps--) {
                group.step();
            }
            group.crash(0);
            group.run(50, () -> false);
            group.restart(0);
            follow(second, 0);
            assertThat(reach(1, 0, 1, 2)).as("seed " + seed).isTrue();
            assertThat(group.outputs(0)).contains(new Output.TrustedView(1, List.of(0, 1, 2)));
        }
    }

    @Test
    void whoIsExcludedStaysBehindUntilTheLogTakesItBack() {
        for (long seed = 0; seed < SEEDS; seed++) {
            group(seed);
            follow(FIRST, 0, 1, 2);
            assertThat(reach(0, 0, 1, 2)).isTrue();
            Era without = FIRST.excluding(2, 10);
            follow(without, 0, 1, 2);
            assertThat(reach(1, 0, 1)).as("seed " + seed).isTrue();
            assertThat(group.outputs(0)).contains(new Output.TrustedView(1, List.of(0, 1)));
            assertThat(view(2)).isEqualTo(0);
            components.lose(2);
            Era again = without.after(2, 1, 20, 0);
            follow(again, 0, 1, 2);
            assertThat(reach(2, 0, 1, 2)).as("seed " + seed).isTrue();
        }
    }

    @Test
    void whoMissedViewsComesToTheNewestOne() {
        follow(FIRST, 0, 1, 2);
        assertThat(reach(0, 0, 1, 2)).isTrue();
        group.crash(0);
        Era later = FIRST;
        for (int epoch = 1; epoch <= 3; epoch++) {
            later = later.after(2, epoch, 10 * epoch, 0);
            components.lose(2);
            follow(later, 1, 2);
            group.run(50, () -> false);
        }
        assertThat(view(1))
                .as("its own view has three members, of which one is away and one began anew")
                .isZero();
        group.restart(0);
        follow(later, 0);
        assertThat(reach(3, 0, 1, 2)).isTrue();
    }

    @Attack("host tells trusted components false views, invents vouchers or keeps its own back")
    @Test
    void aHostThatInventsVouchersOrViewsMovesNobody() {
        follow(FIRST, 0, 1, 2);
        assertThat(reach(0, 0, 1, 2)).isTrue();
        group.filter(2, outgoing -> false);
        Era second = FIRST.excluding(1, 10);
        // Its own component vouches for a view that the log never named, or for the next one before the log names it.
        Attestation.Fence own = raise(2, 1, content(second));
        inject(2, 0, new TrustedMembership.Vouch(own));
        inject(2, 0, new TrustedMembership.Vouch(own.by(1)));
        group.run(20, () -> false);
        assertThat(view(0)).isZero();
        assertThat(group.blames(0)).extracting("replica").containsExactly(2);
        follow(second, 0);
        group.run(200, () -> false);
        assertThat(view(0)).as("two of the three of the view before vouched").isEqualTo(1);

        group(1);
        follow(FIRST, 0, 1, 2);
        assertThat(reach(0, 0, 1, 2)).isTrue();
        group.filter(2, outgoing -> false);
        Era named = FIRST.excluding(2, 10);
        Attestation.Fence other = raise(2, 1, content(FIRST.excluding(0, 10)));
        inject(2, 0, new TrustedMembership.Vouch(other));
        Attestation.Fence made =
                new Attestation.Fence(2, 0, Mark.VIEW, 1, 0, other.counters(), content(named), new byte[16]);
        inject(2, 1, new TrustedMembership.Vouch(made));
        follow(named, 0);
        group.run(50, () -> false);
        assertThat(view(0)).as("one voucher is no quorum").isZero();
        follow(named, 1);
        assertThat(reach(1, 0, 1)).isTrue();
    }

    @Attack("host tells trusted components false views, invents vouchers or keeps its own back")
    @Test
    void aHostThatKeepsItsVoucherBackHoldsUpNobody() {
        for (long seed = 0; seed < SEEDS; seed++) {
            group(seed).loss(200);
            follow(FIRST, 0, 1, 2);
            assertThat(reach(0, 0, 1, 2)).isTrue();
            group.filter(2, outgoing -> false);
            for (int i = 0; i < 20; i++) {
                inject(2, i % 2, new TrustedMembership.Lacks(i));
            }
            Era second = FIRST.excluding(2, 10);
            follow(second, 0, 1);
            assertThat(reach(1, 0, 1)).as("seed " + seed).isTrue();
        }
    }

    @Test
    void aComponentThatItsHostTookAheadVouchesForNothingElse() {
        follow(FIRST, 0, 1, 2);
        assertThat(reach(0, 0, 1, 2)).isTrue();
        raise(0, 5, Digest.ZERO);
        Era second = FIRST.excluding(2, 10);
        follow(second, 0, 1);
        group.run(200, () -> false);
        assertThat(view(0))
                .as("its voucher for this number is gone, so that there is no quorum")
                .isZero();
        assertThat(view(1)).isZero();
    }

    @Test
    void framesGoFromMemberToMemberOnly() {
        follow(FIRST, 0, 1, 2);
        assertThat(reach(0, 0, 1, 2)).isTrue();
        byte[] frame = {7};
        group.input(0, membership -> membership.carry(1, frame));
        group.input(0, membership -> membership.carry(1, new byte[Replica.RELAYED_LENGTH_MAX + 1]));
        group.run(20, () -> false);
        assertThat(delivered(1)).containsExactly("0 1");
        follow(FIRST.excluding(2, 10), 0, 1);
        group.input(0, membership -> membership.carry(2, frame));
        inject(2, 1, new TrustedMembership.Carried(frame));
        group.run(200, () -> false);
        assertThat(delivered(2)).isEmpty();
        assertThat(delivered(1)).containsExactly("0 1");
    }

    private List<String> delivered(int replica) {
        return group.outputs(replica).stream()
                .filter(Output.Delivered.class::isInstance)
                .map(Output.Delivered.class::cast)
                .map(one -> one.peer() + " " + one.bytes().length)
                .toList();
    }

    @Test
    void viewsOfLaterConfigurationsHaveHigherNumbers() {
        long late = Status.InView.number(0, 7_000);
        long later = Status.InView.number(1, 0);
        assertThat(later).isGreaterThan(late);
        assertThat(Status.InView.configuration(later)).isEqualTo(1);
        assertThat(Status.InView.name(late)).isEqualTo("0.7000");
        assertThat(Status.InView.name(later + 2)).isEqualTo("1.2");
    }

    @Test
    void messagesHaveOneEncoding() {
        Attestation.Fence fence = raise(0, 1, Transcript.sha256(new byte[0]));
        CodecCheck.check(
                TrustedMembership.CODEC,
                List.of(
                        new TrustedMembership.Vouch(fence),
                        new TrustedMembership.Lacks(3),
                        new TrustedMembership.Carried(new byte[] {1, 2})));
    }
}
