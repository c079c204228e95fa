package org.maftia.wormhole.sim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.maftia.wormhole.StoppedException;
import org.maftia.wormhole.Ttcb;
import org.maftia.wormhole.certificate.Certificate;
import org.maftia.wormhole.certificate.Digest;
import org.maftia.wormhole.certificate.Mark;
import org.maftia.wormhole.certificate.Stream;
import org.maftia.wormhole.certificate.TagProfile;
import org.maftia.wormhole.certificate.Ui;
import org.maftia.wormhole.certificate.VoidRange;
import org.maftia.wormhole.sim.SimulatedWormhole.Variant;

class SimulatedWormholeTest {
    private static final Stream GROUP = new Stream(5, 6, 0);
    private static final Stream STREAM = GROUP.with(1);

    private static Digest digest(int number) {
        byte[] bytes = new byte[Digest.LENGTH];
        bytes[31] = (byte) number;
        return Digest.of(bytes);
    }

    private static List<byte[]> run(long seed, TagProfile profile) {
        SimulatedWormhole wormhole = new SimulatedWormhole(seed, GROUP, 3, Variant.MEMORY, profile);
        wormhole.delay(1_000);
        List<Certificate> certificates = new ArrayList<>();
        for (int ttcb = 0; ttcb < 3; ttcb++) {
            Ttcb each = wormhole.connect(ttcb);
            certificates.add(each.identity().evidence());
            certificates.add(each.createUi(STREAM, 1, digest(ttcb)));
            certificates.add(each.raise(STREAM, Mark.VIEW, 1 + wormhole.delayMicros(), digest(9)));
        }
        return certificates.stream().map(Certificate::encoded).toList();
    }

    @ParameterizedTest
    @EnumSource(
            value = TagProfile.class,
            names = {"HMAC", "P256"})
    void oneSeedGivesTheSameCertificates(TagProfile profile) {
        List<byte[]> first = run(3, profile);
        List<byte[]> second = run(3, profile);

        assertThat(first).hasSize(9);
        for (int i = 0; i < first.size(); i++) {
            assertThat(second.get(i)).isEqualTo(first.get(i));
        }
        assertThat(run(4, profile).get(0)).isNotEqualTo(first.get(0));
    }

    @Test
    void aCrashedComponentAnswersNothing() {
        SimulatedWormhole wormhole = new SimulatedWormhole(1, GROUP, 2, Variant.MEMORY);
        Ttcb ttcb = wormhole.connect(0);
        ttcb.createUi(STREAM, 0, digest(1));
        wormhole.crash(0);

        assertThatThrownBy(() -> ttcb.createUi(STREAM, 0, digest(2))).isInstanceOf(StoppedException.class);
        Ttcb reborn = wormhole.restart(0);
        assertThat(reborn.createUi(STREAM, 0, digest(2)).header().epoch()).isEqualTo(2);
        assertThat(wormhole.connect(1).createUi(STREAM, 0, digest(2)).header().epoch())
                .isEqualTo(1);
    }

    @Test
    void aLostReplyLeavesItsUiToBeAskedFor() {
        SimulatedWormhole wormhole = new SimulatedWormhole(1, GROUP, 1, Variant.MEMORY);
        Ttcb ttcb = wormhole.connect(0);
        wormhole.loseNextReply(0);
        assertThatThrownBy(() -> ttcb.createUi(STREAM, 2, digest(1))).isInstanceOf(StoppedException.class);
        Ttcb again = wormhole.connect(0);

        assertThat(again.lastUi(STREAM, 2).orElseThrow().digest()).isEqualTo(digest(1));
        assertThat(again.createUi(STREAM, 2, digest(2)).counter()).isEqualTo(2);
    }

    @Test
    void aCopyInTheSameStateEquivocates() {
        SimulatedWormhole wormhole = new SimulatedWormhole(1, GROUP, 2, Variant.MEMORY).remember();
        Ttcb ttcb = wormhole.connect(0);
        ttcb.createUi(STREAM, 0, digest(1));
        Ttcb copy = wormhole.copyOf(0);
        Ui one = ttcb.createUi(STREAM, 0, digest(2));
        Ui other = copy.createUi(STREAM, 0, digest(3));

        assertThat(other.header()).isEqualTo(one.header());
        assertThat(other.counter()).isEqualTo(one.counter());
        Ttcb peer = wormhole.connect(1);
        assertThat(peer.verify(one, digest(2))).isTrue();
        assertThat(peer.verify(other, digest(3)))
                .as("a clone is a stated assumption, not seen by tags")
                .isTrue();
    }

    @Test
    void countersThatADeviceLeaptOverAreVoidAndNeverGiven() {
        SimulatedWormhole wormhole = new SimulatedWormhole(1, GROUP, 1, Variant.PERSISTENT);
        Ttcb ttcb = wormhole.connect(0);
        ttcb.createUi(STREAM, 0, digest(1));
        wormhole.jump(0, STREAM, 0, 255);
        ttcb = wormhole.restart(0);

        VoidRange gap = ttcb.lastVoid(STREAM, 0).orElseThrow();
        assertThat(gap.from()).isEqualTo(2);
        assertThat(gap.to()).isEqualTo(256);
        assertThat(ttcb.verify(gap, Digest.ZERO)).isTrue();
        assertThat(ttcb.lastUi(STREAM, 0).orElseThrow().counter()).isEqualTo(1);
        assertThat(ttcb.createUi(STREAM, 0, digest(2)).counter()).isEqualTo(257);
        ttcb = wormhole.restart(0);
        assertThat(ttcb.lastVoid(STREAM, 0).orElseThrow())
                .as("the proof outlives the next intent")
                .isEqualTo(gap);
    }

    @Test
    void aGapThatGrowsBeforeItIsFilledIsOneGap() {
        SimulatedWormhole wormhole = new SimulatedWormhole(1, GROUP, 1, Variant.PERSISTENT);
        wormhole.connect(0).createUi(STREAM, 0, digest(1));
        wormhole.jump(0, STREAM, 0, 10);
        wormhole.restart(0).lastVoid(STREAM, 0);
        wormhole.jump(0, STREAM, 0, 10);
        VoidRange gap = wormhole.restart(0).lastVoid(STREAM, 0).orElseThrow();

        assertThat(gap.from()).isEqualTo(2);
        assertThat(gap.to()).isEqualTo(21);
    }
}
