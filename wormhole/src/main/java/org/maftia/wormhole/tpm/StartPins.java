package org.maftia.wormhole.tpm;

import java.util.Optional;
import org.maftia.wormhole.certificate.Digest;
import org.maftia.wormhole.certificate.SigningKey;

/**
 * What the genesis of a group fixes of a component beside a TPM.
 *
 * @param attestationKey the TPM's, read at the ceremony by somebody who stood at the machine
 * @param counter its counter of starts
 * @param measurement of the component's code
 * @param registers SHA-256 over the contents of PCR 0 to 7, where the machine's start is fixed too
 */
public record StartPins(SigningKey attestationKey, NvCounter counter, Digest measurement, Optional<Digest> registers) {}
