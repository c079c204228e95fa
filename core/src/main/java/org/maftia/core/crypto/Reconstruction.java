package org.maftia.core.crypto;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.maftia.core.trust.SharingFormula;

/**
 * What an intruder does with stolen shares: he takes them for shares of one sharing, wherever they come from, and puts the
 * secret together with the coefficients of the formula. For drills and tests, which must show that it fails where it must, and
 * succeeds where shares suffice. The secret itself leaves this class in no form.
 */
public final class Reconstruction {
    private static final FieldSharing SHARING = new FieldSharing(CurvePoint.ORDER);

    private Reconstruction() {}

    /**
     * Whether shares give the secret behind the public key, with any minimal set of those that the formula lets one try.
     *
     * @param publicKey 48 bytes of G1
     * @param stolen of any epochs; where two are of the same leaf both are tried
     */
    public static boolean succeeds(SharingFormula formula, byte[] publicKey, List<DiscreteLogShares> stolen) {
        SharingScheme scheme = new SharingScheme(formula);
        SortedMap<Integer, List<BigInteger>> values = new TreeMap<>();
        for (DiscreteLogShares shares : stolen) {
            for (int leaf : scheme.leavesOf(shares.replica())) {
                List<BigInteger> known = values.computeIfAbsent(leaf, key -> new ArrayList<>());
                BigInteger value = shares.value(leaf);
                if (!known.contains(value)) {
                    known.add(value);
                }
            }
        }
        CurvePoint wanted = CurvePoint.decoded(publicKey);
        return sets(scheme, values).stream().anyMatch(set -> gives(scheme, set, values, wanted));
    }

    /** Minimal sets for which a share of each leaf is there: all, or where there are very many the first. */
    private static List<List<Integer>> sets(SharingScheme scheme, SortedMap<Integer, List<BigInteger>> values) {
        SortedSet<Integer> leaves = new TreeSet<>(values.keySet());
        if (scheme.minimalSets().isEmpty()) {
            List<Integer> one = scheme.selection(leaves);
            return one.isEmpty() ? List.of() : List.of(one);
        }
        return scheme.minimalSets().stream().filter(leaves::containsAll).toList();
    }

    private static boolean gives(
            SharingScheme scheme, List<Integer> set, SortedMap<Integer, List<BigInteger>> values, CurvePoint wanted) {
        Optional<SortedMap<Integer, BigInteger>> coefficients = SHARING.coefficients(scheme.tree(), new TreeSet<>(set));
        if (coefficients.isEmpty()) {
            return false;
        }
        List<BigInteger> sums = List.of(BigInteger.ZERO);
        for (var entry : coefficients.get().entrySet()) {
            List<BigInteger> next = new ArrayList<>();
            for (BigInteger value : values.getOrDefault(entry.getKey(), List.of())) {
                sums.forEach(sum -> next.add(sum.add(value.multiply(entry.getValue()))));
            }
            sums = next;
        }
        return sums.stream()
                .map(sum -> sum.mod(CurvePoint.ORDER))
                .filter(sum -> sum.signum() != 0)
                .anyMatch(sum -> CurvePoint.GENERATOR.times(sum).equals(wanted));
    }
}
