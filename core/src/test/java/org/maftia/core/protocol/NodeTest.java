package org.maftia.core.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.maftia.core.testing.Attack;
import org.maftia.core.testing.Structures;
import org.maftia.core.wire.Codec;
import org.maftia.core.wire.Reader;
import org.maftia.core.wire.Writer;

/** The contract of the kernel, on a protocol whose behaviour each test writes down. */
class NodeTest {
    private final List<String> log = new ArrayList<>();
    private Protocol.Arrival arrival = Protocol.Arrival.HOLD;
    private final Node<Consumer<Script>, String> node = node();

    /** Logs what it gets; acts as inputs tell it. */
    private final class Script implements Protocol.Root<Consumer<Script>, String> {
        final Port<String, String> port;
        private final List<String> records = new ArrayList<>();

        Script(Port<String, String> port) {
            this.port = port;
        }

        Script nest(String tag, long index) {
            return port.nest(tag, index, Script::new, value -> log.add(port.path() + " hears " + value));
        }

        @Override
        public void input(Consumer<Script> input) {
            input.accept(this);
        }

        @Override
        public Codec<String> codec() {
            return new Codec<>() {
                @Override
                public void write(Writer writer, String value) {
                    writer.string(value);
                }

                @Override
                public String read(Reader reader) {
                    return reader.string(1 << 16);
                }
            };
        }

        @Override
        public void receive(int from, String message) {
            log.add(port.path() + " " + from + " " + message);
        }

        @Override
        public void restore(String record) {
            records.add(record);
            log.add(port.path() + " restores " + record);
            port.sendAll("no message leaves while restoring");
        }

        @Override
        public void restored() {
            log.add(port.path() + " restored");
        }

        @Override
        public void journal(Consumer<String> sink) {
            records.forEach(sink);
        }

        @Override
        public Arrival unknownChild(String tag, long index, int from) {
            if (arrival == Arrival.CREATE) {
                nest(tag, index);
            }
            return arrival;
        }
    }

    private Node<Consumer<Script>, String> node() {
        return new Node<>(0, Structures.FOUR, Limits.DEFAULT, 1000, (Port<String, String> port) -> new Script(port));
    }

    private static byte[] frame(String path, String message) {
        return new Writer()
                .opaque8(path.getBytes(StandardCharsets.US_ASCII))
                .string(message)
                .toBytes();
    }

    private Ready<String> act(Consumer<Script> action) {
        node.input(action, 2000);
        return node.drain();
    }

    @Test
    void effectsOfAStepLeaveInOrderAndOnce() {
        Ready<String> ready = act(root -> {
            root.port.send(2, "one");
            root.port.persist("record");
            root.port.sendAll("two");
            root.port.output("result");
        });
        assertThat(ready.storage()).hasSize(1);
        assertThat(ready.sends().stream().map(Ready.Outgoing::to)).containsExactly(2, 1, 2, 3);
        assertThat(ready.sends().get(0).frame()).isEqualTo(frame("", "one"));
        assertThat(ready.outputs()).containsExactly("result");
        assertThat(node.drain().isEmpty()).isTrue();
    }

    @Test
    void whatIsSentToOneselfWaitsForTheEndOfTheHandler() {
        act(root -> {
            root.port.sendAll("to all");
            log.add("handler ends");
        });
        assertThat(log).containsExactly("handler ends", " 0 to all");
    }

    @Test
    void heldMessagesFollowTheirInstanceInOrder() {
        node.received(1, frame("child7", "first"), 0);
        node.received(2, frame("child7", "second"), 0);
        assertThat(log).isEmpty();
        act(root -> root.nest("child", 7));
        assertThat(log).containsExactly("child7 1 first", "child7 2 second");
        assertThat(node.drain().blames()).isEmpty();
    }

    @Test
    void aMessageDeepBelowAnUnknownChildWaitsAtEachFloor() {
        node.received(1, frame("a/b1/c", "deep"), 0);
        act(root -> root.nest("a", Path.NO_INDEX).nest("b", 1).nest("c", Path.NO_INDEX));
        assertThat(log).containsExactly("a/b1/c 1 deep");
    }

    @Test
    void anAncestorMayCreateOrDrop() {
        arrival = Protocol.Arrival.CREATE;
        node.received(1, frame("a/b1", "made on arrival"), 0);
        assertThat(log).containsExactly("a/b1 1 made on arrival");
        arrival = Protocol.Arrival.DROP;
        node.received(1, frame("gone", "lost"), 0);
        act(root -> root.nest("gone", Path.NO_INDEX));
        assertThat(log).hasSize(1);
    }

    @Attack("huge lengths, far-future slot, epoch, round")
    @Test
    void eachPeerHasABudgetOfHeldBytes() {
        String large = "x".repeat(60_000);
        for (int i = 0; i < 100; i++) {
            node.received(1, frame("child" + i, large), 0);
        }
        node.received(2, frame("child99", "another peer's"), 0);
        for (int i = 0; i < 100; i++) {
            int index = i;
            act(root -> root.nest("child", index));
        }
        long held = log.stream().filter(line -> line.contains(" 1 x")).count();
        assertThat(held * 60_000)
                .isBetween(Limits.DEFAULT.heldBytesPerPeer() - 70_000L, (long) Limits.DEFAULT.heldBytesPerPeer());
        assertThat(log).contains("child99 2 another peer's");
    }

    @Test
    void theBudgetComesBackWhenASubtreeIsDropped() {
        String large = "x".repeat(60_000);
        for (int round = 0; round < 3; round++) {
            act(root -> root.nest("epoch", 1));
            for (int i = 0; i < 60; i++) {
                node.received(1, frame("epoch1/child" + i, large), 0);
            }
            act(root -> root.port.drop("epoch", 1));
        }
        node.received(1, frame("later", large), 0);
        act(root -> root.nest("later", Path.NO_INDEX));
        assertThat(log).containsExactly("later 1 " + large);
    }

    @Test
    void aDroppedSubtreeNeitherHearsNorWakes() {
        act(root -> {
            Script child = root.nest("a", 1);
            Script grandchild = child.nest("b", 2);
            grandchild.port.wake(10, () -> log.add("alarm of the dead"));
            grandchild.port.sendAll("to myself");
            grandchild.port.<String>compute(() -> "x", result -> log.add("result for the dead"));
            root.port.drop("a", 1);
        });
        arrival = Protocol.Arrival.DROP;
        node.received(1, frame("a1/b2", "too late"), 0);
        node.tick(100_000);
        node.computed(0, "x", 100_000);
        assertThat(log).isEmpty();
    }

    @Test
    void timersFireInOrderOfTimeThenOfSetting() {
        act(root -> {
            root.port.wake(50, () -> log.add("late"));
            root.port.wake(10, () -> log.add("early 1"));
            root.port.wake(10, () -> log.add("early 2"));
            root.port.wake(10, () -> log.add("cancelled")).cancel();
        });
        assertThat(node.nextWakeMicros()).isEqualTo(2010);
        node.tick(2009);
        assertThat(log).isEmpty();
        node.tick(5000);
        assertThat(log).containsExactly("early 1", "early 2", "late");
        assertThat(node.nextWakeMicros()).isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void aResultOfAComputationComesBackOnce() {
        Ready<String> ready = act(root -> root.port.<String>compute(() -> "42", result -> log.add("got " + result)));
        Ready.Computation computation = ready.computations().get(0);
        node.computed(computation.id(), computation.task().get(), 3000);
        node.computed(computation.id(), "again", 3000);
        assertThat(log).containsExactly("got 42");
    }

    @Test
    void outputsOfAChildReachItsParentAfterTheHandler() {
        act(root -> {
            root.nest("a", 1).port.output("value");
            log.add("handler ends");
        });
        assertThat(log).containsExactly("handler ends", " hears value");
    }

    @Attack("hostile bytes")
    @Test
    void malformedFramesAreBlamedOnTheirSender() {
        byte[] surplus = new Writer().fixed(frame("", "x")).u8(0).toBytes();
        for (byte[] hostile : List.of(
                new byte[0],
                new byte[] {9, 'a'},
                frame("A", "x"),
                frame("a/", "x"),
                frame("a01", "x"),
                frame("é", "x"),
                surplus,
                new byte[] {0, 0, 5, 'x'})) {
            node.received(3, hostile, 0);
            assertThat(node.drain().blames()).hasSize(1).allMatch(blame -> blame.replica() == 3);
        }
        assertThat(log).isEmpty();
    }

    @Test
    void compactionReplacesTheJournalByWhatLiveInstancesGive() {
        arrival = Protocol.Arrival.CREATE;
        node.start(List.of(frame("", "of the root"), frame("a1", "of a child")));
        node.drain();
        Ready<String> ready = act(root -> root.port.compact());
        assertThat(ready.storage()).hasSize(1);
        var replace = (Ready.Storage.Replace) ready.storage().get(0);
        assertThat(replace.records()).containsExactly(frame("", "of the root"), frame("a1", "of a child"));
        ready = act(root -> {
            root.port.drop("a", 1);
            root.port.compact();
        });
        replace = (Ready.Storage.Replace) ready.storage().get(0);
        assertThat(replace.records()).containsExactly(frame("", "of the root"));
    }

    @Test
    void restoreIsSilentThenParentsResumeBeforeChildren() {
        arrival = Protocol.Arrival.CREATE;
        node.start(List.of(frame("a1", "old"), frame("", "older")));
        assertThat(log).containsExactly("a1 restores old", " restores older", " restored", "a1 restored");
        assertThat(node.drain().isEmpty()).isTrue();
    }

    @Test
    void aPathHasOneInstance() {
        act(root -> root.nest("a", 1));
        assertThatThrownBy(() -> act(root -> root.nest("a", 1))).isInstanceOf(Invariant.Violation.class);
    }
}
