package org.maftia.bench.crypto;

import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.maftia.core.crypto.Ed25519Certifier;
import org.maftia.core.crypto.Ed25519Verifier;
import org.maftia.core.crypto.Transcript;
import org.maftia.core.ordering.Request;
import org.maftia.core.ordering.RequestId;
import org.maftia.core.ordering.Seal;
import org.maftia.core.wire.Digest;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** What it costs to sign and to judge a whole batch of requests of 100 bytes; divide by its size. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(1)
@Warmup(iterations = 2, time = 1)
@Measurement(iterations = 3, time = 1)
@SuppressWarnings("NullAway.Init")
public class SealBenchmark {
    private static final Digest GROUP = Transcript.of("bench").digest();
    private static final int CLIENT = 64;
    private static final int OPERATION_BYTES = 100;

    @Param({"1", "8", "64"})
    private int batch;

    private Ed25519Certifier key;
    private Ed25519Verifier clients;
    private List<Request> requests;
    private List<Request> sealed;

    @Setup
    public void make() {
        byte[] secret = BenchKeys.entropy().bytes(Ed25519Certifier.PRIVATE_KEY_LENGTH);
        byte[] known = Ed25519Certifier.publicKey(secret);
        key = new Ed25519Certifier(secret, List.of(known));
        SortedMap<Integer, byte[]> keys = new TreeMap<>();
        keys.put(CLIENT, known);
        clients = new Ed25519Verifier(keys);
        requests = new ArrayList<>();
        for (int i = 0; i < batch; i++) {
            requests.add(new Request(new RequestId(CLIENT, 1, i), new byte[OPERATION_BYTES]));
        }
        sealed = Seal.sealed(GROUP, requests, key::sign);
    }

    @Benchmark
    public List<Request> signBatch() {
        return Seal.sealed(GROUP, requests, key::sign);
    }

    /** As a replica does: the way of every request, and the signature once. */
    @Benchmark
    public boolean judgeBatch() {
        @Nullable Digest judged = null;
        boolean good = true;
        for (Request request : sealed) {
            Seal seal = request.seal();
            Digest statement = seal == null ? null : seal.statement(GROUP, request);
            if (seal == null || statement == null) {
                return false;
            }
            if (!statement.equals(judged)) {
                good &= clients.verify(CLIENT, statement, seal.signature());
                judged = statement;
            }
        }
        return good;
    }
}
