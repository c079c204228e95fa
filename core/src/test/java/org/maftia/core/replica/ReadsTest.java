package org.maftia.core.replica;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.maftia.core.ordering.Request;
import org.maftia.core.ordering.RequestId;
import org.maftia.core.testing.Attack;
import org.maftia.core.testing.IdealCertifier;
import org.maftia.core.testing.Seeds;
import org.maftia.core.testing.TestGroup;
import org.maftia.core.wire.Digest;
import org.maftia.core.wire.Reader;

/** What replicas answer to readers: the certified views, and the present state. */
class ReadsTest {
    private static final Charter CHARTER = new Charter(Digest.ZERO, CellGroup.TRUST, new IdealCertifier(0));
    private static final int CLIENT = 64;

    private CellGroup cells = new CellGroup(TestGroup.Scheduler.OLDEST_FIRST, 0);
    private TestGroup<Input, Output> group = cells.group;
    private long sequence;

    private Request request(String operation) {
        return new Request(new RequestId(CLIENT, 1, sequence++), CellGroup.call(operation));
    }

    private void submit(Request request) {
        for (int i = 0; i < 4; i++) {
            group.input(i, new Input.Submit(request));
        }
        assertThat(group.run(200_000, () -> {
                    for (int i = 0; i < 4; i++) {
                        if (group.isUp(i)
                                && cells.outputs(i, Output.Reply.class).stream()
                                        .noneMatch(reply -> reply.id().equals(request.id()))) {
                            return false;
                        }
                    }
                    return true;
                }))
                .isTrue();
    }

    /** The answer to a read, which comes at once. */
    private Output read(int replica, String operation) {
        group.input(replica, new Input.Read(new RequestId(CLIENT, 0, 0), CellGroup.call(operation)));
        return group.outputs(replica).getLast();
    }

    private void untilItReads(int replica) {
        assertThat(group.run(200_000, () -> read(replica, "") instanceof Output.Reading))
                .isTrue();
    }

    @Test
    void eachCertifiedCheckpointIsShownToReadersWithProofs() throws Exception {
        for (int i = 1; i <= 2 * CellGroup.INTERVAL; i++) {
            submit(request("w" + i));
        }
        group.run(2_000, () -> false);
        for (int replica = 0; replica < 4; replica++) {
            List<Output.Certified> shown = cells.outputs(replica, Output.Certified.class);
            assertThat(shown).hasSize(2);
            for (Output.Certified certified : shown) {
                CertifiedRead read = certified.view().read("cell", "value").orElseThrow();
                read.verify(CHARTER, "cell", "value", 0);
                assertThat(read.value()).isEqualTo(("w" + read.slot()).getBytes(StandardCharsets.UTF_8));
            }
        }
    }

    @Test
    void aRestartedReplicaShowsWhatWasCertified() throws Exception {
        for (int i = 1; i <= CellGroup.INTERVAL + 3; i++) {
            submit(request("w" + i));
        }
        group.run(2_000, () -> false);
        group.crash(2);
        int before = cells.outputs(2, Output.Certified.class).size();
        group.restart(2);
        List<Output.Certified> shown = cells.outputs(2, Output.Certified.class);
        assertThat(shown).hasSize(before + 1);
        CertifiedRead read = shown.getLast().view().read("cell", "value").orElseThrow();
        read.verify(CHARTER, "cell", "value", 0);
        assertThat(read.value()).isEqualTo("w8".getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void aReaderGetsAYoungerCheckpointButNotOneForEveryWish() {
        submit(request("w"));
        for (int wish = 0; wish < 10; wish++) {
            group.input(1, new Input.Certify());
            group.input(2, new Input.Certify());
            group.run(500, () -> false);
        }
        assertThat(cells.outputs(0, Output.Certified.class)).hasSize(1);
        assertThat(cells.outputs(0, Output.Certified.class)
                        .getFirst()
                        .view()
                        .checkpoint()
                        .claim()
                        .slot())
                .isBetween(2L, 3L);
    }

    @Test
    void readsAreAnsweredFromTheStateAndSayWhenItWasWritten() {
        submit(request("w1"));
        for (int i = 0; i < 4; i++) {
            untilItReads(i);
        }
        submit(request("w2"));
        for (int i = 0; i < 4; i++) {
            assertThat(read(i, "")).isInstanceOfSatisfying(Output.Reading.class, reading -> {
                assertThat(reading.reading().value()).isEqualTo("w2".getBytes(StandardCharsets.UTF_8));
                assertThat(reading.reading().slot()).isGreaterThan(1);
            });
            assertThat(read(i, "no read"))
                    .isInstanceOfSatisfying(
                            Output.Unread.class,
                            refused -> assertThat(refused.reason()).isEqualTo("only the log can answer it"));
        }
        assertThat(group.run(10, () -> false)).isFalse();
    }

    /** Its journal holds votes, not decisions: what it told clients before the crash is ahead of what it knows. */
    @Test
    void aRestartedReplicaAnswersNoReadFromBeforeWhatItAnsweredEarlier() {
        submit(request("w1"));
        untilItReads(3);
        submit(request("w2"));
        long executed = cells.replicas.get(3).status().executed();
        group.crash(3);
        group.flights().clear();
        group.restart(3);
        assertThat(cells.replicas.get(3).status().executed())
                .as("the past that must not be read")
                .isLessThan(executed);
        assertThat(read(3, "")).isInstanceOf(Output.Unread.class);
        cells.connectAll(3);
        untilItReads(3);
        assertThat(read(3, ""))
                .isInstanceOfSatisfying(
                        Output.Reading.class,
                        reading ->
                                assertThat(reading.reading().value()).isEqualTo("w2".getBytes(StandardCharsets.UTF_8)));
    }

    /** Attack register: replayed requests. Every replica crashes, and the client asks for the same again. */
    @Attack("leader forges, alters, replays requests")
    @Seeds(4)
    void aRequestRepeatedAfterTheWholeGroupRestartedIsExecutedOnceAndAnsweredAlike(long seed) {
        cells = new CellGroup(TestGroup.Scheduler.UNIFORM, seed);
        group = cells.group;
        List<Request> old = new ArrayList<>();
        for (int i = 0; i < 5 + 4 * seed; i++) {
            old.add(request("w" + i));
            submit(old.getLast());
        }
        for (int i = 0; i < 4; i++) {
            group.crash(i);
        }
        for (int i = 0; i < 4; i++) {
            group.restart(i);
        }
        for (int i = 0; i < 4; i++) {
            cells.connectAll(i);
        }
        group.run(2_000, () -> false);
        for (int i = 0; i < old.size(); i++) {
            int before = cells.outputs(0, Output.Reply.class).size();
            submit(old.get(i));
            group.run(200_000, () -> cells.outputs(0, Output.Reply.class).size() > before);
            Output.Reply again = cells.outputs(0, Output.Reply.class).getLast();
            assertThat(again.id()).isEqualTo(old.get(i).id());
            assertThat(new Reader(again.result()).u64()).isEqualTo(i + 1);
        }
        submit(request("last"));
        assertThat(new Reader(cells.outputs(0, Output.Reply.class).getLast().result()).u64())
                .isEqualTo(old.size() + 1);
    }
}
