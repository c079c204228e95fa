package org.maftia.core.replica;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.IntFunction;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.maftia.core.crypto.BlsKey;
import org.maftia.core.crypto.BlsSigner;
import org.maftia.core.crypto.BlsThreshold;
import org.maftia.core.crypto.Certifier;
import org.maftia.core.crypto.DiscreteLogDealer;
import org.maftia.core.crypto.IdealCipher;
import org.maftia.core.crypto.IdealCoin;
import org.maftia.core.crypto.ThresholdSignature;
import org.maftia.core.protocol.Limits;
import org.maftia.core.protocol.Node;
import org.maftia.core.protocol.Path;
import org.maftia.core.protocol.Port;
import org.maftia.core.protocol.Protocol;
import org.maftia.core.protocol.Ready;
import org.maftia.core.testing.Attack;
import org.maftia.core.testing.SeededEntropy;
import org.maftia.core.testing.Seeds;
import org.maftia.core.testing.ToyThreshold;
import org.maftia.core.trust.FaultStructure;
import org.maftia.core.trust.ReplicaSet;
import org.maftia.core.wire.Codec;
import org.maftia.core.wire.Digest;
import org.maftia.core.wire.MalformedException;
import org.maftia.core.wire.Reader;
import org.maftia.core.wire.Writer;

class SigningTest {
    private static final FaultStructure TRUST = FaultStructure.threshold(4, 1);
    private static final ToyThreshold KEY = new ToyThreshold("key", TRUST.sharing(), 4);
    private static final byte[] MESSAGE = "to be signed".getBytes(StandardCharsets.UTF_8);

    private static final byte[] OTHER = "something else".getBytes(StandardCharsets.UTF_8);

    /** Every replica's signing protocol under a root that feeds it, over a network in memory. */
    private final List<Node<Long, Signing.Finished>> nodes = new ArrayList<>();

    private final List<Ready.Blame> blames = new ArrayList<>();
    private final List<Signing.Finished> finished = new ArrayList<>();
    private final ArrayDeque<Flight> flights = new ArrayDeque<>();
    private ReplicaSet dead = ReplicaSet.EMPTY;
    private ReplicaSet lying = ReplicaSet.EMPTY;
    private long now = 1;

    /** The key of the group, and its signers by replica. */
    private ThresholdSignature key = KEY;

    private IntFunction<ThresholdSignature.Signer> signers = KEY::signer;

    /** No computation ends; what would run is held. */
    private boolean busy;

    /** Whose computations do not end. */
    private ReplicaSet slow = ReplicaSet.EMPTY;

    private int sharesComputed;
    private int questions;
    private final List<Ready.Computation> held = new ArrayList<>();

    private record Flight(int from, int to, byte[] frame) {}

    @BeforeEach
    void start() {
        for (int i = 0; i < TRUST.size(); i++) {
            int self = i;
            Node<Long, Signing.Finished> node = new Node<>(
                    self, TRUST, Limits.DEFAULT, now, (Port<Void, Signing.Finished> port) -> new Feeder(port, self));
            node.start(List.of());
            nodes.add(node);
        }
    }

    private void want(long number) {
        for (int i = 0; i < nodes.size(); i++) {
            if (!dead.contains(i)) {
                nodes.get(i).input(number, now);
                carryOut(i);
            }
        }
        deliver();
    }

    private void deliver() {
        for (Flight flight = flights.poll(); flight != null; flight = flights.poll()) {
            if (!dead.contains(flight.to)) {
                nodes.get(flight.to).received(flight.from, flight.frame, now);
                carryOut(flight.to);
            }
        }
    }

    private void carryOut(int self) {
        Ready<Signing.Finished> ready = nodes.get(self).drain();
        ready.sends().forEach(send -> flights.add(new Flight(self, send.to(), send.frame())));
        blames.addAll(ready.blames());
        finished.addAll(ready.outputs());
        if (busy || slow.contains(self)) {
            held.addAll(ready.computations());
            return;
        }
        for (Ready.Computation computation : ready.computations()) {
            nodes.get(self).computed(computation.id(), computation.task().get(), now);
            carryOut(self);
        }
    }

    private void pass(long micros) {
        for (long end = now + micros; now < end; now += 10_000) {
            for (int i = 0; i < nodes.size(); i++) {
                if (!dead.contains(i)) {
                    nodes.get(i).tick(now);
                    carryOut(i);
                }
            }
            deliver();
        }
    }

    @Test
    void aMinimalSetSignsWithoutProofsAndOneReplicaCombines() {
        want(0);
        assertThat(finished).singleElement().satisfies(result -> {
            assertThat(KEY.verify(MESSAGE, result.signature())).isTrue();
            assertThat(result.contributors()).isEqualTo(Signing.asked(KEY, 0, ReplicaSet.EMPTY, TRUST.all()));
        });
        assertThat(blames).isEmpty();
    }

    @Seeds(16)
    void theDeadAreReplaced(long seed) {
        dead = ReplicaSet.of((int) (seed % 4));
        want(seed / 4);
        pass(2_000_000);
        assertThat(finished).isNotEmpty().allMatch(result -> KEY.verify(MESSAGE, result.signature()));
        assertThat(blames).isEmpty();
    }

    @Seeds(16)
    void aFalseShareIsBlamedOnItsOwnerAndOthersStepIn(long seed) {
        int liar = (int) (seed % 4);
        lying = ReplicaSet.of(liar);
        long number = seed / 4;
        want(number);
        pass(3_000_000);
        assertThat(finished).isNotEmpty().allMatch(result -> KEY.verify(MESSAGE, result.signature()));
        assertThat(blames).allMatch(blame -> blame.replica() == liar);
        if (Signing.asked(KEY, number, ReplicaSet.EMPTY, TRUST.all()).contains(liar)) {
            assertThat(blames).isNotEmpty();
        }
    }

    private void signWithBls() {
        var dealing = DiscreteLogDealer.deal("group", "key", TRUST.sharing(), new SeededEntropy(1));
        BlsThreshold bls = new BlsThreshold(BlsKey.of(dealing));
        List<BlsSigner> all = new ArrayList<>();
        dealing.shares().forEach((replica, own) -> all.add(bls.signer(own)));
        key = bls;
        signers = all::get;
        nodes.clear();
        start();
    }

    /** A share that has its proof inside convicts its sender, who is asked for nothing and may be dead by then. */
    @Attack("false shares")
    @Seeds(8)
    void aShareThatShouldProveItselfAndDoesNotIsBlamedWithoutAQuestion(long seed) {
        signWithBls();
        long number = seed / 4;
        int liar = (int) (seed % 4);
        lying = ReplicaSet.of(liar);
        want(number);
        pass(3_000_000);
        assertThat(finished).isNotEmpty().allMatch(result -> key.verify(MESSAGE, result.signature()));
        assertThat(blames).allMatch(blame -> blame.replica() == liar);
        if (Signing.asked(key, number, ReplicaSet.EMPTY, TRUST.all()).contains(liar)) {
            assertThat(blames).isNotEmpty();
        }
        assertThat(questions).as("proofs asked for").isZero();
    }

    /** Nobody sends them again, so they must not be forgotten over those that were asked first. */
    @Test
    void sharesThatCameMeanwhileServeOnceTheFirstOnesFail() {
        List<Integer> owners = KEY.formula().owners();
        int combiner = owners.get(KEY.designated(0).getFirst());
        lying = ReplicaSet.of(owners.get(KEY.designated(0).getLast()));
        slow = ReplicaSet.of(combiner);
        want(0);
        finishFirst(combiner); // its own share; now it combines, and takes long
        pass(400_000); // the others lose patience and send theirs
        assertThat(held).hasSize(1);
        slow = ReplicaSet.EMPTY;
        finishFirst(combiner);
        assertThat(finished).singleElement().matches(result -> KEY.verify(MESSAGE, result.signature()));
        assertThat(blames).isNotEmpty().allMatch(blame -> lying.contains(blame.replica()));
    }

    private void finishFirst(int self) {
        Ready.Computation computation = held.removeFirst();
        nodes.get(self).computed(computation.id(), computation.task().get(), now);
        carryOut(self);
        deliver();
    }

    /** A long queue is no reason to do everything again; being overtaken by many is. */
    @Test
    void nobodyStepsInWhileOthersComeUnlessManyOvertake() {
        int absent = Signing.asked(KEY, 0, ReplicaSet.EMPTY, TRUST.all()).first();
        dead = ReplicaSet.of(absent);
        want(0);
        int overtaken = 0;
        for (long number = 1; overtaken < 10; number++) {
            if (!Signing.asked(KEY, number, ReplicaSet.EMPTY, TRUST.all()).contains(absent)) {
                overtake(number);
                overtaken++;
            }
        }
        assertThat(finished).extracting(Signing.Finished::number).doesNotContain(0L);
        for (long number = 100; overtaken < 20; number++) {
            if (!Signing.asked(KEY, number, ReplicaSet.EMPTY, TRUST.all()).contains(absent)) {
                overtake(number);
                overtaken++;
            }
        }
        assertThat(finished).extracting(Signing.Finished::number).contains(0L);
        assertThat(blames).isEmpty();
    }

    /** Another signature is wanted, made and put into the log, a third of the patience after the last one. */
    private void overtake(long number) {
        want(number);
        want(-1 - number);
        pass(100_000);
    }

    /** A few shares at once, so that more urgent work finds its turn; and none for what is over. */
    @Test
    void sharesWaitForTheirTurnAndAreLeftOutWhenTheLogHasTheSignature() {
        busy = true;
        List<Long> mine = new ArrayList<>();
        for (long number = 0; mine.size() < 10; number++) {
            if (Signing.asked(KEY, number, ReplicaSet.EMPTY, TRUST.all()).contains(0)) {
                mine.add(number);
                nodes.get(0).input(number, now);
                carryOut(0);
            }
        }
        assertThat(held).hasSize(4);
        for (long number : mine.subList(4, 9)) {
            nodes.get(0).input(-1 - number, now);
        }
        int computed = 0;
        while (!held.isEmpty()) {
            Ready.Computation computation = held.removeFirst();
            nodes.get(0).computed(computation.id(), computation.task().get(), now);
            carryOut(0);
            computed++;
        }
        assertThat(computed).isEqualTo(5);
    }

    /** Whoever has all shares and is about to combine them, and whoever sent its share before, computes none again. */
    @Test
    void aShareIsComputedOnce() {
        int combiner = Signing.asked(KEY, 0, ReplicaSet.EMPTY, TRUST.all()).first();
        dead = ReplicaSet.of(combiner);
        want(0);
        pass(3_000_000);
        assertThat(finished).isNotEmpty();
        assertThat(sharesComputed).isEqualTo(3);
    }

    @Test
    void theSparedAreNotAskedWhileOthersSuffice() {
        for (int number = 0; number < 12; number++) {
            assertThat(Signing.asked(KEY, number, ReplicaSet.of(2), TRUST.all()).contains(2))
                    .isFalse();
        }
        assertThat(Signing.asked(KEY, 0, TRUST.all(), TRUST.all()).isEmpty()).isFalse();
    }

    /** Stands for the replica above. */
    private final class Feeder implements Protocol.Root<Long, Void> {
        private final Signing signing;

        Feeder(Port<Void, Signing.Finished> port, int self) {
            TreeMap<String, ThresholdSignature> keys = new TreeMap<>();
            keys.put("key", key);
            TreeMap<String, ThresholdSignature.Signer> signers = new TreeMap<>();
            signers.put("key", new Perhaps(self));
            Genesis genesis = new Genesis(
                    Digest.ZERO,
                    new NoCertifier(),
                    new IdealCoin(0, TRUST, 0),
                    new IdealCipher(0, TRUST).holder(0),
                    new TreeMap<>(),
                    keys,
                    signers);
            signing = port.<Signing.Message, Signing.Finished, Signing>nest(
                    "sign",
                    Path.NO_INDEX,
                    child -> new Signing(child, new KeyUses(genesis).signatures()),
                    port::output);
        }

        @Override
        public void input(Long number) {
            if (number < 0) {
                signing.done(-1 - number);
                return;
            }
            signing.wanted(
                    number,
                    new PendingSignatures.Wanted(
                            ReplicaSet.EMPTY, "test", "key", MESSAGE, 0, PendingSignatures.Purpose.SIGNATURE));
        }

        @Override
        public Codec<Void> codec() {
            return new Codec<>() {
                @Override
                public void write(Writer writer, Void value) {}

                @Override
                public Void read(Reader reader) {
                    throw new MalformedException("no messages");
                }
            };
        }

        @Override
        public void receive(int from, Void message) {}
    }

    /** Signs rightly unless its replica lies. */
    private final class Perhaps implements ThresholdSignature.Signer {
        private final int self;

        Perhaps(int self) {
            this.self = self;
        }

        @Override
        public Set<Integer> leaves() {
            return signers.apply(self).leaves();
        }

        @Override
        public byte[] share(byte[] message, int leaf) {
            sharesComputed++;
            if (lying.contains(self)) {
                return key == KEY
                        ? ToyThreshold.falseShare()
                        : signers.apply(self).share(OTHER, leaf);
            }
            return signers.apply(self).share(message, leaf);
        }

        @Override
        public byte[] prove(byte[] message, int leaf) {
            questions++;
            return signers.apply(self).prove(message, leaf);
        }
    }

    /** Signing needs no certificates. */
    private static final class NoCertifier implements Certifier {
        @Override
        public byte[] sign(Digest digest) {
            throw new AssertionError("not asked");
        }

        @Override
        public boolean verify(int replica, Digest digest, byte[] signature) {
            throw new AssertionError("not asked");
        }
    }
}
