package org.maftia.wormhole.tpm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.util.EnumSet;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.maftia.wormhole.Capabilities;
import org.maftia.wormhole.EpochSource;
import org.maftia.wormhole.certificate.TagProfile;
import org.maftia.wormhole.conformance.ConformanceKit;
import org.maftia.wormhole.conformance.Fixture;
import org.maftia.wormhole.conformance.KitRun;

/** The kit over the chain of a TPM of software. */
class ChainConformanceTest extends ConformanceKit {
    @Override
    protected Fixture fixture() throws IOException {
        assumeTrue(Swtpm.isInstalled(), "swtpm is not installed");
        return new ChainFixture(ChainFixture.Bug.NONE);
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

    private static List<String> failures(ChainFixture.Bug bug, String... tests) throws ReflectiveOperationException {
        assumeTrue(Swtpm.isInstalled(), "swtpm is not installed");
        return KitRun.failures(() -> new ChainFixture(bug), tests);
    }

    private static final String RESTART = "aRestartKeepsCountersOrBeginsAnotherEpochWithOtherKeys";
    private static final String RESTORE = "aRestoredCopyMakesItEquivocateOnlyIfItNeverPromisedOtherwise";
    private static final String PEERS = "anyComponentOfTheGroupVerifiesWhatAnotherSealed";

    @Test
    void aQuoteBeforeTheExtensionIsFound() throws ReflectiveOperationException {
        assertThat(failures(ChainFixture.Bug.NO_EXTENSION, PEERS)).containsExactly(PEERS);
    }

    @Test
    void aStartThatIsCountedTwiceIsFound() throws ReflectiveOperationException {
        assertThat(failures(ChainFixture.Bug.EPOCH_REUSE, RESTART)).containsExactly(RESTART);
    }

    @Test
    void aTpmOfSoftwareThatCallsItselfAChipIsFound() throws ReflectiveOperationException {
        assertThat(failures(ChainFixture.Bug.FALSE_CHIP, RESTART, RESTORE)).containsExactly(RESTORE);
    }

    @Test
    void aKeyThatPeersDoNotKnowIsFound() throws ReflectiveOperationException {
        assertThat(failures(ChainFixture.Bug.OWN_KEYS, PEERS)).containsExactly(PEERS);
    }
}
