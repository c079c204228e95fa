package org.maftia.bench.crypto;

import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.maftia.core.crypto.Entropy;
import org.maftia.core.crypto.ModularPower;
import org.maftia.core.crypto.RsaDealer;
import org.maftia.core.crypto.RsaEncoding;
import org.maftia.core.crypto.RsaSigner;
import org.maftia.core.crypto.RsaThreshold;
import org.maftia.core.crypto.SafePrimes;
import org.maftia.core.trust.Formula;
import org.maftia.core.trust.SharingFormula;
import org.maftia.server.crypto.ModularPowers;

/** A freshly dealt key with the signers of all replicas, for the measurements here. */
final class BenchKeys {
    static final byte[] MESSAGE = "a time-stamp token of the usual kind".getBytes(StandardCharsets.UTF_8);

    final RsaThreshold threshold;
    final SortedMap<Integer, RsaSigner> signers = new TreeMap<>();

    BenchKeys(int modulusBits, String layout, String backEnd) {
        Entropy entropy = entropy();
        ModularPower power = power(backEnd);
        RsaDealer.Dealing dealing = RsaDealer.generate(
                "bench",
                RsaEncoding.PKCS1_SHA256,
                formula(layout),
                modulusBits,
                entropy,
                ModularPowers.fastest(entropy),
                SafePrimes.Progress.NONE);
        threshold = new RsaThreshold(dealing.key(), power);
        dealing.shares().forEach((replica, shares) -> signers.put(replica, threshold.signer(shares, power)));
    }

    static Entropy entropy() {
        SecureRandom random = new SecureRandom();
        return count -> {
            byte[] bytes = new byte[count];
            random.nextBytes(bytes);
            return bytes;
        };
    }

    static ModularPower power(String backEnd) {
        return ModularPowers.named(backEnd, entropy())
                .orElseThrow(() -> new IllegalArgumentException("this host has no back end " + backEnd));
    }

    /** The two layouts of the product: any one of 4 replicas, or a site and a system of 16. */
    static SharingFormula formula(String layout) {
        if (layout.equals("4")) {
            return new SharingFormula(Formula.select(2, leaves(0)), true);
        }
        List<Formula> sites = new ArrayList<>();
        for (int site = 0; site < 4; site++) {
            sites.add(Formula.select(2, leaves(4 * site)));
        }
        return new SharingFormula(Formula.select(2, sites), true);
    }

    private static List<Formula> leaves(int first) {
        List<Formula> leaves = new ArrayList<>();
        for (int i = first; i < first + 4; i++) {
            leaves.add(new Formula.Leaf(i));
        }
        return leaves;
    }

    /** The shares of a minimal qualified set. */
    SortedMap<Integer, byte[]> shares(byte[] message, long index) {
        SortedMap<Integer, byte[]> shares = new TreeMap<>();
        for (int leaf : threshold.designated(index)) {
            shares.put(leaf, signer(leaf).share(message, leaf));
        }
        return shares;
    }

    RsaSigner signer(int leaf) {
        RsaSigner signer = signers.get(threshold.scheme().owner(leaf));
        if (signer == null) {
            throw new IllegalStateException("every leaf has an owner");
        }
        return signer;
    }
}
