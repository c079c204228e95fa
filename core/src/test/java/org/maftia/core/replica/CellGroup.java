package org.maftia.core.replica;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;
import org.maftia.core.crypto.IdealCipher;
import org.maftia.core.crypto.IdealCoin;
import org.maftia.core.crypto.Transcript;
import org.maftia.core.keys.KeyCare;
import org.maftia.core.ordering.Request;
import org.maftia.core.ordering.Seal;
import org.maftia.core.protocol.Automaton;
import org.maftia.core.protocol.Limits;
import org.maftia.core.protocol.Node;
import org.maftia.core.protocol.Port;
import org.maftia.core.testing.IdealCertifier;
import org.maftia.core.testing.Structures;
import org.maftia.core.testing.TestGroup;
import org.maftia.core.trust.FaultStructure;
import org.maftia.core.wire.Digest;
import org.maftia.core.wire.Reader;
import org.maftia.core.wire.Writer;

/** Four whole replicas in memory with a service of one value, which may be written, read, and seen in the view. */
final class CellGroup {
    static final FaultStructure TRUST = Structures.FOUR;
    static final int INTERVAL = 8;

    /** By replica, in its newest life. */
    final List<Replica> replicas = new ArrayList<>();

    final TestGroup<Input, Output> group;
    private final int batchCountMax;
    private final int pipeline;
    private final long patienceMicros;

    /** What each replica needs to keep the keys of the group. */
    private final IntFunction<KeyCare> care;

    CellGroup(TestGroup.Scheduler scheduler, long seed) {
        this(scheduler, seed, Limits.DEFAULT.batchCountMax(), Limits.DEFAULT.pipeline());
    }

    CellGroup(TestGroup.Scheduler scheduler, long seed, int batchCountMax, int pipeline) {
        this(scheduler, seed, batchCountMax, pipeline, Limits.DEFAULT.slotTimeoutMicrosMin());
    }

    /** @param patienceMicros lowest patience with a leader */
    CellGroup(TestGroup.Scheduler scheduler, long seed, int batchCountMax, int pipeline, long patienceMicros) {
        this(scheduler, seed, batchCountMax, pipeline, patienceMicros, replica -> KeyCare.NONE);
    }

    /** A group that keeps keys by itself. */
    CellGroup(TestGroup.Scheduler scheduler, long seed, IntFunction<KeyCare> care) {
        this(scheduler, seed, Limits.DEFAULT.batchCountMax(), care);
    }

    /** The same, whose slots are small. */
    CellGroup(TestGroup.Scheduler scheduler, long seed, int batchCountMax, IntFunction<KeyCare> care) {
        this(scheduler, seed, batchCountMax, Limits.DEFAULT.pipeline(), Limits.DEFAULT.slotTimeoutMicrosMin(), care);
    }

    private CellGroup(
            TestGroup.Scheduler scheduler,
            long seed,
            int batchCountMax,
            int pipeline,
            long patienceMicros,
            IntFunction<KeyCare> care) {
        this.care = care;
        this.patienceMicros = patienceMicros;
        this.pipeline = pipeline;
        this.batchCountMax = batchCountMax;
        this.group = new TestGroup<>(TRUST.size(), scheduler, seed, this::make);
    }

    private Automaton<Input, Output> make(int self, long now) {
        return new Node<>(self, TRUST, limits(), now, (Port<ReplicaSnapshot, Output> port) -> {
            Replica replica = new Replica(port, genesis(self), false);
            while (replicas.size() <= self) {
                replicas.add(replica);
            }
            replicas.set(self, replica);
            return replica;
        });
    }

    private Limits limits() {
        Limits d = Limits.DEFAULT;
        return new Limits(
                d.frameLengthMax(),
                d.batchLengthMax(),
                batchCountMax,
                d.operationLengthMax(),
                pipeline,
                INTERVAL,
                2 * INTERVAL + pipeline,
                d.heldBytesPerPeer(),
                d.pooledRequestsPerClient(),
                patienceMicros,
                d.slotTimeoutMicrosMax(),
                d.clockToleranceMicros(),
                d.sessionWindow(),
                d.sessionsPerClient());
    }

    private Genesis genesis(int self) {
        TreeMap<String, StateMachine> services = new TreeMap<>();
        services.put("cell", new Cell());
        return new Genesis(
                        Digest.ZERO,
                        new IdealCertifier(self),
                        new IdealCoin(0, TRUST, self),
                        new IdealCipher(0, TRUST).holder(self),
                        services,
                        new TreeMap<>(),
                        new TreeMap<>())
                .with(new IdealCertifier(self))
                .with(care.apply(self));
    }

    /** An encoded call of the service. */
    static byte[] call(String operation) {
        return ServiceCall.codec(1000).encode(new ServiceCall("cell", operation.getBytes(StandardCharsets.UTF_8)));
    }

    /** The requests, all of one client and session, under the signature of their client. */
    static List<Request> signed(List<Request> requests) {
        int client = requests.getFirst().id().client();
        return Seal.sealed(Digest.ZERO, requests, new IdealCertifier(client)::sign);
    }

    static Request signed(Request request) {
        return signed(List.of(request)).getFirst();
    }

    /** What a replica handed out in its lives, of one kind. */
    <T> List<T> outputs(int replica, Class<T> kind) {
        return group.outputs(replica).stream()
                .filter(kind::isInstance)
                .map(kind::cast)
                .toList();
    }

    void connectAll(int replica) {
        for (int i = 0; i < TRUST.size(); i++) {
            if (i != replica) {
                group.input(i, new Input.Connected(replica));
                group.input(replica, new Input.Connected(i));
            }
        }
    }

    /** One value, which commands replace; counts them. */
    private static final class Cell implements StateMachine {
        private byte[] value = {};
        private long slot;
        private long writes;

        @Override
        public byte @Nullable [] apply(Command command, Context context) {
            value = command.operation();
            slot = context.index();
            writes++;
            return new Writer().u64(writes).toBytes();
        }

        @Override
        public @Nullable Reading read(byte[] operation) {
            return operation.length == 0 ? new Reading(slot, value) : null;
        }

        @Override
        public MerkleMap view() {
            return MerkleMap.EMPTY.with("value", value);
        }

        @Override
        public void snapshot(Writer writer) {
            writer.opaque16(value).u64(slot).u64(writes);
        }

        @Override
        public void restore(Reader reader) {
            value = reader.opaque16(1000);
            slot = reader.count();
            writes = reader.count();
        }

        @Override
        public Digest root() {
            Writer writer = new Writer();
            snapshot(writer);
            return Transcript.sha256(writer.toBytes());
        }
    }
}
