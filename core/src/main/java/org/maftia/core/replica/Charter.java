package org.maftia.core.replica;

import org.maftia.core.crypto.Verifier;
import org.maftia.core.trust.FaultStructure;
import org.maftia.core.wire.Digest;

/**
 * What anybody may know of a group, and must know to check what it says: no secret, but to be had from a source that one
 * trusts, as everything is checked against it.
 *
 * @param configuration digest of the group's configuration
 * @param trust who may be corrupted together
 * @param verifier knows the keys with which the replicas certify
 */
public record Charter(Digest configuration, FaultStructure trust, Verifier verifier) {
    /** That of a group in this configuration, to be trusted as far as the configuration is. */
    public static Charter of(Configuration configuration, Registry registry) {
        return new Charter(configuration.digest(), registry.trust(configuration), registry.members(configuration));
    }

    /**
     * The charter of the same group in the configuration that followed: for readers and clients that were away, one
     * step of the chain at a time.
     *
     * @throws RefusedReadException when this configuration did not end so
     */
    public Charter follow(ConfigurationCertificate certificate, Registry registry) throws RefusedReadException {
        certificate.verify(this);
        return of(certificate.next(), registry);
    }
}
