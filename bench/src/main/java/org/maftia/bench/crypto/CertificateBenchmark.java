package org.maftia.bench.crypto;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.maftia.core.crypto.Certificate;
import org.maftia.core.crypto.Ed25519Certifier;
import org.maftia.core.crypto.Entropy;
import org.maftia.core.crypto.Transcript;
import org.maftia.core.wire.Digest;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** Ed25519: one signature, and the certificate of a quorum of 4 replicas. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(1)
@Warmup(iterations = 2, time = 1)
@Measurement(iterations = 3, time = 1)
@SuppressWarnings("NullAway.Init")
public class CertificateBenchmark {
    private static final Digest DIGEST = Transcript.of("bench").digest();

    private Ed25519Certifier certifier;
    private byte[] signature;
    private Certificate certificate;

    @Setup
    public void sign() {
        Entropy entropy = BenchKeys.entropy();
        List<byte[]> privateKeys = new ArrayList<>();
        List<byte[]> publicKeys = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            privateKeys.add(entropy.bytes(Ed25519Certifier.PRIVATE_KEY_LENGTH));
            publicKeys.add(Ed25519Certifier.publicKey(privateKeys.get(i)));
        }
        certifier = new Ed25519Certifier(privateKeys.getFirst(), publicKeys);
        signature = certifier.sign(DIGEST);
        TreeMap<Integer, byte[]> signatures = new TreeMap<>();
        for (int i = 0; i < 3; i++) {
            signatures.put(i, new Ed25519Certifier(privateKeys.get(i), publicKeys).sign(DIGEST));
        }
        certificate = Certificate.of(signatures);
    }

    @Benchmark
    public byte[] signOne() {
        return certifier.sign(DIGEST);
    }

    @Benchmark
    public boolean verifyOne() {
        return certifier.verify(0, DIGEST, signature);
    }

    @Benchmark
    public boolean verifyCertificateOfThree() {
        return certificate.verify(certifier, DIGEST);
    }
}
