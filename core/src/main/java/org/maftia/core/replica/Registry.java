package org.maftia.core.replica;

import org.jspecify.annotations.Nullable;
import org.maftia.core.crypto.Certifier;
import org.maftia.core.crypto.Ed25519Verifier;
import org.maftia.core.crypto.Verifier;
import org.maftia.core.trust.FaultStructure;
import org.maftia.core.trust.TrustException;

/**
 * The keys of configurations as one process knows them. Equal questions have equal answers, except that {@link #genesis}
 * answers once the keys are installed.
 */
public interface Registry {
    /** Judges what members of the configuration sign. */
    default Verifier members(Configuration configuration) {
        return new Ed25519Verifier(configuration.keys());
    }

    /**
     * Who may be corrupted together in the configuration. To compile a formula of many replicas takes long, and a process
     * meets the same one again after each restart and each restored state; so whoever knows it already may answer from memory.
     *
     * @throws TrustException when three fault sets cover the group, and for every other flaw of the formula
     */
    default FaultStructure trust(Configuration configuration) {
        return configuration.trust();
    }

    /** Judges what officers of the configuration sign. */
    default Verifier officers(Configuration configuration) {
        return new Ed25519Verifier(configuration.officers());
    }

    /**
     * What this process starts from as a member of the configuration, with state machines of its own; null while its
     * keys for it are not installed.
     */
    @Nullable
    Genesis genesis(Configuration configuration);

    /** What this process signs with as a member of the configuration; null while its keys for it are not installed. */
    default @Nullable Certifier certifier(Configuration configuration) {
        Genesis genesis = genesis(configuration);
        return genesis == null ? null : genesis.certifier();
    }
}
