package org.maftia.server.channel;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.maftia.core.agreement.BinaryAgreement;
import org.maftia.core.broadcast.Channel;
import org.maftia.core.crypto.DiscreteLogShares;
import org.maftia.core.crypto.Tdh2Cipher;
import org.maftia.core.testing.PageExamples;

/** The examples of the package's face, statement by statement as they stand there, compiled and run by four members. */
class ExamplesTest {
    @TempDir
    private Path directory;

    private LocalMembers members;

    /** Nobody leaves before all have what they came for. */
    private final CyclicBarrier together = new CyclicBarrier(LocalMembers.SIZE);

    /** What one member does. */
    private interface Part {
        List<String> play(int self) throws Exception;
    }

    @BeforeEach
    void start() throws IOException {
        members = new LocalMembers(directory);
    }

    private static List<List<String>> play(Part part) throws Exception {
        try (ExecutorService threads =
                Executors.newThreadPerTaskExecutor(Thread.ofPlatform().daemon().factory())) {
            List<Future<List<String>>> futures = new ArrayList<>();
            for (int i = 0; i < LocalMembers.SIZE; i++) {
                int self = i;
                futures.add(threads.submit(() -> part.play(self)));
            }
            List<List<String>> results = new ArrayList<>();
            for (Future<List<String>> future : futures) {
                results.add(future.get(300, TimeUnit.SECONDS));
            }
            return results;
        }
    }

    private static byte[] text(String value) {
        return value.getBytes(StandardCharsets.UTF_8);
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }

    private static boolean proves(boolean value, byte[] proof) {
        return Arrays.equals(proof, text("proof of " + value));
    }

    private static boolean accepts(byte[] value) {
        return text(value).startsWith("plan of member ");
    }

    @Test
    void membersTalkReliablyUntilAKernelHasAsked() throws Exception {
        List<List<String>> heard = play(self -> new Talker().talk(members.setup("chat", self)));
        // Who asks for the end so early may end the channel before others have heard anything.
        assertThat(heard).anySatisfy(notes -> assertThat(notes).isNotEmpty());
        assertThat(heard).allSatisfy(notes -> assertThat(notes).allMatch(note -> note.endsWith(" hello")));
    }

    /** One member with its notes. */
    private final class Talker {
        private final List<String> notes = new ArrayList<>();

        private void note(int sender, byte[] payload) {
            notes.add(sender + " " + text(payload));
        }

        List<String> talk(MemberSetup setup) throws Exception {
            try (BlockingChannel channel = BlockingChannel.reliable(setup, Channel.Order.CAUSAL, 1000)) {
                channel.send(text("hello"));
                while (channel.receive() instanceof Received.Payload heard) {
                    note(heard.sender(), heard.payload());
                    channel.end();
                }
                together.await(300, TimeUnit.SECONDS);
            }
            return notes;
        }
    }

    @Test
    void aPayloadIsProvedToAnother() throws Exception {
        BlockingChannel[] all = new BlockingChannel[LocalMembers.SIZE];
        List<List<String>> proved = play(self -> {
            MemberSetup setup = members.setup("notes", self);
            List<String> results = new ArrayList<>();
            try (BlockingChannel channel = BlockingChannel.consistent(setup, Channel.Order.FIFO, 1000)) {
                channel.send(text("I owe you one"));
                all[self] = channel;
                together.await(300, TimeUnit.SECONDS);
                BlockingChannel other = all[(self + 1) % LocalMembers.SIZE];
                if (channel.receive() instanceof Received.Payload note) {
                    byte[] proof = channel.proof(note).orElseThrow();
                    boolean holds = other.prove(note.sender(), note.number(), proof);
                    results.add(holds + " " + text(note.payload()));
                    proof[proof.length - 1] ^= 1;
                    assertThat(other.prove(note.sender(), note.number() + 1, proof))
                            .isFalse();
                }
                together.await(300, TimeUnit.SECONDS);
            }
            return results;
        });
        assertThat(proved).allSatisfy(results -> assertThat(results).containsExactly("true I owe you one"));
    }

    @Test
    void theFirstBidIsTheSameForAll() throws Exception {
        Tdh2Cipher cipher = members.cipher();
        List<List<String>> firsts = play(self -> {
            MemberSetup setup = members.setup("bids", self);
            DiscreteLogShares shares = members.shares(self);
            List<String> results = new ArrayList<>();
            try (BlockingChannel channel = BlockingChannel.confidential(setup, cipher.holder(shares))) {
                channel.send(text("I bid 1000"));
                Received first = channel.receive();
                channel.endWait();
                results.add(((Received.Payload) first).sender() + " " + text(((Received.Payload) first).payload()));
                together.await(300, TimeUnit.SECONDS);
            }
            return results;
        });
        assertThat(firsts).allSatisfy(first -> assertThat(first).isEqualTo(firsts.getFirst()));
        assertThat(firsts.getFirst().getFirst()).endsWith(" I bid 1000");
    }

    @Test
    void aProvedBitIsDecided() throws Exception {
        List<List<String>> decided = play(self -> {
            MemberSetup setup = members.setup("bit", self);
            List<String> results = new ArrayList<>();
            var terms = new BinaryAgreement.Terms((value, proof) -> proves(value, proof), 100, Optional.empty());
            try (var agreement = BlockingAgreement.binary(setup, terms)) {
                agreement.propose(new BinaryAgreement.Decision(true, text("proof of true")));
                boolean all = agreement.decision().value();
                results.add(all + ", " + text(agreement.decision().proof()));
                together.await(300, TimeUnit.SECONDS);
            }
            return results;
        });
        assertThat(decided).allSatisfy(results -> assertThat(results).containsExactly("true, proof of true"));
    }

    @Test
    void aValueThatTheApplicationAcceptsIsDecided() throws Exception {
        List<List<String>> decided = play(self -> {
            MemberSetup setup = members.setup("plan", self);
            List<String> results = new ArrayList<>();
            try (var agreement = BlockingAgreement.multivalued(setup, value -> accepts(value))) {
                agreement.propose(text("plan of member " + self));
                byte[] plan = agreement.decision();
                results.add(text(plan));
                together.await(300, TimeUnit.SECONDS);
            }
            return results;
        });
        assertThat(decided).allSatisfy(results -> assertThat(results).isEqualTo(decided.getFirst()));
        assertThat(decided.getFirst().getFirst()).startsWith("plan of member ");
    }

    @Test
    void everyStatementOfThePackagePageStandsHere() throws IOException {
        assertThat(PageExamples.missing(
                        "server", "org/maftia/server/channel", "org/maftia/server/channel/ExamplesTest.java"))
                .isEmpty();
    }
}
