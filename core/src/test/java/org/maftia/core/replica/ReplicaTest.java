package org.maftia.core.replica;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.maftia.core.crypto.Certifier;
import org.maftia.core.crypto.IdealCipher;
import org.maftia.core.crypto.IdealCoin;
import org.maftia.core.crypto.ThresholdSignature;
import org.maftia.core.crypto.Transcript;
import org.maftia.core.ordering.Request;
import org.maftia.core.ordering.RequestId;
import org.maftia.core.protocol.Automaton;
import org.maftia.core.protocol.Limits;
import org.maftia.core.protocol.Node;
import org.maftia.core.protocol.Path;
import org.maftia.core.protocol.Port;
import org.maftia.core.protocol.Ready;
import org.maftia.core.testing.Attack;
import org.maftia.core.testing.Seeds;
import org.maftia.core.testing.TestGroup;
import org.maftia.core.testing.ToyThreshold;
import org.maftia.core.trust.FaultStructure;
import org.maftia.core.wire.Digest;
import org.maftia.core.wire.Reader;

/** Whole replicas over a network in memory, without lies: the lies are the simulator's. */
class ReplicaTest {
    private static final FaultStructure TRUST = FaultStructure.threshold(4, 1);
    private static final ToyThreshold KEY = new ToyThreshold("key", TRUST.sharing(), 4);
    private static final int CLIENT = 64;
    private static final Limits LIMITS = withInterval(Limits.DEFAULT, 8);

    private final Set<Integer> amnesiac = new HashSet<>();
    private final List<Replica> replicas = new ArrayList<>(List.of());
    private TestGroup<Input, Output> group = start(0, TestGroup.Scheduler.OLDEST_FIRST);
    private long sequence;

    private static Limits withInterval(Limits limits, int checkpointInterval) {
        return new Limits(
                limits.frameLengthMax(),
                limits.batchLengthMax(),
                4,
                limits.operationLengthMax(),
                4,
                checkpointInterval,
                2 * checkpointInterval,
                limits.heldBytesPerPeer(),
                limits.pooledRequestsPerClient(),
                limits.slotTimeoutMicrosMin(),
                limits.slotTimeoutMicrosMax(),
                limits.clockToleranceMicros(),
                limits.sessionWindow(),
                limits.sessionsPerClient());
    }

    private TestGroup<Input, Output> start(long seed, TestGroup.Scheduler scheduler) {
        return new TestGroup<>(TRUST.size(), scheduler, seed, this::make);
    }

    private Automaton<Input, Output> make(int self, long now) {
        return new Node<>(self, TRUST, LIMITS, now, (Port<ReplicaSnapshot, Output> port) -> {
            Replica replica = new Replica(port, genesis(self), amnesiac.contains(self));
            while (replicas.size() <= self) {
                replicas.add(replica);
            }
            replicas.set(self, replica);
            return replica;
        });
    }

    private static Genesis genesis(int self) {
        TreeMap<String, StateMachine> services = new TreeMap<>();
        services.put("tally", new Tally());
        TreeMap<String, ThresholdSignature> keys = new TreeMap<>();
        keys.put("key", KEY);
        TreeMap<String, ThresholdSignature.Signer> signers = new TreeMap<>();
        signers.put("key", KEY.signer(self));
        return new Genesis(
                Digest.ZERO,
                new Keyed(self),
                new IdealCoin(0, TRUST, self),
                new IdealCipher(0, TRUST).holder(self),
                services,
                keys,
                signers);
    }

    /** Unforgeable among those who play by the rules. */
    private record Keyed(int self) implements Certifier {
        private static byte[] tag(int replica, Digest digest) {
            return Transcript.of("test").field(replica).field(digest).digest().toBytes();
        }

        @Override
        public byte[] sign(Digest digest) {
            return tag(self, digest);
        }

        @Override
        public boolean verify(int replica, Digest digest, byte[] signature) {
            return Arrays.equals(signature, tag(replica, digest));
        }
    }

    private static byte[] text(String value) {
        return value.getBytes(StandardCharsets.UTF_8);
    }

    /** A client gives its request to every replica that is up. */
    private RequestId submit(String operation) {
        RequestId id = new RequestId(CLIENT, 1, sequence++);
        Request request = new Request(id, ServiceCall.codec(1000).encode(new ServiceCall("tally", text(operation))));
        for (int i = 0; i < TRUST.size(); i++) {
            group.input(i, new Input.Submit(request));
        }
        return id;
    }

    private List<Output.Reply> replies(int replica, RequestId id) {
        return group.outputs(replica).stream()
                .filter(output ->
                        output instanceof Output.Reply reply && reply.id().equals(id))
                .map(Output.Reply.class::cast)
                .toList();
    }

    private boolean answeredByAllUp(RequestId id) {
        for (int i = 0; i < TRUST.size(); i++) {
            if (group.isUp(i) && replies(i, id).isEmpty()) {
                return false;
            }
        }
        return true;
    }

    private void answered(RequestId id) {
        assertThat(group.run(200_000, () -> answeredByAllUp(id))).isTrue();
        List<Output.Reply> first = null;
        for (int i = 0; i < TRUST.size(); i++) {
            List<Output.Reply> replies = replies(i, id);
            if (!replies.isEmpty()) {
                first = first == null ? replies : first;
                assertThat(replies.getLast().result()).isEqualTo(first.getLast().result());
                assertThat(replies.getLast().slot()).isEqualTo(first.getLast().slot());
            }
        }
    }

    private void connectAll(int replica) {
        for (int i = 0; i < TRUST.size(); i++) {
            if (i != replica) {
                group.input(i, new Input.Connected(replica));
                group.input(replica, new Input.Connected(i));
            }
        }
    }

    @Test
    void everyReplicaGivesTheSameAnswer() {
        for (int i = 0; i < 20; i++) {
            answered(submit("x"));
        }
        assertThat(replicas).allMatch(replica -> replica.status().stable() >= 8);
    }

    @Test
    void aGatewaysRequestReachesTheGroupThroughItsReplicaAlone() {
        for (int gateway = 0; gateway < TRUST.size(); gateway++) {
            int self = gateway;
            RequestId id = new RequestId(self, 1, 0);
            Request request = new Request(id, ServiceCall.codec(1000).encode(new ServiceCall("tally", text("x"))));
            group.input(self, new Input.Submit(request));
            assertThat(group.run(100_000, () -> !replies(self, id).isEmpty())).isTrue();
            for (int other = 0; other < TRUST.size(); other++) {
                assertThat(replies(other, id).isEmpty()).isEqualTo(other != self);
            }
        }
    }

    @Test
    void aRepeatedRequestIsExecutedOnceAndAnsweredAgain() {
        RequestId id = submit("x");
        answered(id);
        sequence--;
        submit("x");
        group.run(2000, () -> false);
        assertThat(replies(0, id))
                .hasSizeGreaterThan(1)
                .allMatch(reply -> new String(reply.result(), StandardCharsets.UTF_8).equals("1"));
    }

    @Seeds(8)
    void aSignatureComesBackThroughTheLog(long seed) {
        group = start(seed, TestGroup.Scheduler.drawn(seed, 4));
        RequestId id = submit("sign");
        answered(id);
        assertThat(KEY.verify(text("count 1"), replies(0, id).getFirst().result()))
                .isTrue();
    }

    @Test
    void anUnknownServiceIsRefused() {
        RequestId id = new RequestId(0, 1, 0);
        byte[] operation = ServiceCall.codec(1000).encode(new ServiceCall("nothing", new byte[0]));
        group.input(0, new Input.Submit(new Request(id, operation)));
        assertThat(group.outputs(0)).singleElement().isInstanceOf(Output.Refused.class);
    }

    @Attack("partial partition, one node cut off")
    @Seeds(8)
    void aReplicaThatWasAwayCatchesUpByState(long seed) {
        group = start(seed, TestGroup.Scheduler.UNIFORM);
        int victim = (int) (seed % 4);
        answered(submit("x"));
        group.crash(victim);
        for (int i = 0; i < 60; i++) {
            answered(submit(i % 10 == 0 ? "sign" : "x"));
        }
        group.restart(victim);
        connectAll(victim);
        RequestId last = submit("x");
        answered(last);
        assertThat(replicas.get(victim).status().executed())
                .isEqualTo(replicas.get((victim + 1) % 4).status().executed());
    }

    /** Its replica never sees the slot of the request, only a state in which it is executed. */
    @Seeds(4)
    void aGatewayIsAnsweredWhatItsReplicaLearnsByState(long seed) {
        group = start(seed, TestGroup.Scheduler.UNIFORM);
        int gateway = (int) (seed % 4);
        answered(submit("x"));
        for (int i = 0; i < TRUST.size(); i++) {
            group.filter(i, outgoing -> outgoing.to() != gateway);
        }
        RequestId id = new RequestId(gateway, 1, 0);
        byte[] operation = ServiceCall.codec(1000).encode(new ServiceCall("tally", text("x")));
        group.input(gateway, new Input.Submit(new Request(id, operation)));
        for (int i = 0; i < 60; i++) {
            RequestId other = submit("x");
            assertThat(group.run(
                            200_000, () -> !replies((gateway + 1) % 4, other).isEmpty()))
                    .isTrue();
        }
        assertThat(replies(gateway, id)).isEmpty();
        for (int i = 0; i < TRUST.size(); i++) {
            group.filter(i, outgoing -> true);
        }
        connectAll(gateway);
        assertThat(group.run(200_000, () -> !replies(gateway, id).isEmpty())).isTrue();
    }

    /**
     * A corrupt replica alone gets the signatures of a quorum under a state. The signers crash; in the recovery that
     * follows it shows the certificate, so that the slots below are taken for settled, and keeps the state to itself. So
     * the signers must have it still.
     */
    @Seeds(8)
    void aCheckpointNeverOutlivesItsState(long seed) {
        group = start(seed, TestGroup.Scheduler.drawn(seed, 3));
        group.crash(3);
        for (int i = 0; i < 3; i++) {
            boolean corrupt = i == 0;
            group.filter(i, outgoing -> !isOf("ckpt", outgoing) || !corrupt && outgoing.to() == 0);
        }
        for (int slots = 0; replicas.get(0).status().stable() == 0; slots++) {
            submit("x");
            group.run(100, () -> replicas.get(0).status().stable() > 0);
            assertThat(slots).isLessThan(100);
        }
        group.flights().clear();
        group.filter(0, outgoing -> isOf("order", outgoing));
        for (int i = 1; i < 3; i++) {
            assertThat(replicas.get(i).status().stable()).isZero();
            group.crash(i);
            group.filter(i, outgoing -> true);
            group.restart(i);
        }
        connectAll(1);
        connectAll(2);
        submit("x");
        group.run(2_000, () -> replicas.get(1).status().epoch() > 0);
        group.crash(0);
        group.restart(3);
        connectAll(3);
        answered(submit("x"));
        assertThat(group.blames(3)).isEmpty();
    }

    private static boolean isOf(String child, Ready.Outgoing outgoing) {
        return new String(new Reader(outgoing.frame()).opaque8(Path.LENGTH_MAX), StandardCharsets.US_ASCII)
                .startsWith(child);
    }

    @Seeds(8)
    void aReplicaThatLostItsJournalRejoinsAndIsNeeded(long seed) {
        group = start(seed, TestGroup.Scheduler.UNIFORM);
        int victim = (int) (seed % 4);
        for (int i = 0; i < 3; i++) {
            answered(submit("x"));
        }
        group.crash(victim);
        group.journal(victim).clear();
        amnesiac.add(victim);
        group.restart(victim);
        connectAll(victim);
        boolean back = group.run(
                200_000,
                () -> !replicas.get(victim).status().abstaining()
                        && replicas.get(victim).status().lag() == 0);
        assertThat(back).isTrue();
        int other = (victim + 2) % 4;
        group.crash(other);
        answered(submit("x"));
    }

    @Seeds(4)
    void aWholeGroupRestartsFromItsJournals(long seed) {
        group = start(seed, TestGroup.Scheduler.UNIFORM);
        RequestId last = null;
        for (int i = 0; i < 20 + seed * 7; i++) {
            last = submit("x");
            answered(last);
        }
        for (int i = 0; i < 4; i++) {
            group.crash(i);
        }
        for (int i = 0; i < 4; i++) {
            group.restart(i);
        }
        for (int i = 0; i < 4; i++) {
            connectAll(i);
        }
        RequestId next = submit("x");
        answered(next);
        assertThat(new String(replies(0, next).getLast().result(), StandardCharsets.UTF_8))
                .isEqualTo(Long.toString(21 + seed * 7));
    }
}
