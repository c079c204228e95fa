/**
 * The Trusted Platform Module 2.0 of the machine, in two uses: it numbers and attests the starts of a component
 * ({@link org.maftia.wormhole.tpm.StartAttestation}), or it is the component itself, by a chain of extensions that it
 * quotes ({@link org.maftia.wormhole.tpm.TpmChain}).
 *
 * <p><b>Guarantee.</b> What a TPM answers is read within bounds, and every refusal of it is a {@link
 * org.maftia.wormhole.tpm.TpmException} with a sentence. An attestation is never read by whoever verifies it: it is made
 * anew of what must be true, and the signature is checked over that.
 *
 * <p>The traps: a key certifies any extra data at the present value of an NV counter, so NV_Increment and NV_Certify
 * number starts and never messages; PCR 16 and 23 can be reset by the host, PCR 15 only with the machine; a key outside
 * the endorsement hierarchy sees counts that the TPM has disguised.
 *
 * <p>Source: Trusted Platform Module Library, Family 2.0, Level 00, Revision 01.59, parts 1 (Architecture), 2 (Structures)
 * and 3 (Commands).
 */
@NullMarked
package org.maftia.wormhole.tpm;

import org.jspecify.annotations.NullMarked;
