package org.maftia.core.broadcast;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.maftia.core.crypto.IdealComponents;
import org.maftia.core.crypto.Transcript;
import org.maftia.core.protocol.Attestation;
import org.maftia.core.protocol.Attestation.Ui;
import org.maftia.core.protocol.Path;
import org.maftia.core.protocol.TrustedCall;
import org.maftia.core.testing.Attack;
import org.maftia.core.testing.CodecCheck;
import org.maftia.core.testing.RecordingPort;
import org.maftia.core.testing.Solo;
import org.maftia.core.testing.TestGroup;
import org.maftia.core.testing.TestGroup.Scheduler;
import org.maftia.core.trust.FaultStructure;
import org.maftia.core.wire.Digest;
import org.maftia.core.wire.Writer;

/** Broadcast from counters: with all but two replicas corrupt, through crashes, and where the journal is lost. */
class UsigBroadcastTest {
    private static final int STREAM = 7;
    private static final int LENGTH_MAX = 100;
    private static final int STEPS_MAX = 40_000;
    private static final Path PATH = Path.ROOT.child("test", 0);

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /** Some replicas, each with its component. */
    private static final class Group {
        final int size;
        final IdealComponents components;
        final TestGroup<Consumer<UsigBroadcast>, UsigBroadcast.Delivery> group;

        Group(int size, UsigBroadcast.Relay relay, long seed) {
            this.size = size;
            this.components = new IdealComponents(seed, size);
            this.group = new TestGroup<>(
                    size,
                    Scheduler.drawn(seed, size),
                    seed,
                    components,
                    (self, nowMicros) -> Solo.<UsigMessage, UsigBroadcast.Delivery, UsigBroadcast>node(
                            self,
                            FaultStructure.threshold(size, size - 2),
                            nowMicros,
                            port -> new UsigBroadcast(
                                    port, components, STREAM, Collections.nCopies(size, 0L), relay, LENGTH_MAX)));
        }

        List<String> delivered(int replica, int sender) {
            List<String> texts = new ArrayList<>();
            for (UsigBroadcast.Delivery one : group.outputs(replica)) {
                if (one.sender() == sender) {
                    texts.add(one.number() + " " + new String(one.payload(), StandardCharsets.UTF_8));
                }
            }
            return texts;
        }

        void broadcast(int sender, String text) {
            group.input(sender, one -> one.broadcast(bytes(text)));
        }

        /** What the intruder at a replica has its component certify. */
        UsigMessage.Data certified(int replica, String text) {
            Digest digest = Transcript.of("usig/payload")
                    .field(PATH.toString())
                    .field(bytes(text))
                    .digest();
            Attestation ui = components
                    .call(replica, new TrustedCall.CreateUi(STREAM, 0, digest))
                    .orElseThrow();
            return new UsigMessage.Data((Ui) ui, bytes(text));
        }

        void inject(int from, int to, UsigMessage message) {
            Writer writer = new Writer().opaque8(PATH.toString().getBytes(StandardCharsets.US_ASCII));
            UsigMessage.codec(size, LENGTH_MAX).write(writer, message);
            group.inject(from, to, writer.toBytes());
        }
    }

    @ParameterizedTest
    @EnumSource
    void everybodyDeliversWhatCorrectSendersBroadcastInTheirOrder(UsigBroadcast.Relay relay) {
        for (long seed = 0; seed < 20; seed++) {
            Group all = new Group(4, relay, seed);
            all.group.loss(200);
            for (int number = 1; number <= 3; number++) {
                for (int sender = 0; sender < 4; sender++) {
                    all.broadcast(sender, "m" + number);
                }
            }
            assertThat(all.group.run(STEPS_MAX, () -> {
                        for (int replica = 0; replica < 4; replica++) {
                            if (all.group.outputs(replica).size() < 12) {
                                return false;
                            }
                        }
                        return true;
                    }))
                    .as("seed " + seed)
                    .isTrue();
            for (int replica = 0; replica < 4; replica++) {
                for (int sender = 0; sender < 4; sender++) {
                    assertThat(all.delivered(replica, sender)).containsExactly("1 m1", "2 m2", "3 m3");
                }
                assertThat(all.group.blames(replica)).isEmpty();
            }
        }
    }

    @Attack("broadcast with all but two replicas corrupt")
    @ParameterizedTest
    @EnumSource
    void ofTenReplicasTwoAreCorrectAndAgree(UsigBroadcast.Relay relay) {
        for (int size = 3; size <= 10; size++) {
            int faults = size - 2;
            for (long seed = 0; seed < 4; seed++) {
                Group all = new Group(faults + 2, relay, seed);
                int last = faults + 1;
                // The corrupt ones say nothing of their own; the intruder speaks for the first of them.
                for (int replica = 0; replica < faults; replica++) {
                    all.group.filter(replica, outgoing -> false);
                }
                all.group.loss(300);
                UsigMessage.Data first = all.certified(0, "x");
                UsigMessage.Data second = all.certified(0, "y");
                // Each is shown to one correct replica only, a few times as links lose.
                for (int copy = 0; copy < 20; copy++) {
                    all.inject(0, faults, first);
                    all.inject(0, last, second);
                }
                all.broadcast(last, "mine");
                assertThat(all.group.run(
                                STEPS_MAX,
                                () -> all.delivered(faults, 0).size() == 2
                                        && all.delivered(last, 0).size() == 2
                                        && all.delivered(faults, last).size() == 1))
                        .as(faults + " corrupt, seed " + seed)
                        .isTrue();
                assertThat(all.delivered(faults, 0)).containsExactly("1 x", "2 y");
                assertThat(all.delivered(last, 0)).containsExactly("1 x", "2 y");
            }
        }
    }

    @Attack("UI of another group, protocol, lane or epoch")
    @Test
    void whatAComponentDidNotCertifyHereIsRefused() {
        Group all = new Group(3, UsigBroadcast.Relay.EAGER, 1);
        UsigMessage.Data good = all.certified(0, "x");
        Ui ui = good.ui();
        UsigMessage.Data otherText = new UsigMessage.Data(ui, bytes("y"));
        UsigMessage.Data otherCounter =
                new UsigMessage.Data(new Ui(0, 0, 0, 2, 0, 0, ui.digest(), ui.tag()), good.payload());
        UsigMessage.Data otherReplica =
                new UsigMessage.Data(new Ui(1, 0, 0, 1, 0, 0, ui.digest(), ui.tag()), good.payload());
        Ui elsewhere = (Ui) all.components
                .call(0, new TrustedCall.CreateUi(STREAM + 1, 0, ui.digest()))
                .orElseThrow();
        Ui otherLane = (Ui) all.components
                .call(0, new TrustedCall.CreateUi(STREAM, 1, ui.digest()))
                .orElseThrow();
        all.components.lose(0);
        Ui otherEpoch = (Ui) all.components
                .call(0, new TrustedCall.CreateUi(STREAM, 0, ui.digest()))
                .orElseThrow();
        Ui otherGroup = (Ui) new IdealComponents(99, 3)
                .call(0, new TrustedCall.CreateUi(STREAM, 0, ui.digest()))
                .orElseThrow();
        List<UsigMessage.Data> lies = List.of(
                otherText,
                otherCounter,
                otherReplica,
                new UsigMessage.Data(elsewhere, good.payload()),
                new UsigMessage.Data(otherLane, good.payload()),
                new UsigMessage.Data(otherEpoch, good.payload()),
                new UsigMessage.Data(otherGroup, good.payload()));
        for (UsigMessage.Data lie : lies) {
            all.inject(1, 2, lie);
        }
        all.group.run(1000, () -> all.group.blames(2).size() == lies.size());
        assertThat(all.group.blames(2)).hasSize(lies.size()).allMatch(blame -> blame.replica() == 1);
        assertThat(all.group.outputs(2)).isEmpty();
    }

    @Attack("burned counters")
    @Test
    void aBurnedCounterHoldsUpItsSenderOnly() {
        Group all = new Group(3, UsigBroadcast.Relay.LAZY, 5);
        all.group.filter(0, outgoing -> false);
        all.certified(0, "nobody sees this");
        UsigMessage.Data next = all.certified(0, "y");
        all.inject(0, 1, next);
        all.inject(0, 2, next);
        all.broadcast(1, "mine");
        assertThat(all.group.run(STEPS_MAX, () -> all.delivered(2, 1).size() == 1))
                .isTrue();
        assertThat(all.delivered(1, 0)).isEmpty();
        assertThat(all.delivered(2, 0)).isEmpty();
    }

    @Test
    void aCrashAtAnyRecordLosesNothingAndGivesNoCounterTwice() {
        for (int records = 0; records < 12; records++) {
            for (long seed = 0; seed < 4; seed++) {
                Group all = new Group(3, UsigBroadcast.Relay.EAGER, seed);
                all.group.crashAfterRecords(0, records);
                for (int number = 0; number < 3; number++) {
                    all.broadcast(0, "m" + number);
                    all.group.run(3, () -> false);
                }
                if (!all.group.isUp(0)) {
                    all.group.restart(0);
                }
                all.broadcast(0, "last");
                if (!all.group.isUp(0)) {
                    all.group.restart(0);
                    all.broadcast(0, "last");
                }
                boolean ended = all.group.run(STEPS_MAX, () -> {
                    List<String> one = all.delivered(1, 0);
                    return !one.isEmpty() && one.getLast().endsWith("last") && one.equals(all.delivered(2, 0));
                });
                assertThat(ended).as(records + " records, seed " + seed).isTrue();
                assertThat(all.group.blames(1)).isEmpty();
            }
        }
    }

    @Attack("journal lost, counters kept")
    @Test
    void aReplicaThatForgotWhatItBroadcastIsMute() {
        Group all = new Group(3, UsigBroadcast.Relay.EAGER, 3);
        all.broadcast(0, "m");
        assertThat(all.group.run(STEPS_MAX, () -> all.delivered(1, 0).size() == 1))
                .isTrue();
        all.group.crash(0);
        all.group.journal(0).clear();
        all.group.restart(0);
        all.group.input(0, one -> {
            assertThat(one.isMute()).isTrue();
            assertThat(one.canBroadcast()).isFalse();
        });
    }

    @Test
    void aSilentReplicaHoldsUpSendersUntilItIsExcluded() {
        Group all = new Group(3, UsigBroadcast.Relay.LAZY, 3);
        all.group.crash(2);
        for (int number = 0; number < UsigBroadcast.WINDOW; number++) {
            all.broadcast(0, "m" + number);
        }
        all.group.run(2000, () -> all.delivered(1, 0).size() == UsigBroadcast.WINDOW);
        all.group.input(0, one -> assertThat(one.canBroadcast()).isFalse());
        all.group.run(2000, () -> false);
        all.group.input(1, one -> one.exclude(2));
        all.group.input(0, one -> {
            one.exclude(2);
            assertThat(one.canBroadcast()).isTrue();
        });
    }

    @Test
    void theComponentIsAskedOnlyWhenTheMessageIsDurable() {
        RecordingPort<UsigMessage, UsigBroadcast.Delivery> port =
                new RecordingPort<>(0, FaultStructure.threshold(2, 0));
        UsigBroadcast one = new UsigBroadcast(
                port, (stream, attestation) -> true, STREAM, List.of(0L, 0L), UsigBroadcast.Relay.EAGER, LENGTH_MAX);
        one.restored();
        assertThat(port.take()).isEqualTo("certify LastUi[stream=7, lane=0]");
        port.certifications.remove().accept(Optional.empty());
        one.broadcast(new byte[0]);
        String digest = Transcript.of("usig/payload")
                .field(port.path().toString())
                .field(new byte[0])
                .digest()
                .toString();
        assertThat(port.lines).hasSize(2);
        assertThat(port.lines.getFirst()).startsWith("persist Pending");
        assertThat(port.lines.getLast()).isEqualTo("certify CreateUi[stream=7, lane=0, digest=" + digest + "]");
    }

    @Test
    void messagesAreCanonical() {
        Group all = new Group(3, UsigBroadcast.Relay.EAGER, 3);
        CodecCheck.check(
                UsigMessage.codec(3, LENGTH_MAX),
                List.of(
                        all.certified(1, "x"),
                        new UsigMessage.Progress(List.of(1L, 2L, 3L), true),
                        new UsigMessage.Pending(bytes("x"))));
    }
}
