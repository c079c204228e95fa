package org.maftia.bench.crypto;

import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.maftia.core.crypto.DiscreteLogDealer;
import org.maftia.core.crypto.Entropy;
import org.maftia.core.crypto.Tdh2Cipher;
import org.maftia.core.trust.ReplicaSet;
import org.maftia.core.trust.SharingFormula;

/**
 * Processor time of the steps of one confidential request of 1 KB, and of all that a replica does for it: a figure that
 * other work on the machine disturbs little. {@link CipherBenchmark} has the same steps by the clock.
 */
public final class CipherCost {
    private static final byte[] LABEL = "a label of the usual kind".getBytes(StandardCharsets.UTF_8);
    private static final byte[] MESSAGE = new byte[1024];
    private static final int WARM = 1_000;
    private static final int BATCHES = 15;
    private static final int BATCH = 200;

    private CipherCost() {}

    /** Measures both layouts of the product. */
    public static void main(String[] arguments) {
        for (String layout : List.of("4", "grid-4x4")) {
            measure(layout, System.out);
        }
    }

    private static void measure(String layout, PrintStream out) {
        Entropy entropy = BenchKeys.entropy();
        SharingFormula formula = BenchKeys.formula(layout);
        DiscreteLogDealer.Dealing dealing = DiscreteLogDealer.deal("bench", "confidential", formula, entropy);
        Tdh2Cipher cipher = new Tdh2Cipher(dealing.key());
        byte[] ciphertext = cipher.encrypt(MESSAGE, LABEL, entropy);
        Tdh2Cipher.KeyHolder own = cipher.holder(dealing.sharesOf(0));
        SortedMap<Integer, byte[]> shares = new TreeMap<>();
        ReplicaSet senders = ReplicaSet.EMPTY;
        for (var entry : dealing.shares().entrySet()) {
            if (!formula.isQualified(senders)) {
                senders = senders.with(entry.getKey());
                shares.put(entry.getKey(), cipher.holder(entry.getValue()).share(ciphertext, LABEL));
            }
        }
        int foreign = shares.size() - 1;
        byte[] another = shares.lastEntry().getValue();
        double encrypt = micros(() -> cipher.encrypt(MESSAGE, LABEL, entropy));
        double check = micros(() -> cipher.isValid(ciphertext, LABEL));
        double share = micros(() -> own.share(ciphertext, LABEL));
        double verify = micros(() -> cipher.verify(ciphertext, LABEL, shares.lastKey(), another));
        double combine = micros(() -> cipher.combine(ciphertext, LABEL, shares));
        out.printf(
                "%s: encrypt %.0f us, check %.0f, share %.0f, verify %.0f, combine %.0f; a replica in all %.0f%n",
                layout, encrypt, check, share, verify, combine, check + share + foreign * verify + combine);
    }

    /** The least of several batches: what the step takes when nothing comes between. */
    static double micros(Supplier<@Nullable Object> step) {
        int blackHole = 0;
        for (int i = 0; i < WARM; i++) {
            blackHole += System.identityHashCode(step.get()) & 1;
        }
        long least = Long.MAX_VALUE;
        for (int batch = 0; batch < BATCHES; batch++) {
            long start = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
            for (int i = 0; i < BATCH; i++) {
                blackHole += System.identityHashCode(step.get()) & 1;
            }
            least = Math.min(least, ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime() - start);
        }
        return blackHole < 0 ? -1 : least / 1e3 / BATCH;
    }
}
