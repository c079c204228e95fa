package org.maftia.bench.crypto;

import static org.maftia.bench.crypto.CipherCost.micros;

import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.maftia.core.crypto.BlindedInput;
import org.maftia.core.crypto.BlsKey;
import org.maftia.core.crypto.BlsSigner;
import org.maftia.core.crypto.BlsThreshold;
import org.maftia.core.crypto.Coin;
import org.maftia.core.crypto.DiscreteLogDealer;
import org.maftia.core.crypto.ObliviousDealer;
import org.maftia.core.crypto.ReplicatedOprf;
import org.maftia.core.crypto.ThresholdCoin;
import org.maftia.core.trust.FaultStructure;
import org.maftia.core.trust.ReplicaSet;
import org.maftia.core.trust.SharingFormula;

/**
 * Processor time of BLS signatures, coin and oblivious function, step by step, on a machine that may be busy with other
 * things. {@link BlsBenchmark}, {@link CoinBenchmark} and {@link OprfBenchmark} measure the same by the clock.
 */
public final class SchemeCost {
    private static final byte[] NO_PROOF = {};
    private static final byte[] USER = "alice".getBytes(StandardCharsets.UTF_8);
    private static final byte[] PASSWORD = "correct horse".getBytes(StandardCharsets.UTF_8);
    private static final Coin.Name TOSS = new Coin.Name("bench", 1);

    private SchemeCost() {}

    /** Measures both layouts of the product; the oblivious function for any one of 4, and any two of 7. */
    public static void main(String[] arguments) {
        for (String layout : List.of("4", "grid-4x4")) {
            bls(layout, System.out);
            coin(layout, System.out);
        }
        for (int replicas : List.of(4, 7)) {
            oblivious(replicas, System.out);
        }
    }

    private static void bls(String layout, PrintStream out) {
        DiscreteLogDealer.Dealing dealing =
                DiscreteLogDealer.deal("bench", "beacon", BenchKeys.formula(layout), BenchKeys.entropy());
        BlsThreshold key = new BlsThreshold(BlsKey.of(dealing));
        byte[] message = BenchKeys.MESSAGE;
        SortedMap<Integer, byte[]> shares = new TreeMap<>();
        for (int leaf : key.designated(0)) {
            int owner = key.formula().owners().get(leaf);
            shares.put(leaf, key.signer(dealing.sharesOf(owner)).share(message, leaf));
        }
        int leaf = shares.firstKey();
        byte[] one = shares.firstEntry().getValue();
        BlsSigner signer = key.signer(dealing.sharesOf(key.formula().owners().get(leaf)));
        byte[] signature = key.combine(message, shares).orElseThrow();
        out.printf(
                "BLS %s: share %.0f us, verify share %.0f, combine and check %.0f, verify %.0f%n",
                layout,
                micros(() -> signer.share(message, leaf)),
                micros(() -> key.verifyShare(message, leaf, one, NO_PROOF)),
                micros(() -> key.combine(message, shares)),
                micros(() -> key.verify(message, signature)));
    }

    private static void coin(String layout, PrintStream out) {
        SharingFormula formula = BenchKeys.formula(layout);
        DiscreteLogDealer.Dealing dealing = DiscreteLogDealer.deal("bench", "coin", formula, BenchKeys.entropy());
        SortedMap<Integer, byte[]> shares = new TreeMap<>();
        ReplicaSet senders = ReplicaSet.EMPTY;
        for (var own : dealing.shares().entrySet()) {
            if (!formula.isQualified(senders)) {
                senders = senders.with(own.getKey());
                shares.put(own.getKey(), new ThresholdCoin(dealing.key(), own.getValue()).share(TOSS));
            }
        }
        ThresholdCoin coin = new ThresholdCoin(dealing.key(), dealing.sharesOf(0));
        byte[] one = shares.lastEntry().getValue();
        double share = micros(() -> coin.share(TOSS));
        double verify = micros(() -> coin.verify(TOSS, shares.lastKey(), one));
        double combine = micros(() -> coin.combine(TOSS, shares));
        out.printf(
                "coin %s: share %.0f us, verify share %.0f, combine %.0f; a toss at a replica %.0f%n",
                layout, share, verify, combine, share + (shares.size() - 1) * verify + combine);
    }

    private static void oblivious(int replicas, PrintStream out) {
        FaultStructure trust = FaultStructure.threshold(replicas, (replicas - 1) / 3);
        ObliviousDealer.Dealing dealing =
                ObliviousDealer.deal("bench", "passwords", trust.copiedSharing().orElseThrow(), BenchKeys.entropy());
        ReplicatedOprf function = new ReplicatedOprf(dealing.key(), trust);
        BlindedInput input = BlindedInput.of(PASSWORD, BenchKeys.entropy());
        byte[] blinded = input.toBytes();
        SortedMap<Integer, byte[]> parts = new TreeMap<>();
        dealing.shares()
                .forEach((replica, own) ->
                        parts.put(replica, function.holder(own).part(USER, blinded)));
        ReplicatedOprf.KeyHolder holder =
                function.holder(dealing.shares().firstEntry().getValue());
        byte[] element = function.combine(parts).orElseThrow().element();
        out.printf(
                "OPRF %d: blind %.0f us, part %.0f, combine %.0f, finish %.0f%n",
                replicas,
                micros(() -> BlindedInput.of(PASSWORD, BenchKeys.entropy())),
                micros(() -> holder.part(USER, blinded)),
                micros(() -> function.combine(parts)),
                micros(() -> input.finish(element)));
    }
}
