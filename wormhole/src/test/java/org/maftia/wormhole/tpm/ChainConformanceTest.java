package org.maftia.wormhole.tpm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.util.EnumSet;
import org.junit.jupiter.api.Test;
import org.maftia.wormhole.Capabilities;
import org.maftia.wormhole.EpochSource;
import org.maftia.wormhole.certificate.TagProfile;
import org.maftia.wormhole.conformance.ConformanceKit;
import org.maftia.wormhole.conformance.Fixture;

/** The kit over the chain of a TPM of software. */
class ChainConformanceTest extends ConformanceKit {
    @Override
    protected Fixture fixture() throws IOException {
        assumeTrue(Swtpm.isInstalled(), "swtpm is not installed");
        return new ChainFixture();
    }

    @Test
    void itDeclaresWhatATpmOfSoftwareCanCarry() throws IOException {
        try (ChainFixture fixture = (ChainFixture) fixture()) {
            Capabilities capabilities = fixture.connect().capabilities();

            assertThat(capabilities.lanes()).isEqualTo(1);
            assertThat(capabilities.skippable()).isFalse();
            assertThat(capabilities.persistent()).isFalse();
            assertThat(capabilities.timely()).isFalse();
            assertThat(capabilities.rollbackProof()).isFalse();
            assertThat(capabilities.epochSource()).isEqualTo(EpochSource.TPM);
            assertThat(capabilities.tagProfiles()).isEqualTo(EnumSet.of(TagProfile.QUOTE));
            assertThat(capabilities.ratePerSecond()).isPositive();
        }
    }
}
