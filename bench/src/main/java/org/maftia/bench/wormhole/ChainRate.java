package org.maftia.bench.wormhole;

import java.io.IOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.maftia.wormhole.Ttcb;
import org.maftia.wormhole.certificate.AttestationKey;
import org.maftia.wormhole.certificate.Digest;
import org.maftia.wormhole.certificate.QuoteTag;
import org.maftia.wormhole.certificate.Stream;
import org.maftia.wormhole.certificate.Ui;
import org.maftia.wormhole.tpm.ChainJournal;
import org.maftia.wormhole.tpm.ChainPeers;
import org.maftia.wormhole.tpm.TpmChain;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Links a second of a chain on a TPM of software, each an extension and a quote; messages a second where one link carries
 * the root of sixteen; and what a receiver pays. A chip is a hundred times slower.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Fork(1)
@Warmup(iterations = 4, time = 2)
@Measurement(iterations = 5, time = 2)
@SuppressWarnings("NullAway.Init")
public class ChainRate {
    private static final int BATCH = 16;
    private static final int MESSAGE_LENGTH = 256;

    private final byte[] messages = new byte[BATCH * MESSAGE_LENGTH];
    private EmulatedTpm tpm;
    private Ttcb ttcb;
    private Ui last;
    private AttestationKey key;
    private MessageDigest sha256;

    @Setup
    public void start() throws IOException, InterruptedException, NoSuchAlgorithmException {
        sha256 = MessageDigest.getInstance("SHA-256");
        tpm = new EmulatedTpm();
        TpmChain chain = TpmChain.begin(
                tpm.connect(), TestedComponent.STREAM, 0, 0, new ChainPeers(Map.of()), ChainJournal.NONE);
        ttcb = chain.open();
        key = new AttestationKey(ttcb.identity().identityKey());
        last = link();
    }

    @Benchmark
    public Ui link() {
        return ttcb.createUi(TestedComponent.STREAM, 0, Digest.ZERO);
    }

    @Benchmark
    @OperationsPerInvocation(BATCH)
    public Ui batchOf16() {
        byte[] digests = new byte[BATCH * Digest.LENGTH];
        for (int i = 0; i < BATCH; i++) {
            sha256.update(messages, i * MESSAGE_LENGTH, MESSAGE_LENGTH);
            System.arraycopy(sha256.digest(), 0, digests, i * Digest.LENGTH, Digest.LENGTH);
        }
        Stream stream = TestedComponent.STREAM;
        return ttcb.createUi(stream, 0, Digest.of(sha256.digest(digests)));
    }

    @Benchmark
    public boolean verify() {
        return QuoteTag.of(last.seal()).isGenuine(key, last.header().epoch(), last.statement());
    }

    @TearDown
    public void stop() throws IOException {
        tpm.close();
    }
}
