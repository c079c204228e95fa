package org.maftia.core.agreement;

import static org.assertj.core.api.Assertions.assertThat;
import static org.maftia.core.testing.Structures.FOUR;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.function.Consumer;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.maftia.core.crypto.Certifier;
import org.maftia.core.crypto.Coin;
import org.maftia.core.crypto.IdealCoin;
import org.maftia.core.protocol.Limits;
import org.maftia.core.protocol.Node;
import org.maftia.core.protocol.Port;
import org.maftia.core.protocol.Protocol;
import org.maftia.core.testing.IdealCertifier;
import org.maftia.core.testing.PageExamples;
import org.maftia.core.testing.TestGroup;
import org.maftia.core.wire.Codec;
import org.maftia.core.wire.Digest;

/** The examples of the package's face, statement by statement as they stand there, compiled and run. */
class ExamplesTest {
    private static final int STEPS_MAX = 200_000;
    private static final int PROOF_LENGTH_MAX = 100;
    private static final int INPUT_LENGTH_MAX = 100;

    /** An application that outputs what is decided. Its inputs are its own next moves. */
    private abstract static class Application implements Protocol.Root<Consumer<Application>, Object> {
        final Port<Object, String> port;
        final Certifier certifier;
        final Coin coin;
        final Digest configuration = Digest.ZERO;
        final byte[] value;

        Application(Port<Object, String> port) {
            this.port = port;
            this.certifier = new IdealCertifier(port.self());
            this.coin = new IdealCoin(0, port.trust(), port.self());
            this.value = bytes("value of " + port.self());
        }

        abstract void start();

        abstract void repeat(int peer);

        @Override
        public void input(Consumer<Application> move) {
            move.accept(this);
        }

        @Override
        public Codec<Object> codec() {
            return Codec.ofNothing();
        }

        @Override
        public void receive(int from, Object message) {}
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }

    private static final class OfValues extends Application {
        private static final int LEADER = 1;
        private final MultivaluedAgreement agreement;
        private final long epoch = 3;

        OfValues(Port<Object, String> port) {
            super(port);
            int leader = LEADER;
            MultivaluedAgreement agreement = port.nest(
                    "mvba",
                    epoch,
                    (Port<MultivaluedMessage, byte[]> child) -> new MultivaluedAgreement(
                            child,
                            certifier,
                            coin,
                            configuration,
                            new Leadership(leader, 200_000),
                            value -> judge(value)),
                    value -> decided(epoch, value));
            this.agreement = agreement;
        }

        private static Validity.Verdict judge(byte[] value) {
            return text(value).startsWith("value") ? Validity.Verdict.VALID : Validity.Verdict.INVALID;
        }

        private void decided(long number, byte[] value) {
            port.output(number + ": " + text(value));
        }

        @Override
        void start() {
            agreement.propose(value);
            agreement.recheck();
        }

        @Override
        void repeat(int peer) {
            agreement.nudge(peer);
        }

        void end() {
            port.drop("mvba", epoch);
        }
    }

    private static final class OfBits extends Application {
        private final BinaryAgreement bit;
        private final long index = 5;

        OfBits(Port<Object, String> port) {
            super(port);
            BinaryAgreement bit = port.nest(
                    "ba",
                    index,
                    (Port<BinaryMessage, BinaryAgreement.Decision> child) -> new BinaryAgreement(child, coin),
                    decision -> decided(index, decision.value()));
            this.bit = bit;
        }

        private void decided(long number, boolean value) {
            port.output(number + ": " + value);
        }

        @Override
        void start() {
            bit.propose(true);
        }

        @Override
        void repeat(int peer) {
            bit.nudge(peer);
        }
    }

    private static final class OfProvedBits extends Application {
        private final BinaryAgreement proved;
        private final long index = 6;

        OfProvedBits(Port<Object, String> port) {
            super(port);
            var terms = new BinaryAgreement.Terms(
                    (value, proof) -> proves(value, proof), PROOF_LENGTH_MAX, Optional.empty());
            BinaryAgreement proved = port.nest(
                    "ba",
                    index,
                    (Port<BinaryMessage, BinaryAgreement.Decision> child) -> new BinaryAgreement(child, coin, terms),
                    decision -> decided(index, decision.value(), decision.proof()));
            this.proved = proved;
        }

        private static boolean proves(boolean value, byte[] proof) {
            return Arrays.equals(proof, bytes("proof of " + value));
        }

        private void decided(long number, boolean value, byte[] proof) {
            port.output(number + ": " + value + ", " + text(proof));
        }

        @Override
        void start() {
            byte[] proof = bytes("proof of true");
            proved.propose(true, proof);
        }

        @Override
        void repeat(int peer) {
            proved.nudge(peer);
        }
    }

    private static final class OfSubsets extends Application {
        private final CommonSubset subset;
        private final long turn = 7;

        OfSubsets(Port<Object, String> port) {
            super(port);
            CommonSubset subset = port.nest(
                    "subset",
                    turn,
                    (Port<CommonSubset.Nothing, SortedMap<Integer, byte[]>> child) -> new CommonSubset(
                            child, certifier, coin, configuration, Leadership.ELECTED, INPUT_LENGTH_MAX),
                    inputs -> heard(turn, inputs));
            this.subset = subset;
        }

        private void heard(long number, SortedMap<Integer, byte[]> inputs) {
            inputs.forEach((replica, input) -> port.output(number + "/" + replica + ": " + text(input)));
        }

        @Override
        void start() {
            byte[] input = value;
            subset.propose(input);
        }

        @Override
        void repeat(int peer) {
            subset.nudge(peer);
        }
    }

    private static TestGroup<Consumer<Application>, String> group(Function<Port<Object, String>, Application> made) {
        return new TestGroup<>(
                4,
                TestGroup.Scheduler.UNIFORM,
                1,
                (self, now) -> new Node<Consumer<Application>, String>(
                        self, FOUR, Limits.DEFAULT, now, (Port<Object, String> port) -> made.apply(port)));
    }

    /** Lets all propose while replica 3 is away; then it comes back, and is told what it missed. */
    private static List<String> decided(TestGroup<Consumer<Application>, String> group) {
        group.crash(3);
        for (int i = 0; i < 3; i++) {
            group.input(i, Application::start);
        }
        assertThat(group.run(STEPS_MAX, () -> !group.outputs(0).isEmpty())).isTrue();
        group.restart(3);
        group.input(3, Application::start);
        for (int i = 0; i < 3; i++) {
            group.input(i, application -> application.repeat(3));
        }
        assertThat(group.run(
                        STEPS_MAX,
                        () -> group.outputs(3).size() == group.outputs(0).size()))
                .isTrue();
        group.run(STEPS_MAX, () -> group.flights().isEmpty());
        FOUR.all().forEach(i -> assertThat(group.outputs(i)).isEqualTo(group.outputs(0)));
        return group.outputs(0);
    }

    @Test
    void aValueThatTheValidatorOfTheApplicationAcceptsIsDecided() {
        var group = group(OfValues::new);
        assertThat(decided(group)).containsExactly("3: value of 1");
        group.input(0, application -> ((OfValues) application).end());
    }

    @Test
    void aBitIsDecided() {
        assertThat(decided(group(OfBits::new))).containsExactly("5: true");
    }

    @Test
    void aBitIsDecidedWithItsProof() {
        assertThat(decided(group(OfProvedBits::new))).containsExactly("6: true, proof of true");
    }

    @Test
    void theInputsOfAQuorumAreHeard() {
        List<String> heard = decided(group(OfSubsets::new));
        assertThat(heard).hasSizeGreaterThanOrEqualTo(3).contains("7/0: value of 0");
    }

    @Test
    void everyStatementOfThePackagePageStandsHere() throws IOException {
        assertThat(PageExamples.missing(
                        "core", "org/maftia/core/agreement", "org/maftia/core/agreement/ExamplesTest.java"))
                .isEmpty();
    }
}
