package org.maftia.core.testing;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import org.maftia.core.crypto.ModularPower;
import org.maftia.core.crypto.RsaDealer;
import org.maftia.core.crypto.RsaEncoding;
import org.maftia.core.crypto.RsaSigner;
import org.maftia.core.crypto.RsaThreshold;
import org.maftia.core.crypto.SafePrimes;
import org.maftia.core.trust.FaultStructure;
import org.maftia.core.trust.Formula;
import org.maftia.core.trust.ReplicaSet;
import org.maftia.core.trust.SharingFormula;

/** Shared RSA keys of toy length, made anew in milliseconds and the same for the same seed; and formulas for them. */
public final class TestKeys {
    private TestKeys() {}

    /** A dealing with a modulus of 512 bits or so. */
    public static RsaDealer.Dealing deal(RsaEncoding encoding, SharingFormula formula, int modulusBits, long seed) {
        return RsaDealer.generate(
                "test",
                encoding,
                formula,
                modulusBits,
                new SeededEntropy(seed),
                ModularPower.JAVA,
                SafePrimes.Progress.NONE);
    }

    /** The signers of a dealing, by replica. */
    public static TreeMap<Integer, RsaSigner> signers(RsaThreshold threshold, RsaDealer.Dealing dealing) {
        TreeMap<Integer, RsaSigner> signers = new TreeMap<>();
        dealing.shares()
                .forEach((replica, shares) -> signers.put(replica, threshold.signer(shares, ModularPower.JAVA)));
        return signers;
    }

    /** The signer of one replica. */
    public static RsaSigner signer(RsaThreshold threshold, RsaDealer.Dealing dealing, int replica) {
        return threshold.signer(dealing.sharesOf(replica), ModularPower.JAVA);
    }

    /** k of the replicas 0 to n-1. */
    public static SharingFormula threshold(int k, int n) {
        return new SharingFormula(Formula.select(k, leaves(0, n)), true);
    }

    /** 2 of 4 sites, each 2 of its 4 replicas; site s has the replicas 4s to 4s+3. */
    public static SharingFormula grid() {
        List<Formula> sites = new ArrayList<>();
        for (int site = 0; site < 4; site++) {
            sites.add(Formula.select(2, leaves(4 * site, 4)));
        }
        return new SharingFormula(Formula.select(2, sites), true);
    }

    /** For each maximal fault set a summand that all replicas outside it know. */
    public static SharingFormula replicated(FaultStructure trust) {
        List<Formula> summands = new ArrayList<>();
        for (ReplicaSet faults : trust.maximalFaultSets()) {
            List<Formula> holders = new ArrayList<>();
            trust.all().minus(faults).forEach(replica -> holders.add(new Formula.Leaf(replica)));
            summands.add(Formula.select(1, holders));
        }
        return new SharingFormula(Formula.select(summands.size(), summands), true);
    }

    private static List<Formula> leaves(int first, int count) {
        List<Formula> leaves = new ArrayList<>();
        for (int i = first; i < first + count; i++) {
            leaves.add(new Formula.Leaf(i));
        }
        return leaves;
    }
}
