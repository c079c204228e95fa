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
public record Charter(Digest configuration, FaultStructure trust, Verifier verifier) {}
