package org.maftia.server.notarize;

import java.math.BigInteger;
import java.time.Instant;

/**
 * What a believable time-stamp says.
 *
 * @param time when the group had seen the file's digest
 * @param serial unique in the group
 * @param accuracySeconds how far the time may be off
 * @param algorithm object identifier of the file's digest
 * @param policy object identifier of the policy
 * @param signer the notary, by its certificate
 */
public record VerifiedToken(
        Instant time, BigInteger serial, int accuracySeconds, String algorithm, String policy, String signer) {}
