package org.maftia.wormhole.trusted;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.EnumSet;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.maftia.wormhole.Capabilities;
import org.maftia.wormhole.EpochSource;
import org.maftia.wormhole.certificate.Stream;
import org.maftia.wormhole.certificate.TagProfile;
import org.maftia.wormhole.sim.SeededRandom;

/** What gives counters makes no garbage of its own, so that a collector has next to nothing to stop it for. */
class AllocationTest {
    private static final int CALLS = 1_000;

    /** The tag is the JDK's affair: its HMAC makes 48 bytes each. */
    private static final Sealer NO_TAG = new Sealer() {
        @Override
        public TagProfile profile() {
            return TagProfile.HMAC;
        }

        @Override
        public void seal(byte[] bytes, int at, int length, byte[] out, int outAt) {}

        @Override
        public boolean verify(int ttcb, long epoch, byte[] bytes, int at, int length, byte[] tag, int tagAt) {
            return false;
        }

        @Override
        public void erase() {}
    };

    @Test
    void aUiAllocatesNothingButWhatItsTagDoes() {
        Capabilities capabilities = new Capabilities(
                1, EpochSource.SEED, true, false, false, 16, true, false, EnumSet.of(TagProfile.HMAC), List.of());
        Setup setup = new Setup(
                new Stream(1, 2, 0),
                0,
                0,
                1,
                TagProfile.HMAC,
                capabilities,
                EpochIdentity.signingPair(new SeededRandom(1)),
                null,
                null);
        Usig usig = new Usig(setup, CounterRecord.NONE, NO_TAG);
        StreamState state = Objects.requireNonNull(usig.stream(5));
        byte[] in = new byte[64];
        byte[] out = new byte[512];
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        for (int i = 0; i < CALLS; i++) {
            usig.createUi(state, i % Stream.LANES, in, 0, out, 0); // the first use of a lane makes its room
        }
        long before = threads.getCurrentThreadAllocatedBytes();
        for (int i = 0; i < CALLS; i++) {
            usig.createUi(state, i % Stream.LANES, in, 0, out, 0);
        }

        assertThat(threads.getCurrentThreadAllocatedBytes() - before)
                .as("bytes of %s calls; fewer than one each", CALLS)
                .isLessThan(CALLS);
    }
}
