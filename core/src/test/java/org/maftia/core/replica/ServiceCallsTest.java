package org.maftia.core.replica;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.maftia.core.crypto.IdealCipher;
import org.maftia.core.crypto.IdealCoin;
import org.maftia.core.ordering.Decision;
import org.maftia.core.ordering.Epoch;
import org.maftia.core.ordering.Request;
import org.maftia.core.ordering.RequestId;
import org.maftia.core.protocol.Limits;
import org.maftia.core.testing.Attack;
import org.maftia.core.testing.IdealCertifier;
import org.maftia.core.trust.FaultStructure;
import org.maftia.core.wire.Digest;
import org.maftia.core.wire.Reader;
import org.maftia.core.wire.Writer;

/** Commands at which a service breaks, half done, through the real execution. */
class ServiceCallsTest {
    private static final FaultStructure TRUST = FaultStructure.threshold(4, 1);
    private static final int ALICE = 64;
    private static final int MALLORY = 65;

    private final Caused caused = new Caused();
    private final Fragile service = new Fragile();
    private final Execution execution = execution(service, caused);
    private long sequence;

    private static Execution execution(Fragile service, Execution.Effects effects) {
        Genesis genesis = new Genesis(
                Digest.ZERO,
                new IdealCertifier(0),
                new IdealCoin(0, TRUST, 0),
                new IdealCipher(0, TRUST).holder(0),
                new TreeMap<>(Map.of(Fragile.NAME, service)),
                new TreeMap<>(),
                new TreeMap<>());
        return new Execution(genesis, new KeyUses(genesis), TRUST, Limits.DEFAULT, effects);
    }

    private Request ask(int client, String operation) {
        ServiceCall call = new ServiceCall(Fragile.NAME, operation.getBytes(StandardCharsets.US_ASCII));
        return new Request(
                new RequestId(client, 0, sequence++),
                ServiceCall.codec(Limits.DEFAULT.operationLengthMax()).encode(call));
    }

    private Decision slot(Request... requests) {
        long slot = execution.slot() + 1;
        return new Decision(slot, Epoch.FIRST, slot * 1_000_000, Digest.ZERO, Arrays.asList(requests));
    }

    @Test
    @Attack("clients: a command that breaks a service")
    void aCommandThatBreaksAServiceIsAsIfItHadNotBeenOrdered() {
        execution.execute(slot(ask(ALICE, "add a")));
        execution.execute(slot(ask(ALICE, "add b"), ask(MALLORY, "break"), ask(ALICE, "add c")));
        execution.execute(slot(ask(ALICE, "add d")));

        assertThat(service.words).containsExactly("a", "b", "c", "d");
        assertThat(caused.replies)
                .containsExactly("64.0:1", "64.1:2", "65.2:" + UndoneCommand.SENTENCE, "64.3:3", "64.4:4");
        assertThat(caused.broken).containsExactly("fragile 2 IllegalStateException");
    }

    @Test
    void whatABrokenCommandAskedTheGroupForNobodyHearsOf() {
        execution.execute(slot(ask(ALICE, "open a"), ask(MALLORY, "open and break"), ask(ALICE, "open b")));

        assertThat(caused.opened).containsExactly("a", "b");
        assertThat(execution.decryptions().all()).hasSize(2);
    }

    /** Alice's request waits for its result, which a broken command gave before it broke. */
    @Test
    void aResultThatABrokenCommandGaveNobodyGets() {
        execution.execute(slot(ask(ALICE, "wait")));
        execution.execute(slot(ask(MALLORY, "complete 64.0 and break"), ask(ALICE, "complete 64.0")));

        assertThat(caused.replies).containsExactly("65.1:" + UndoneCommand.SENTENCE, "64.0:done", "64.2:0");
    }

    @Test
    void whoStartsFromACheckpointComesToTheSameState() {
        for (int i = 0; i < 5; i++) {
            execution.execute(slot(ask(ALICE, "add " + i), ask(MALLORY, "break")));
        }
        byte[] checkpoint = execution.snapshot();
        Fragile second = new Fragile();
        Execution other = execution(second, new Caused());
        other.restore(checkpoint);
        for (int i = 0; i < 5; i++) {
            Decision decision = slot(
                    ask(MALLORY, "break"), ask(ALICE, "add x" + i), ask(MALLORY, "overflow"), ask(MALLORY, "break"));
            execution.execute(decision);
            other.execute(decision);
        }
        assertThat(other.snapshot()).isEqualTo(execution.snapshot());
        assertThat(second.words).hasSize(10);
    }

    @Test
    void whoBreaksAServiceAgainAndAgainIsNotTriedForEver() {
        List<Request> requests = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            requests.add(ask(MALLORY, "break"));
        }
        requests.add(ask(ALICE, "add a"));
        execution.execute(slot(requests.toArray(Request[]::new)));

        assertThat(caused.broken).hasSize(ServiceCalls.BROKEN_PER_CLIENT_MAX);
        assertThat(caused.replies).hasSize(201).last().isEqualTo("64.200:1");
        assertThat(service.words).containsExactly("a");
    }

    /** Endless recursion ends at another depth at each replica, but it ends. */
    @Test
    @Attack("clients: a command that exhausts the stack")
    void anExhaustedStackBreaksACommandAndNoReplica() {
        execution.execute(slot(ask(MALLORY, "overflow"), ask(ALICE, "add a")));

        assertThat(service.words).containsExactly("a");
        assertThat(caused.broken).containsExactly("fragile 1 StackOverflowError");
    }

    /** Its time has come and stays: the group would order slot on slot. */
    @Test
    void aServiceThatBreaksWhenItsTimeHasComeRests() {
        execution.execute(slot(ask(ALICE, "due at 3"), ask(ALICE, "add a")));
        assertThat(execution.dueMicros()).isEqualTo(3_000_000);
        execution.execute(slot());
        execution.execute(slot());

        assertThat(caused.broken).containsExactly("fragile 3 IllegalStateException");
        assertThat(execution.dueMicros()).isEqualTo(63_000_000);
        assertThat(service.words).containsExactly("a");
        execution.execute(slot());
        assertThat(caused.broken).hasSize(1);
    }

    @Test
    void aQuestionThatBreaksAServiceHasNoAnswer() {
        byte[] question = "break".getBytes(StandardCharsets.US_ASCII);
        assertThat(execution.read(new ServiceCall(Fragile.NAME, question))).isNull();
        assertThat(execution.peek(new ServiceCall(Fragile.NAME, question))).isNull();
        assertThat(caused.broken).hasSize(2);
    }

    /** Keeps words. Breaks where it is asked to, after it has changed its state. */
    private static final class Fragile implements StateMachine {
        static final String NAME = "fragile";

        private final List<String> words = new ArrayList<>();
        private long dueMicros = Long.MAX_VALUE;

        @Override
        public byte @Nullable [] apply(Command command, Context context) {
            String[] order = new String(command.operation(), StandardCharsets.US_ASCII).split(" ", 2);
            String about = order.length > 1 ? order[1] : "";
            switch (order[0]) {
                case "add" -> words.add(about);
                case "due" -> dueMicros = Long.parseLong(about.substring(3)) * 1_000_000;
                case "open" -> {
                    assertThat(context.decrypt(about.getBytes(StandardCharsets.US_ASCII), new byte[0], 0))
                            .isTrue();
                    breakIf(about.endsWith("break"));
                }
                case "wait" -> {
                    return null;
                }
                case "complete" -> {
                    context.complete(new RequestId(ALICE, 0, 0), "done".getBytes(StandardCharsets.US_ASCII));
                    breakIf(about.endsWith("break"));
                }
                case "overflow" -> descend(0);
                default -> breakIf(true);
            }
            return Integer.toString(words.size()).getBytes(StandardCharsets.US_ASCII);
        }

        private void breakIf(boolean wanted) {
            if (wanted) {
                words.add("half done");
                throw new IllegalStateException("as it was asked to");
            }
        }

        private int descend(int depth) {
            words.add("half done");
            return depth < 0 ? depth : 1 + descend(depth + 1);
        }

        @Override
        public long dueMicros() {
            return dueMicros;
        }

        @Override
        public void tick(Context context) {
            breakIf(true);
        }

        @Override
        public @Nullable Reading read(byte[] operation) {
            throw new IllegalStateException("as it was asked to");
        }

        @Override
        public byte @Nullable [] peek(byte[] question) {
            throw new IllegalStateException("as it was asked to");
        }

        @Override
        public void snapshot(Writer writer) {
            writer.u64(dueMicros).u32(words.size());
            words.forEach(writer::string);
        }

        @Override
        public void restore(Reader reader) {
            dueMicros = reader.u64();
            words.clear();
            for (long count = reader.u32(); count > 0; count--) {
                words.add(reader.string(100));
            }
        }

        @Override
        public Digest root() {
            return Digest.ZERO;
        }
    }

    /** What came out. */
    private static final class Caused extends ExecutionTest.NoEffects {
        private final List<String> replies = new ArrayList<>();
        private final List<String> opened = new ArrayList<>();
        private final List<String> broken = new ArrayList<>();

        @Override
        public void reply(RequestId id, long slot, byte[] result) {
            replies.add(id.client() + "." + id.sequence() + ":" + new String(result, StandardCharsets.US_ASCII));
        }

        @Override
        public void decryptionWanted(long number, PendingDecryptions.Wanted wanted) {
            opened.add(new String(wanted.ciphertext(), StandardCharsets.US_ASCII));
        }

        @Override
        public void broke(String service, long slot, Throwable cause) {
            broken.add(service + " " + slot + " " + cause.getClass().getSimpleName());
        }
    }
}
