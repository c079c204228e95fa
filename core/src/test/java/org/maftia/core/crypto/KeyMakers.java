package org.maftia.core.crypto;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.maftia.core.testing.SeededEntropy;
import org.maftia.core.trust.ReplicaSet;
import org.maftia.core.trust.SharingFormula;

/** The members of a group in one attempt at a key, each with its secrets, in one place. */
final class KeyMakers {
    final DistributedKey attempt;
    final SortedMap<Integer, RecipientKey> secrets = new TreeMap<>();

    /** What members hold of the old key; empty in a generation. */
    final SortedMap<Integer, DiscreteLogShares> old;

    final SortedMap<Integer, byte[]> dealings = new TreeMap<>();

    /** A key, and what the members have of it. */
    record Made(DiscreteLogKey key, SortedMap<Integer, DiscreteLogShares> shares) {}

    private KeyMakers(KeyPlan plan, long number, ReplicaSet recipients, SortedMap<Integer, DiscreteLogShares> old) {
        SeededEntropy entropy = new SeededEntropy(1000 + number);
        SortedMap<Integer, byte[]> keys = new TreeMap<>();
        recipients.forEach(replica -> {
            RecipientKey secret = RecipientKey.generate(entropy);
            secrets.put(replica, secret);
            keys.put(replica, secret.publicKey());
        });
        this.attempt = new DistributedKey(plan, number, keys);
        this.old = old;
    }

    static KeyMakers generating(SharingFormula formula, ReplicaSet members, long seed) {
        return new KeyMakers(KeyPlan.generation("group", "coin", formula), seed, members, new TreeMap<>());
    }

    static KeyMakers signing(SharingFormula formula, ReplicaSet members, long seed) {
        return new KeyMakers(KeyPlan.signing("group", "coin", formula), seed, members, new TreeMap<>());
    }

    static KeyMakers refreshing(Made made, ReplicaSet members, long seed) {
        return new KeyMakers(KeyPlan.refresh(made.key), seed, members, made.shares);
    }

    static KeyMakers resharing(Made made, SharingFormula formula, ReplicaSet members, long seed) {
        return new KeyMakers(KeyPlan.resharing(made.key, formula), seed, members, made.shares);
    }

    static Made dealt(SharingFormula formula, long seed) {
        var dealing = DiscreteLogDealer.deal("group", "coin", formula, new SeededEntropy(seed));
        return new Made(dealing.key(), dealing.shares());
    }

    /** Lets these replicas deal. */
    KeyMakers deal(ReplicaSet dealers) {
        dealers.forEach(dealer -> {
            byte[] dealing = attempt.deal(dealer, old.get(dealer), new SeededEntropy(77 * (dealer + 1)));
            assertThat(attempt.isWellFormed(dealer, dealing)).isTrue();
            dealings.put(dealer, dealing);
        });
        return this;
    }

    DistributedKey.Receipt receive(int replica) {
        RecipientKey secret = secrets.get(replica);
        assertThat(secret).as("replica %d is a recipient", replica).isNotNull();
        return attempt.receive(replica, secret, dealings, old.get(replica));
    }

    /** All that goes well. */
    Made make() {
        DiscreteLogKey key = attempt.key(dealings).orElseThrow();
        assertThat(key.isConsistent()).isTrue();
        SortedMap<Integer, DiscreteLogShares> shares = new TreeMap<>();
        for (int replica : secrets.keySet()) {
            assertThat(receive(replica)).isInstanceOf(DistributedKey.Receipt.Complete.class);
            if (receive(replica) instanceof DistributedKey.Receipt.Complete complete) {
                assertThat(complete.shares().match(key)).isTrue();
                shares.put(replica, complete.shares());
            }
        }
        return new Made(key, shares);
    }

    /** Who complains about whom, justly: pairs of complainer and dealer. */
    List<String> justComplaints() {
        List<String> all = new ArrayList<>();
        for (int replica : secrets.keySet()) {
            if (receive(replica) instanceof DistributedKey.Receipt.Faulty faulty) {
                for (KeyComplaint complaint : faulty.complaints()) {
                    byte[] dealing = dealings.get(complaint.dealer());
                    assertThat(dealing).isNotNull();
                    assertThat(attempt.isJustified(replica, complaint, dealing)).isTrue();
                    all.add(replica + ">" + complaint.dealer());
                }
            }
        }
        return all;
    }

    /** The value of the coin under the made key, from the shares of a set. */
    static Coin.Value toss(Made made, ReplicaSet of) {
        Coin.Name name = new Coin.Name("order/ba3", 7);
        SortedMap<Integer, byte[]> shares = new TreeMap<>();
        Coin[] any = new Coin[1];
        made.shares.forEach((replica, own) -> {
            if (of.contains(replica)) {
                any[0] = new ThresholdCoin(made.key, own);
                shares.put(replica, any[0].share(name));
            }
        });
        shares.forEach((replica, share) ->
                assertThat(any[0].verify(name, replica, share)).isTrue());
        return any[0].combine(name, shares);
    }
}
