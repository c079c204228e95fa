package org.maftia.core.broadcast;

import static org.assertj.core.api.Assertions.assertThat;
import static org.maftia.core.testing.Structures.FOUR;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.maftia.core.crypto.Certifier;
import org.maftia.core.protocol.Limits;
import org.maftia.core.protocol.Node;
import org.maftia.core.protocol.Port;
import org.maftia.core.protocol.Protocol;
import org.maftia.core.testing.IdealCertifier;
import org.maftia.core.testing.PageExamples;
import org.maftia.core.testing.TestGroup;
import org.maftia.core.trust.ReplicaSet;
import org.maftia.core.wire.Codec;
import org.maftia.core.wire.Digest;

/** The examples of the package's face, statement by statement as they stand there, compiled and run. */
class ExamplesTest {
    private static final int LENGTH_MAX = 1000;
    private static final int STEPS_MAX = 200_000;

    /** An application that outputs what it hears. Its inputs are its own next moves. */
    private abstract static class Application implements Protocol.Root<Consumer<Application>, Object> {
        final Port<Object, String> port;
        final int sender = 2;
        final byte[] payload = "hello".getBytes(StandardCharsets.UTF_8);

        Application(Port<Object, String> port) {
            this.port = port;
        }

        abstract void start();

        void heard(byte[] text) {
            port.output(new String(text, StandardCharsets.UTF_8));
        }

        void ended() {
            port.output("ended");
        }

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

    private static final class Reliable extends Application {
        Reliable(Port<Object, String> port) {
            super(port);
        }

        @Override
        void start() {
            ReliableBroadcast broadcast = port.nest(
                    "rb",
                    7,
                    (Port<ReliableBroadcast.Message, byte[]> child) -> new ReliableBroadcast(child, sender, LENGTH_MAX),
                    payload -> heard(payload));
            if (port.self() == sender) {
                broadcast.broadcast(payload);
            }
        }
    }

    private static final class Consistent extends Application {
        private final Certifier certifier;
        private final Digest configuration = Digest.ZERO;
        private final ConsistentBroadcast vouched;

        Consistent(Port<Object, String> port) {
            super(port);
            certifier = new IdealCertifier(port.self());
            ConsistentBroadcast vouched = port.nest(
                    "cb",
                    7,
                    (Port<ConsistentBroadcast.Message, byte[]> child) ->
                            new ConsistentBroadcast(child, certifier, configuration, sender, LENGTH_MAX),
                    payload -> heard(payload));
            this.vouched = vouched;
        }

        @Override
        void start() {
            vouched.broadcast(payload);
        }

        byte[] proof() {
            byte[] proof = vouched.closing().orElseThrow();
            return proof;
        }

        void prove(byte[] proof) {
            ConsistentBroadcast other = vouched;
            boolean holds = other.deliverClosing(proof);
            assertThat(holds).isTrue();
        }
    }

    private static final class Chat extends Application {
        private final Channel channel;

        Chat(Port<Object, String> port) {
            super(port);
            Channel channel = port.nest(
                    "chat",
                    7,
                    (Port<Channel.Message, Channel.Event> child) ->
                            Channel.reliable(child, Channel.Order.CAUSAL, LENGTH_MAX),
                    event -> {
                        switch (event) {
                            case Channel.Delivery m -> heard(m.payload());
                            case Channel.Ended m -> ended();
                        }
                    });
            this.channel = channel;
        }

        @Override
        void start() {
            if (channel.canSend()) {
                channel.send(payload);
            }
        }

        void end() {
            channel.close();
        }
    }

    private static final class Notes extends Application {
        private final Certifier certifier;
        private final Digest configuration = Digest.ZERO;
        private final Channel vouched;
        private final long number = 0;

        Notes(Port<Object, String> port) {
            super(port);
            certifier = new IdealCertifier(port.self());
            Channel vouched = port.nest(
                    "notes",
                    7,
                    (Port<Channel.Message, Channel.Event> child) ->
                            Channel.consistent(child, certifier, configuration, Channel.Order.FIFO, LENGTH_MAX),
                    event -> noted(event));
            this.vouched = vouched;
        }

        private void noted(Channel.Event event) {
            heard(((Channel.Delivery) event).payload());
        }

        @Override
        void start() {
            vouched.send(payload);
        }

        byte[] proof() {
            byte[] proof = vouched.closing(sender, number).orElseThrow();
            return proof;
        }

        void prove(byte[] proof) {
            Channel other = vouched;
            assertThat(other.deliverClosing(sender, number + 1, proof)).isFalse();
            boolean holds = other.deliverClosing(sender, number, proof);
            assertThat(holds).isTrue();
        }
    }

    private static TestGroup<Consumer<Application>, String> group(
            Function<Port<Object, String>, Application> application) {
        return new TestGroup<>(
                4,
                TestGroup.Scheduler.UNIFORM,
                1,
                (self, now) -> new Node<Consumer<Application>, String>(
                        self, FOUR, Limits.DEFAULT, now, (Port<Object, String> port) -> application.apply(port)));
    }

    private static void assertHeard(TestGroup<?, String> group, ReplicaSet replicas, String... texts) {
        group.run(STEPS_MAX, () -> group.flights().isEmpty());
        replicas.forEach(i -> assertThat(group.outputs(i)).containsExactly(texts));
    }

    @Test
    void aReliableBroadcastIsHeardByAll() {
        var group = group(Reliable::new);
        FOUR.all().forEach(i -> group.input(i, Application::start));
        assertHeard(group, FOUR.all(), "hello");
    }

    @Test
    void aConsistentBroadcastIsProvedToWhoMissedIt() {
        var group = group(Consistent::new);
        group.filter(2, outgoing -> outgoing.to() != 3);
        group.input(2, Application::start);
        assertHeard(group, ReplicaSet.of(0, 1, 2), "hello");
        assertHeard(group, ReplicaSet.of(3));
        List<byte[]> proofs = new ArrayList<>();
        group.input(0, application -> proofs.add(((Consistent) application).proof()));
        group.input(3, application -> ((Consistent) application).prove(proofs.getFirst()));
        assertHeard(group, ReplicaSet.of(3), "hello");
    }

    @Test
    void aChannelCarriesPayloadsUntilAKernelHasAsked() {
        var group = group(Chat::new);
        group.input(0, Application::start);
        assertHeard(group, FOUR.all(), "hello");
        group.input(0, application -> ((Chat) application).end());
        assertHeard(group, FOUR.all(), "hello");
        group.input(1, application -> ((Chat) application).end());
        assertHeard(group, FOUR.all(), "hello", "ended");
    }

    @Test
    void everyPayloadOfAConsistentChannelHasItsProof() {
        var group = group(Notes::new);
        group.filter(2, outgoing -> outgoing.to() != 3);
        group.input(2, Application::start);
        assertHeard(group, ReplicaSet.of(0, 1, 2), "hello");
        assertHeard(group, ReplicaSet.of(3));
        List<byte[]> proofs = new ArrayList<>();
        group.input(1, application -> proofs.add(((Notes) application).proof()));
        group.input(3, application -> ((Notes) application).prove(proofs.getFirst()));
        assertHeard(group, ReplicaSet.of(3), "hello");
    }

    @Test
    void everyStatementOfThePackagePageStandsHere() throws IOException {
        assertThat(PageExamples.missing(
                        "core", "org/maftia/core/broadcast", "org/maftia/core/broadcast/ExamplesTest.java"))
                .isEmpty();
    }
}
