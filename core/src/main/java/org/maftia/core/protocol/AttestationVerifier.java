package org.maftia.core.protocol;

/**
 * Judges what trusted components certified: what verifies was made by the component of the replica that it names, for this
 * stream of this group, in the epoch that it names. Every correct replica comes to the same judgement, so that what
 * convinced one convinces those to whom it is shown. Any thread may ask, and asking changes nothing.
 */
public interface AttestationVerifier {
    /**
     * @param stream the number of the protocol in the group
     * @param attestation whatever a peer sent
     */
    boolean verify(int stream, Attestation attestation);
}
