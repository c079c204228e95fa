package org.maftia.core.ordering.hybrid;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.maftia.core.crypto.Transcript;
import org.maftia.core.protocol.Attestation.Ui;
import org.maftia.core.protocol.Limits;
import org.maftia.core.protocol.Path;
import org.maftia.core.trust.FaultStructure;
import org.maftia.core.trust.ReplicaSet;
import org.maftia.core.wire.Codec;
import org.maftia.core.wire.Digest;
import org.maftia.core.wire.Reader;
import org.maftia.core.wire.Writer;
import org.maftia.simulator.explore.Board;
import org.maftia.simulator.explore.Fingerprint;
import org.maftia.simulator.explore.Frame;
import org.maftia.simulator.explore.Isolated;
import org.maftia.simulator.explore.Model;
import org.maftia.simulator.explore.Process;

/**
 * Hybrid ordering through a change of view: correct replicas run the code of production; anybody may lose patience at any
 * moment, and hears whatever was said, to whomever, in any order, or never. A corrupt replica certifies what its component
 * lets it, in any order, before it moves and after, and leaves out of its account what it likes.
 *
 * <p>Promises: no two correct replicas deliver differently; no correct one is blamed by another.
 */
final class HybridModel implements Model<HybridModel.Event, HybridModel.Fact> {
    static final long SEED = 1;
    static final int STREAM = 1;
    static final Digest CONFIGURATION = Transcript.of("hybrid model").digest();
    static final Limits LIMITS =
            new Limits(1 << 20, 4096, 16, 1024, 4, 8, 16, 1 << 16, 16, 50_000, 1_000_000, 5_000_000, 64, 4);

    private static final byte[] ADDRESS = "order".getBytes(StandardCharsets.US_ASCII);

    final FaultStructure trust;
    final Statements statements = new Statements(CONFIGURATION);
    final Fingerprint fingerprint = HybridMember.fingerprint();
    private final ReplicaSet corrupt;
    private final List<Integer> correct;
    private final int viewMax;
    private final boolean crashes;
    private final Codec<HybridMessage> codec = new HybridCodec(CONFIGURATION, LIMITS);
    private final Placement placement;

    /** What may happen. */
    sealed interface Event {
        record Heard(int from, Frame frame) implements Event {}

        /** All others are said to want the view, so this replica moves there. */
        record GiveUp(long view) implements Event {}

        /** A correct leader proposes. */
        record Fill(long slot) implements Event {}

        /** Once: it comes back from its journal, or from an empty one. */
        record Crash(boolean journalLost) implements Event {}

        /** A corrupt leader proposes one of two batches. */
        record Propose(long slot, int choice) implements Event {}

        record Vote(long view, long slot, Digest batch, Ui proposal) implements Event {}

        /** A corrupt replica moves. */
        record Move(long view, int omitted) implements Event {}

        /** It signs what a correct one found valid. */
        record Echo(HybridMessage.Entering entering) implements Event {
            @Override
            public boolean equals(@Nullable Object other) {
                return other instanceof Echo echo
                        && echo.entering.view() == entering.view()
                        && echo.entering.summary().equals(entering.summary());
            }

            @Override
            public int hashCode() {
                return entering.summary().hashCode();
            }
        }
    }

    /** What is on the board. */
    sealed interface Fact {
        record Said(int from, Frame frame) implements Fact {}

        record Decided(int replica, long slot, Digest digest) implements Fact {}

        record Blamed(int by, int replica, String rule) implements Fact {}
    }

    /**
     * @param viewMax to which replicas move
     * @param crashes whether each correct replica may crash once, and lose its journal
     */
    HybridModel(FaultStructure trust, ReplicaSet corrupt, int viewMax, boolean crashes) {
        this.trust = trust;
        this.corrupt = corrupt;
        this.correct = trust.all().minus(corrupt).toList();
        this.viewMax = viewMax;
        this.crashes = crashes;
        this.placement = new Placement(1, LIMITS.checkpointInterval(), trust.size());
    }

    Frame frame(HybridMessage message) {
        Writer writer = new Writer().opaque8(ADDRESS);
        codec.write(writer, message);
        byte[] bytes = writer.toBytes();
        String content = Transcript.sha256(bytes).toString().substring(0, 12);
        return new Frame(message + " " + content, bytes);
    }

    HybridMessage message(byte[] frame) {
        Reader reader = new Reader(frame);
        reader.opaque8(Path.LENGTH_MAX);
        return codec.read(reader);
    }

    /** Status and the like only repeat what was said. */
    static boolean isHeard(HybridMessage message) {
        return message instanceof HybridMessage.Prepare
                || message instanceof HybridMessage.Commit
                || message instanceof HybridMessage.Moved
                || message instanceof HybridMessage.Opened
                || message instanceof HybridMessage.Entering;
    }

    /** One of the batches that a corrupt leader proposes: they differ in their time. */
    Batch batch(long slot, int choice) {
        return Batch.of(CONFIGURATION, LIMITS, slot, Isolated.NOW_MICROS - 1 - choice, List.of());
    }

    @Override
    public int processes() {
        return trust.size();
    }

    private int replica(int process) {
        return process < correct.size()
                ? correct.get(process)
                : corrupt.toList().get(process - correct.size());
    }

    @Override
    public Process<Event, Fact> start(int process) {
        int replica = replica(process);
        return corrupt.contains(replica) ? new HybridIntruder(this, replica) : new HybridMember(this, replica);
    }

    @Override
    public Collection<Event> events(int process, Board<Fact> board) {
        int replica = replica(process);
        return corrupt.contains(replica) ? temptations(replica, board) : events(replica, board, new ArrayList<>());
    }

    private List<Event> events(int replica, Board<Fact> board, List<Event> events) {
        for (Fact.Said said : board.messages(Fact.Said.class)) {
            if (said.from != replica) {
                events.add(new Event.Heard(said.from, said.frame));
                if (message(said.frame.bytes()) instanceof HybridMessage.Prepare prepare) {
                    // Whoever lacks a batch gets it some day.
                    events.add(new Event.Heard(said.from, frame(new HybridMessage.Held(prepare.batch()))));
                }
            }
        }
        for (long view = 1; view <= viewMax; view++) {
            events.add(new Event.GiveUp(view));
        }
        events.add(new Event.Fill(1));
        if (crashes) {
            events.add(new Event.Crash(false));
            events.add(new Event.Crash(true));
        }
        return events;
    }

    private List<Event> temptations(int replica, Board<Fact> board) {
        List<Event> events = new ArrayList<>();
        if (placement.leader(0) == replica) {
            events.add(new Event.Propose(1, 0));
            events.add(new Event.Propose(1, 1));
        }
        for (Fact.Said said : board.messages(Fact.Said.class)) {
            switch (message(said.frame.bytes())) {
                case HybridMessage.Prepare m
                when m.ui().replica() != replica ->
                    events.add(
                            new Event.Vote(m.view(), m.batch().slot(), m.batch().digest(), m.ui()));
                case HybridMessage.Commit m when corrupt.contains(m.vote().voter()) -> {}
                case HybridMessage.Commit m
                when m.vote().proposal().replica() != replica ->
                    events.add(new Event.Vote(
                            m.vote().view(),
                            m.vote().slot(),
                            m.vote().batch(),
                            m.vote().proposal()));
                case HybridMessage.Entering m when said.from != replica -> events.add(new Event.Echo(m));
                default -> {}
            }
        }
        for (long view = 1; view <= viewMax; view++) {
            for (int omitted = -1; omitted < 2; omitted++) {
                events.add(new Event.Move(view, omitted));
            }
        }
        return events;
    }

    @Override
    public Optional<String> broken(Board<Fact> board) {
        TreeMap<Long, Fact.Decided> decided = new TreeMap<>();
        for (Fact.Decided one : board.messages(Fact.Decided.class)) {
            Fact.Decided other = decided.putIfAbsent(one.slot, one);
            if (other != null && !other.digest.equals(one.digest)) {
                return Optional.of("slot " + one.slot + " is " + Words.of(one.digest) + " at r" + one.replica + " and "
                        + Words.of(other.digest) + " at r" + other.replica);
            }
        }
        for (Fact.Blamed blamed : board.messages(Fact.Blamed.class)) {
            if (!corrupt.contains(blamed.replica)) {
                return Optional.of("r" + blamed.by + " blames r" + blamed.replica + ": " + blamed.rule);
            }
        }
        return Optional.empty();
    }
}
