package org.maftia.core.replica;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.LongStream;
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
import org.maftia.core.testing.RecordingPort;
import org.maftia.core.testing.Structures;
import org.maftia.core.wire.Codec;
import org.maftia.core.wire.Digest;
import org.maftia.core.wire.MalformedException;
import org.maftia.core.wire.Reader;
import org.maftia.core.wire.Writer;

/** What a replica sees comes into the log in as few commands as it is busy. */
class ObservingTest {
    private static final int SELF = 0;
    private static final String SERVICE = "curious";
    private static final Codec<ServiceCall> CALLS = ServiceCall.codec(Limits.DEFAULT.operationLengthMax());

    private final RecordingPort<ReplicaSnapshot, Output> port = new RecordingPort<>(SELF, Structures.FOUR);
    private final List<Request> submitted = new ArrayList<>();
    private final Curious service = new Curious();
    private final Execution execution = execution();
    private final OwnRequests own = new OwnRequests(port, new RecordedOrdering(submitted), execution, CALLS, 7);
    private final Observing observing = new Observing(port, execution, own);

    private Execution execution() {
        SortedMap<String, StateMachine> services = new TreeMap<>(Map.of(SERVICE, service));
        Genesis genesis = new Genesis(
                Digest.ZERO,
                new IdealCertifier(0),
                new IdealCoin(0, Structures.FOUR, 0),
                new IdealCipher(0, Structures.FOUR).holder(0),
                services,
                new TreeMap<>(),
                new TreeMap<>());
        return new Execution(
                genesis, new KeyUses(genesis), Structures.FOUR, Limits.DEFAULT, new ExecutionTest.NoEffects());
    }

    /** Has things looked up, so many as a command says, and counts what comes of it. */
    private static final class Curious implements StateMachine {
        private final List<Long> answered = new ArrayList<>();

        @Override
        public byte @Nullable [] apply(Command command, Context context) {
            for (long reference = 0; reference < command.operation()[0]; reference++) {
                context.observe(new byte[1], reference, 1_000_000);
            }
            return new byte[0];
        }

        @Override
        public boolean observed(long reference, Observations observations, Context context) {
            answered.add(reference);
            return false;
        }

        @Override
        public Digest root() {
            return Digest.ZERO;
        }

        @Override
        public void snapshot(Writer writer) {
            writer.list(answered, Writer::u64);
        }

        @Override
        public void restore(Reader reader) {
            answered.clear();
            answered.addAll(reader.list(Integer.MAX_VALUE, Long.BYTES, Reader::u64));
        }
    }

    private void execute(Request request) {
        long slot = execution.slot() + 1;
        execution.execute(new Decision(slot, Epoch.FIRST, slot, Digest.ZERO, List.of(request)));
        own.executed(request.id());
        own.act();
        observing.act();
    }

    private void ask(int questions) {
        execute(new Request(
                new RequestId(64, 1, execution.slot()),
                CALLS.encode(new ServiceCall(SERVICE, new byte[] {(byte) questions}))));
    }

    private static SortedMap<Long, byte[]> answers(Request request) {
        byte[] operation = CALLS.decode(request.operation()).operation();
        return ((GroupCommand.Observed) GroupCommand.CODEC.decode(operation)).answers();
    }

    @Test
    void whatGathersWhileSomethingIsUnderWayGoesTogether() {
        observing.start();
        ask(50);
        assertThat(port.outputs).hasSize(50).allMatch(Output.Observe.class::isInstance);
        for (long number = 0; number < 40; number++) {
            observing.observed(new Input.Observed(number, new byte[] {1}));
            observing.observed(new Input.Observed(number, new byte[] {2}));
        }
        assertThat(submitted).hasSize(1);
        assertThat(answers(submitted.getLast()).keySet()).containsExactly(0L);

        execute(submitted.getLast());
        assertThat(submitted).hasSize(2);
        assertThat(answers(submitted.getLast()).keySet())
                .containsExactlyElementsOf(LongStream.rangeClosed(1, 32).boxed().toList());
        assertThat(answers(submitted.getLast()).values()).allMatch(answer -> answer[0] == 1);

        execute(submitted.getLast());
        assertThat(answers(submitted.getLast()).keySet())
                .containsExactlyElementsOf(LongStream.range(33, 40).boxed().toList());
        execute(submitted.getLast());
        assertThat(submitted).hasSize(3);
        assertThat(service.answered)
                .containsExactlyElementsOf(LongStream.range(0, 40).boxed().toList());

        observing.observed(new Input.Observed(3, new byte[] {1})); // the log has it
        assertThat(submitted).hasSize(3);
        observing.observed(new Input.Observed(44, new byte[] {1}));
        assertThat(submitted).hasSize(4);
    }

    @Test
    @Attack("commands of a replica that say one thing twice, nothing, or more than fits")
    void whatIsWrittenInAnotherWayIsNoCommand() {
        SortedMap<Long, byte[]> two = new TreeMap<>(Map.of(5L, new byte[] {1}, 9L, new byte[] {2}));
        byte[] good = GroupCommand.CODEC.encode(new GroupCommand.Observed(two));
        assertThat(((GroupCommand.Observed) GroupCommand.CODEC.decode(good)).answers())
                .containsOnlyKeys(5L, 9L);
        SortedMap<Long, byte[]> many = new TreeMap<>();
        for (long number = 0; number <= GroupCommand.Observed.ANSWERS_MAX; number++) {
            many.put(number, new byte[0]);
        }
        byte[] twice = good.clone();
        twice[9] = 9; // the number of the first answer
        for (byte[] bad : List.of(
                GroupCommand.CODEC.encode(new GroupCommand.Observed(many)),
                GroupCommand.CODEC.encode(new GroupCommand.Observed(Collections.emptySortedMap())),
                twice)) {
            assertThatThrownBy(() -> GroupCommand.CODEC.decode(bad)).isInstanceOf(MalformedException.class);
        }
    }
}
