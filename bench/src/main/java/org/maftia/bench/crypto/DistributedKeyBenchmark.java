package org.maftia.bench.crypto;

import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.maftia.core.crypto.DiscreteLogDealer;
import org.maftia.core.crypto.DiscreteLogKey;
import org.maftia.core.crypto.DiscreteLogShares;
import org.maftia.core.crypto.DistributedKey;
import org.maftia.core.crypto.KeyPlan;
import org.maftia.core.crypto.RecipientKey;
import org.maftia.core.trust.Formula;
import org.maftia.core.trust.SharingFormula;
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

/** What one member computes in an attempt at a key, where all deal; a whole group does it once for each member. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Fork(value = 1, jvmArgsAppend = "--enable-native-access=ALL-UNNAMED")
@Warmup(iterations = 2, time = 1)
@Measurement(iterations = 3, time = 1)
@SuppressWarnings("NullAway.Init")
public class DistributedKeyBenchmark {
    /** Four replicas; 4 sites of 4, and sixteen of which any 6 have the key, where polynomials are longest. */
    @Param({"4", "grid-4x4", "6-of-16"})
    String layout;

    @Param({"GENERATION", "REFRESH", "RESHARING"})
    KeyPlan.Kind kind;

    private DistributedKey attempt;
    private @Nullable DiscreteLogShares own;
    private RecipientKey secret;
    private final SortedMap<Integer, byte[]> dealings = new TreeMap<>();

    private static SharingFormula formula(String layout) {
        if (!layout.equals("6-of-16")) {
            return BenchKeys.formula(layout);
        }
        Formula[] leaves = new Formula[16];
        for (int i = 0; i < leaves.length; i++) {
            leaves[i] = new Formula.Leaf(i);
        }
        return new SharingFormula(Formula.select(6, List.of(leaves)), true);
    }

    private static KeyPlan plan(KeyPlan.Kind kind, DiscreteLogKey old) {
        return switch (kind) {
            case GENERATION -> KeyPlan.generation("bench", "coin", old.formula());
            case REFRESH -> KeyPlan.refresh(old);
            case RESHARING -> KeyPlan.resharing(old, old.formula());
        };
    }

    @Setup
    public void begin() {
        var dealing = DiscreteLogDealer.deal("bench", "coin", formula(layout), BenchKeys.entropy());
        SortedMap<Integer, byte[]> recipients = new TreeMap<>();
        for (int replica : dealing.shares().keySet()) {
            RecipientKey fresh = RecipientKey.generate(BenchKeys.entropy());
            secret = replica == 0 ? fresh : secret;
            recipients.put(replica, fresh.publicKey());
        }
        own = dealing.sharesOf(0);
        attempt = new DistributedKey(plan(kind, dealing.key()), 1, recipients);
        dealing.shares()
                .forEach(
                        (replica, shares) -> dealings.put(replica, attempt.deal(replica, shares, BenchKeys.entropy())));
    }

    /** DEAL. */
    @Benchmark
    public byte[] deal() {
        return attempt.deal(0, own, BenchKeys.entropy());
    }

    /** All that comes of the log: the form of each dealing, the shares in it, and the key that they make. */
    @Benchmark
    public long receiveAll() {
        long wellFormed = dealings.entrySet().stream()
                .filter(dealing -> attempt.isWellFormed(dealing.getKey(), dealing.getValue()))
                .count();
        DistributedKey.Receipt receipt = attempt.receive(0, secret, dealings, own);
        return wellFormed + receipt.hashCode() + attempt.key(dealings).hashCode();
    }
}
