package org.maftia.core.ordering.hybrid;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.maftia.core.crypto.IdealComponents;
import org.maftia.core.crypto.Transcript;
import org.maftia.core.ordering.AtomicBroadcast;
import org.maftia.core.ordering.Decision;
import org.maftia.core.ordering.Era;
import org.maftia.core.ordering.Request;
import org.maftia.core.ordering.RequestId;
import org.maftia.core.ordering.Seal;
import org.maftia.core.protocol.Attestation;
import org.maftia.core.protocol.Attestation.Ui;
import org.maftia.core.protocol.Limits;
import org.maftia.core.protocol.Node;
import org.maftia.core.protocol.Ready;
import org.maftia.core.protocol.TrustedCall;
import org.maftia.core.testing.Attack;
import org.maftia.core.testing.IdealCertifier;
import org.maftia.core.testing.Solo;
import org.maftia.core.trust.FaultStructure;
import org.maftia.core.wire.Digest;
import org.maftia.core.wire.Reader;
import org.maftia.core.wire.Writer;

/** A replica that lacks one slot, while the others go on without it, keeps a bounded part of what they order. */
class KeptAheadTest {
    private static final Digest CONFIGURATION = Transcript.of("test").digest();
    private static final int STREAM = 3;
    private static final int SIZE = 3;
    private static final int LEADER = 0;
    private static final int SELF = 1;
    private static final int OTHER = 2;
    private static final int SLOTS = 60;
    private static final byte[] ADDRESS = "test0".getBytes(StandardCharsets.US_ASCII);
    private static final Limits LIMITS = Limits.DEFAULT;
    private static final HybridCodec CODEC = new HybridCodec(CONFIGURATION, LIMITS);

    private final IdealComponents components = new IdealComponents(1, SIZE);
    private final Statements statements = new Statements(CONFIGURATION);
    private final List<HybridMessage> proposals = new ArrayList<>();
    private final List<HybridMessage> votes = new ArrayList<>();
    private final List<Batch> batches = new ArrayList<>();
    private final TreeSet<Long> wanted = new TreeSet<>();
    private final TreeSet<Long> kept = new TreeSet<>();
    private final List<Ready.Computation> open = new ArrayList<>();
    private boolean busy;
    private long delivered;
    private long now = 1_000_000;
    private final Node<Consumer<HybridOrdering>, AtomicBroadcast.Event> node = node();

    private Node<Consumer<HybridOrdering>, AtomicBroadcast.Event> node() {
        IdealCertifier certifier = new IdealCertifier(SELF);
        return Solo.<HybridMessage, AtomicBroadcast.Event, HybridOrdering>node(
                SELF,
                FaultStructure.threshold(SIZE, 1),
                now,
                port -> new HybridOrdering(
                        port,
                        new TrustedComponents(components, STREAM, Collections.nCopies(SIZE, 0L), 1),
                        certifier,
                        certifier,
                        CONFIGURATION,
                        id -> AtomicBroadcast.Standing.OPEN,
                        new Era(0, Collections.nCopies(SIZE, 0L), 0, 0)));
    }

    private void orderAll() {
        for (int slot = 1; slot <= SLOTS; slot++) {
            List<Request> bare = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                bare.add(new Request(new RequestId(100, 1, 4L * slot + i), new byte[LIMITS.batchLengthMax() / 4]));
            }
            List<Request> sealed = Seal.sealed(CONFIGURATION, bare, new IdealCertifier(100)::sign);
            Batch batch = Batch.of(CONFIGURATION, slot, now, sealed);
            Ui proposal = ui(LEADER, 0, statements.prepare(0, slot, batch.digest()));
            Ui vote = ui(OTHER, 1, statements.commit(0, slot, batch.digest(), proposal));
            batches.add(batch);
            proposals.add(new HybridMessage.Prepare(0, batch, proposal));
            votes.add(new HybridMessage.Commit(new Vote(0, slot, batch.digest(), proposal, vote)));
        }
    }

    private Ui ui(int replica, int lane, Digest digest) {
        return (Ui) components
                .call(replica, new TrustedCall.CreateUi(STREAM, lane, digest))
                .orElseThrow();
    }

    private void receive(int from, HybridMessage message) {
        Writer writer = new Writer();
        writer.opaque8(ADDRESS);
        CODEC.write(writer, message);
        node.received(from, writer.toBytes(), now);
        settle();
    }

    /** Carries out what it wants, and notes which batches it keeps and asks for. */
    private void settle() {
        now += 10;
        while (node.nextWakeMicros() <= now) {
            node.tick(now);
        }
        for (Ready<AtomicBroadcast.Event> ready = node.drain(); !ready.isEmpty(); ready = node.drain()) {
            for (Ready.Storage change : ready.storage()) {
                if (change instanceof Ready.Storage.Append append
                        && message(append.record()) instanceof HybridMessage.Held held) {
                    kept.add(held.batch().slot());
                }
            }
            for (Ready.Outgoing outgoing : ready.sends()) {
                if (message(outgoing.frame()) instanceof HybridMessage.WantBatch want) {
                    wanted.add(want.slot());
                }
            }
            for (AtomicBroadcast.Event event : ready.outputs()) {
                delivered = event instanceof Decision decision ? decision.slot() : delivered;
            }
            assertThat(ready.blames()).isEmpty();
            open.addAll(ready.computations());
            if (!busy) {
                compute();
            }
            for (Ready.Certification asked : ready.certifications()) {
                Optional<Attestation> answer = components.call(SELF, asked.call());
                node.computed(asked.id(), answer, now);
            }
        }
    }

    private void compute() {
        while (!open.isEmpty()) {
            Ready.Computation computation = open.removeFirst();
            node.computed(computation.id(), computation.task().get(), now);
        }
    }

    private static HybridMessage message(byte[] frame) {
        Reader reader = new Reader(frame);
        reader.opaque8(255);
        return CODEC.read(reader);
    }

    @Test
    @Attack("a log that runs away from a replica that is behind")
    void whatOthersDecidedIsFetchedLaterRatherThanKeptAhead() {
        node.start(List.of());
        settle();
        orderAll();
        for (int slot = 2; slot <= SLOTS; slot++) {
            receive(LEADER, proposals.get(slot - 1));
            receive(OTHER, votes.get(slot - 1));
        }
        assertThat(delivered).isZero();
        assertThat(kept).contains(2L, 9L).hasSizeBetween(30, 42);

        receive(LEADER, proposals.getFirst());
        receive(OTHER, votes.getFirst());
        while (delivered < SLOTS) {
            now += 1_000_000;
            settle();
            for (long slot : List.copyOf(wanted)) {
                wanted.remove(slot);
                receive(LEADER, new HybridMessage.Held(batches.get((int) slot - 1)));
            }
            assertThat(now).as("it asks for what it lacks, and goes on").isLessThan(1_000_000_000L);
        }
    }

    @Test
    @Attack("a leader proposes more than can be judged")
    void whatIsUnderJudgementIsBounded() {
        node.start(List.of());
        settle();
        orderAll();
        busy = true;
        for (int i = 0; i < SLOTS; i++) {
            receive(LEADER, proposals.get(1)); // the same one, as long as none of them is judged
        }
        assertThat(open).hasSizeBetween(8, 16);
        int same = open.size();
        for (int slot = 3; slot <= SLOTS; slot++) {
            receive(LEADER, proposals.get(slot - 1));
        }
        assertThat(open).as("it has its share already").hasSize(same);
        busy = false;
        compute();
        settle();
        receive(LEADER, proposals.getFirst());
        receive(OTHER, votes.getFirst());
        assertThat(delivered).as("judged, they made room again").isPositive();
    }
}
