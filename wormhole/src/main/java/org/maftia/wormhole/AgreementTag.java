package org.maftia.wormhole;

import org.maftia.wormhole.certificate.Digest;

/**
 * Names a block agreement.
 *
 * @param instance digest of view, list, start and decision: the same for all who take part
 * @param inTime whether the proposal came before the start, and so counts
 */
public record AgreementTag(Digest instance, boolean inTime) {}
