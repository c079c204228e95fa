package org.maftia.core.broadcast;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.maftia.core.crypto.IdealComponents;
import org.maftia.core.crypto.Transcript;
import org.maftia.core.protocol.Attestation;
import org.maftia.core.protocol.Attestation.Agreed;
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

/** Multicast over the agreement of trusted components, with all but two replicas corrupt, and links that lose. */
class TrustedMulticastTest {
    private static final int STREAM = 9;
    private static final int LENGTH_MAX = 100;
    private static final int STEPS_MAX = 20_000;
    private static final Path PATH = Path.ROOT.child("test", 0);

    /** Eight copies in a row are not lost. */
    private static final TrustedMulticast.Timing TIMING = new TrustedMulticast.Timing(100_000, 50_000, 8);

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /** Some replicas, each with its component. */
    private static final class Group {
        final int size;
        final IdealComponents components;
        final TestGroup<Consumer<TrustedMulticast>, TrustedMulticast.Event> group;

        Group(int size, long seed) {
            this.size = size;
            this.components = new IdealComponents(seed, size);
            this.group = new TestGroup<>(
                    size,
                    Scheduler.drawn(seed, size),
                    seed,
                    components,
                    (self, nowMicros) -> Solo.<TrustedMulticast.Message, TrustedMulticast.Event, TrustedMulticast>node(
                            self,
                            FaultStructure.threshold(size, size - 2),
                            nowMicros,
                            port -> new TrustedMulticast(
                                    port, components, STREAM, Collections.nCopies(size, 0L), TIMING, LENGTH_MAX)));
        }

        List<String> delivered(int replica) {
            return group.outputs(replica).stream()
                    .filter(TrustedMulticast.Event.Delivery.class::isInstance)
                    .map(TrustedMulticast.Event.Delivery.class::cast)
                    .map(one -> one.sender() + " " + new String(one.payload(), StandardCharsets.UTF_8))
                    .toList();
        }

        void inject(int from, int to, TrustedMulticast.Message message) {
            Writer writer = new Writer().opaque8(PATH.toString().getBytes(StandardCharsets.US_ASCII));
            TrustedMulticast.codec(size, LENGTH_MAX).write(writer, message);
            group.inject(from, to, writer.toBytes());
        }

        /** The intruder at replica 0 has its component propose the message. */
        TrustedMulticast.Data proposed(String text) {
            TrustedMulticast.Data data = new TrustedMulticast.Data(0, group.nowMicros() + 100_000, bytes(text));
            components.call(
                    0, new TrustedCall.Propose(STREAM, members(), data.startMicros(), digest(data)), group.nowMicros());
            return data;
        }

        List<Integer> members() {
            return FaultStructure.threshold(size, 0).all().toList();
        }
    }

    private static Digest digest(TrustedMulticast.Data data) {
        return Transcript.of("trusted multicast")
                .field(PATH.toString())
                .field(data.sender())
                .field(data.startMicros())
                .field(data.payload())
                .digest();
    }

    @Test
    void allDeliverWhatACorrectReplicaMulticastsOverLinksThatLose() {
        for (long seed = 0; seed < 20; seed++) {
            Group all = new Group(4, seed);
            all.group.loss(300);
            all.group.input(2, one -> one.multicast(bytes("m")));
            assertThat(all.group.run(STEPS_MAX, () -> {
                        for (int replica = 0; replica < 4; replica++) {
                            if (all.delivered(replica).size() != 1) {
                                return false;
                            }
                        }
                        return true;
                    }))
                    .as("seed " + seed)
                    .isTrue();
            for (int replica = 0; replica < 4; replica++) {
                assertThat(all.delivered(replica)).containsExactly("2 m");
                assertThat(all.group.blames(replica)).isEmpty();
            }
        }
    }

    @Attack("broadcast with all but two replicas corrupt")
    @Test
    void ofTenReplicasTwoAreCorrectAndAgreeOnWhatACorruptSenderShowedToOne() {
        for (int size = 3; size <= 10; size++) {
            int faults = size - 2;
            for (long seed = 0; seed < 5; seed++) {
                Group all = new Group(faults + 2, seed);
                int last = faults + 1;
                for (int replica = 0; replica < faults; replica++) {
                    all.group.filter(replica, outgoing -> false);
                }
                all.group.loss(300);
                TrustedMulticast.Data shown = all.proposed("x");
                TrustedMulticast.Data other = new TrustedMulticast.Data(0, shown.startMicros(), bytes("y"));
                for (int copy = 0; copy < 8; copy++) {
                    all.inject(0, faults, shown);
                    // The other correct one is shown something that the component never heard of.
                    if (seed % 2 == 0) {
                        all.inject(0, last, other);
                    }
                }
                assertThat(all.group.run(
                                STEPS_MAX,
                                () -> !all.delivered(faults).isEmpty()
                                        && !all.delivered(last).isEmpty()))
                        .as(faults + " corrupt, seed " + seed)
                        .isTrue();
                assertThat(all.delivered(faults)).containsExactly("0 x");
                assertThat(all.delivered(last)).containsExactly("0 x");
            }
        }
    }

    @Test
    void whatNoComponentHeardOfInTimeIsDeliveredByNobody() {
        Group all = new Group(3, 1);
        TrustedMulticast.Data never = new TrustedMulticast.Data(0, all.group.nowMicros() + 100_000, bytes("x"));
        all.inject(0, 1, never);
        all.inject(0, 2, never);
        all.group.run(STEPS_MAX, () -> false);
        assertThat(all.delivered(1)).isEmpty();
        assertThat(all.delivered(2)).isEmpty();
    }

    @Test
    void whoHoldsWhatWasNotAgreedOnSaysThatTheSenderIsCorrupt() {
        Group all = new Group(3, 3);
        all.group.filter(0, outgoing -> false);
        TrustedMulticast.Data agreed = all.proposed("x");
        all.inject(0, 1, new TrustedMulticast.Data(0, agreed.startMicros(), bytes("y")));
        all.group.run(STEPS_MAX, () -> !all.group.blames(1).isEmpty());
        assertThat(all.group.blames(1)).allMatch(blame -> blame.replica() == 0).isNotEmpty();
        assertThat(all.delivered(1)).isEmpty();
    }

    @Attack("UI of another group, protocol, lane or epoch")
    @Test
    void anOutcomeOfAnotherAgreementConvincesNobody() {
        Group all = new Group(3, 4);
        TrustedMulticast.Data data = all.proposed("x");
        TrustedCall.Decide decide = new TrustedCall.Decide(STREAM, all.members(), data.startMicros());
        Agreed good = (Agreed) all.components.call(0, decide, Long.MAX_VALUE).orElseThrow();
        Attestation otherStream = all.components
                .call(0, new TrustedCall.Decide(STREAM + 1, all.members(), data.startMicros()), Long.MAX_VALUE)
                .orElseThrow();
        TrustedMulticast.Data forged = new TrustedMulticast.Data(0, data.startMicros(), bytes("y"));
        Agreed claimed =
                new Agreed(0, 0, good.members(), good.startMicros(), digest(forged), good.proposers(), good.tag());
        all.inject(0, 1, new TrustedMulticast.Carried(forged, good));
        all.inject(0, 1, new TrustedMulticast.Carried(forged, claimed));
        all.inject(0, 1, new TrustedMulticast.Carried(data, (Agreed) otherStream));
        all.group.run(20, () -> all.group.blames(1).size() == 3);
        assertThat(all.group.blames(1)).hasSize(3);
        assertThat(all.delivered(1)).isEmpty();
    }

    @Test
    void messagesAreCanonical() {
        Group all = new Group(3, 4);
        TrustedMulticast.Data data = all.proposed("x");
        Agreed agreed = (Agreed) all.components
                .call(0, new TrustedCall.Decide(STREAM, all.members(), data.startMicros()), Long.MAX_VALUE)
                .orElseThrow();
        CodecCheck.check(
                TrustedMulticast.codec(3, LENGTH_MAX),
                List.of(data, new TrustedMulticast.Carried(data, agreed), new TrustedMulticast.Ack(1, 5)));
    }
}
