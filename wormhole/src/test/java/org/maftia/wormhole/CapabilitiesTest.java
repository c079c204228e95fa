package org.maftia.wormhole;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.maftia.wormhole.certificate.TagProfile;
import org.maftia.wormhole.frame.CapabilityCodec;
import org.maftia.wormhole.frame.Frame;

class CapabilitiesTest {
    private static final Capabilities LITTLE = new Capabilities(
            7,
            EpochSource.TPM,
            false,
            false,
            false,
            1,
            false,
            false,
            EnumSet.of(TagProfile.QUOTE),
            List.of("it is old"));

    private static Capabilities timely(Agreement agreement) {
        return new Capabilities(
                        1, EpochSource.GROUP, true, true, true, 16, true, true, EnumSet.of(TagProfile.P256), List.of())
                .with(agreement);
    }

    @Test
    void whatIsNotDeclaredCannotBeAskedFor() {
        for (Claim claim : Claim.values()) {
            assertThatThrownBy(() -> LITTLE.require(Set.of(claim)))
                    .as(claim.named())
                    .isInstanceOf(UnmetClaimException.class)
                    .hasMessageStartingWith(claim.named() + ": ")
                    .hasMessageEndingWith("(it is old)");
            assertThatCode(() -> timely(Agreement.SYNC).require(Set.of(claim))).doesNotThrowAnyException();
        }
        assertThatCode(() -> LITTLE.require(Set.of())).doesNotThrowAnyException();
    }

    @Test
    void multicastNeedsBothTimeAndAWayThatNoHostTouches() {
        assertThatThrownBy(() -> timely(Agreement.PARTIAL).require(Set.of(Claim.MULTICAST)))
                .isInstanceOf(UnmetClaimException.class)
                .hasMessage("multicast: f of f+2 needs a timely component and a way between components that no host can"
                        + " stop or delay");
        assertThatThrownBy(() -> LITTLE.with(Agreement.SYNC).require(Set.of(Claim.MULTICAST)))
                .isInstanceOf(UnmetClaimException.class);
        assertThatThrownBy(() -> timely(Agreement.NONE).require(Set.of(Claim.AGREEMENT, Claim.MULTICAST)))
                .hasMessageContaining("multicast: ")
                .hasMessageContaining("; agreement: ");
    }

    @Test
    void namesOfConfigurationsAreRead() {
        for (Claim claim : Claim.values()) {
            assertThat(Claim.named(claim.named())).isEqualTo(claim);
        }
        assertThatThrownBy(() -> Claim.named("TIMELY")).hasMessage("no such claim: TIMELY");
    }

    @Test
    void theyPassThroughAFrame() {
        byte[] frame = new byte[Frame.LENGTH];
        for (Capabilities capabilities : List.of(LITTLE, timely(Agreement.PARTIAL), timely(Agreement.SYNC))) {
            int length = CapabilityCodec.write(capabilities, frame, 16);

            assertThat(CapabilityCodec.read(frame, 16, length)).isEqualTo(capabilities);
        }
    }
}
