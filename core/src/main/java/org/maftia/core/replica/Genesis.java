package org.maftia.core.replica;

import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.maftia.core.crypto.Certifier;
import org.maftia.core.crypto.Coin;
import org.maftia.core.crypto.ObliviousFunction;
import org.maftia.core.crypto.ThresholdCipher;
import org.maftia.core.crypto.ThresholdSignature;
import org.maftia.core.crypto.Verifier;
import org.maftia.core.keys.KeyCare;
import org.maftia.core.ordering.hybrid.TrustedComponents;
import org.maftia.core.wire.Digest;

/**
 * What a replica starts from.
 *
 * @param configuration binds the configuration that all replicas of the group must share
 * @param certifier signs for this replica
 * @param coin this replica's part in the coin of the group
 * @param cipher this replica's part in the key to which clients encrypt
 * @param services the state machines, by name
 * @param keys the keys of the group, by id
 * @param signers this replica's shares of them, by id; may lack some
 * @param grants which service may have which key used
 * @param clients judges signatures of clients by their numbers
 * @param care for the keys that the group makes and renews by itself. Where coin, cipher or a key that signs stands on one of
 *     them, by its id, what is given for it here says how it is used; the shares, the first ones too, come from the keeper
 * @param evaluators this replica's part in the oblivious functions of the group, by the id of their keys
 * @param components the trusted components beside the replicas: with them the group needs Q2 only, and orders by
 *     {@link org.maftia.core.ordering.hybrid.HybridEras}; null: it needs Q3, and nothing but the replicas
 * @param tenure where it stands among the configurations of its group; null: the group keeps the one that it has
 */
public record Genesis(
        Digest configuration,
        Certifier certifier,
        Coin coin,
        ThresholdCipher.Holder cipher,
        SortedMap<String, StateMachine> services,
        SortedMap<String, ThresholdSignature> keys,
        SortedMap<String, ThresholdSignature.Signer> signers,
        KeyGrants grants,
        Verifier clients,
        KeyCare care,
        SortedMap<String, ObliviousFunction.Holder> evaluators,
        @Nullable TrustedComponents components,
        @Nullable Tenure tenure) {
    public Genesis {
        services = Collections.unmodifiableSortedMap(new TreeMap<>(services));
        keys = Collections.unmodifiableSortedMap(new TreeMap<>(keys));
        evaluators = Collections.unmodifiableSortedMap(new TreeMap<>(evaluators));
        signers = Collections.unmodifiableSortedMap(new TreeMap<>(signers));
    }

    /**
     * For a group that keeps its configuration, or for a {@link Lineage} to add where it stands; every service may use
     * every key.
     */
    public Genesis(
            Digest configuration,
            Certifier certifier,
            Coin coin,
            ThresholdCipher.Holder cipher,
            SortedMap<String, StateMachine> services,
            SortedMap<String, ThresholdSignature> keys,
            SortedMap<String, ThresholdSignature.Signer> signers) {
        this(
                configuration,
                certifier,
                coin,
                cipher,
                services,
                keys,
                signers,
                KeyGrants.EVERYTHING,
                Verifier.NOBODY,
                KeyCare.NONE,
                Collections.emptySortedMap(),
                null,
                null);
    }

    /** The same where clients may sign, as the verifier judges. */
    public Genesis with(Verifier others) {
        return new Genesis(
                configuration,
                certifier,
                coin,
                cipher,
                services,
                keys,
                signers,
                grants,
                others,
                care,
                evaluators,
                components,
                tenure);
    }

    /** The same where services may use the keys as granted. */
    public Genesis with(KeyGrants other) {
        return new Genesis(
                configuration,
                certifier,
                coin,
                cipher,
                services,
                keys,
                signers,
                other,
                clients,
                care,
                evaluators,
                components,
                tenure);
    }

    /** The same where the group keeps keys by itself. */
    public Genesis with(KeyCare other) {
        return new Genesis(
                configuration,
                certifier,
                coin,
                cipher,
                services,
                keys,
                signers,
                grants,
                clients,
                other,
                evaluators,
                components,
                tenure);
    }

    /** The same where oblivious functions are evaluated. */
    public Genesis evaluating(SortedMap<String, ObliviousFunction.Holder> others) {
        return new Genesis(
                configuration,
                certifier,
                coin,
                cipher,
                services,
                keys,
                signers,
                grants,
                clients,
                care,
                others,
                components,
                tenure);
    }

    /** The same group with trusted components, or without. */
    public Genesis with(@Nullable TrustedComponents others) {
        return new Genesis(
                configuration,
                certifier,
                coin,
                cipher,
                services,
                keys,
                signers,
                grants,
                clients,
                care,
                evaluators,
                others,
                tenure);
    }

    Genesis in(Tenure place) {
        return new Genesis(
                configuration,
                certifier,
                coin,
                cipher,
                services,
                keys,
                signers,
                grants,
                clients,
                care,
                evaluators,
                components,
                place);
    }
}
