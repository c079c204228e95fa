package org.maftia.wormhole.process;

import java.io.IOException;
import java.security.SecureRandom;
import org.maftia.wormhole.frame.Handshake;
import org.maftia.wormhole.tpm.NvCounter;
import org.maftia.wormhole.tpm.StartEvidence;
import org.maftia.wormhole.tpm.Tpm;
import org.maftia.wormhole.tpm.TpmStream;
import org.maftia.wormhole.trusted.EpochIdentity;
import org.maftia.wormhole.trusted.Setup;

/**
 * A start that a TPM has counted and attested: the keys of the epoch were drawn before, and what the TPM says names
 * them. After that the component needs the TPM no more, and its filter would not let it.
 */
record AttestedStart(Setup.Kept keys, StartEvidence evidence) {
    static AttestedStart make(ProcessOptions options, SecureRandom random) throws IOException {
        Setup.Kept keys = new Setup.Kept(EpochIdentity.signingPair(random), Handshake.pair(random));
        try (Tpm tpm = new Tpm(TpmStream.open(options.tpm()))) {
            return new AttestedStart(
                    keys,
                    StartEvidence.make(
                            tpm,
                            NvCounter.STARTS,
                            options.previousEpoch(),
                            EpochIdentity.publicKey(keys.signing()),
                            Measurement.of(ClassPath.place())));
        }
    }
}
