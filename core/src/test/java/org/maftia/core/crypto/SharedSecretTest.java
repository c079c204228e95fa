package org.maftia.core.crypto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.maftia.core.trust.Formula;
import org.maftia.core.trust.ReplicaSet;

final class SharedSecretTest {
    private static final int HOLDERS = 5;

    /** Holder 0 and two of the others. */
    private static final Formula NESTED = Formula.select(
            2,
            List.of(
                    new Formula.Leaf(0),
                    Formula.select(2, ReplicaSet.firstOf(HOLDERS).without(0))));

    private final Random random = new Random(1);
    private final Entropy entropy = count -> {
        byte[] bytes = new byte[count];
        random.nextBytes(bytes);
        return bytes;
    };

    private static SortedMap<Integer, byte[]> shares(SharedSecret.Dealing dealing, ReplicaSet holders) {
        SortedMap<Integer, byte[]> shares = new TreeMap<>();
        holders.forEach(holder -> shares.putAll(dealing.sharesOf(holder)));
        return shares;
    }

    @Test
    void exactlyTheSetsThatThePolicyNamesGiveTheSecretBack() {
        for (Formula policy : List.of(Formula.select(3, ReplicaSet.firstOf(HOLDERS)), NESTED)) {
            try (SharedSecret.Dealing dealing = SharedSecret.deal(policy, entropy)) {
                for (long bits = 0; bits < 1L << HOLDERS; bits++) {
                    ReplicaSet present = new ReplicaSet(bits);
                    var secret = SharedSecret.combine(policy, shares(dealing, present));
                    assertThat(secret.isPresent()).isEqualTo(policy.holds(present));
                    secret.ifPresent(found -> assertThat(found).isEqualTo(dealing.secret()));
                }
            }
        }
    }

    /** With one share less than is needed every secret is as likely: one more share, freely chosen, gives any of them. */
    @Test
    void tooFewSharesFitEverySecret() {
        Formula policy = Formula.select(2, ReplicaSet.firstOf(2 + 1));
        try (SharedSecret.Dealing dealing = SharedSecret.deal(policy, entropy)) {
            SortedMap<Integer, byte[]> own = new TreeMap<>(dealing.sharesOf(0));
            own.put(1, CurvePoint.scalar(java.math.BigInteger.ONE));
            byte[] one = SharedSecret.combine(policy, own).orElseThrow();
            own.put(1, CurvePoint.scalar(java.math.BigInteger.TWO));
            assertThat(SharedSecret.combine(policy, own).orElseThrow())
                    .isNotEqualTo(one)
                    .isNotEqualTo(dealing.secret());
        }
    }

    @Test
    void weightsAreRefused() {
        Formula weighted = new Formula.Gate(
                2, List.of(new Formula.Child(2, new Formula.Leaf(0)), new Formula.Child(1, new Formula.Leaf(1))));
        assertThatThrownBy(() -> SharedSecret.deal(weighted, entropy)).isInstanceOf(IllegalArgumentException.class);
    }
}
