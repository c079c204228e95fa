package org.maftia.wormhole.conformance;

import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.maftia.wormhole.Capabilities;
import org.maftia.wormhole.EpochSource;
import org.maftia.wormhole.Ttcb;
import org.maftia.wormhole.certificate.Stream;
import org.maftia.wormhole.certificate.TagProfile;
import org.maftia.wormhole.host.FramedTtcb;
import org.maftia.wormhole.host.InnerTransport;
import org.maftia.wormhole.sim.SeededRandom;
import org.maftia.wormhole.sim.SimulatedClocks;
import org.maftia.wormhole.trusted.Component;
import org.maftia.wormhole.trusted.ControlChannel;
import org.maftia.wormhole.trusted.CounterRecord;
import org.maftia.wormhole.trusted.EpochIdentity;
import org.maftia.wormhole.trusted.Guard;
import org.maftia.wormhole.trusted.Setup;

/** The bare component in the test's own process; with a bug, if one is wanted. */
final class InnerFixture implements Fixture {
    enum Bug {
        NONE,
        /** A restart begins the same epoch with the same keys, and counters at zero. */
        EPOCH_REUSE,
        /** Seals under a key that its peer does not have, as vectors of MACs would. */
        OWN_KEYS,
        /** Answers before the record is durable; a kill loses the record. */
        TAG_FIRST,
        /** Keeps its counters in what the host can copy, and says that this does no harm. */
        FALSE_ROLLBACK_PROOF
    }

    private static final Stream GROUP = new Stream(3, 4, 0);
    private final SimulatedClocks clocks = new SimulatedClocks();
    private final Bug bug;
    private final boolean persistent;
    private Map<Integer, byte[]> durable = new TreeMap<>();
    private Map<Integer, byte[]> remembered = new TreeMap<>();
    private int starts;
    private int sessions;
    private Component component;

    InnerFixture(Bug bug) {
        this.bug = bug;
        this.persistent = bug == Bug.TAG_FIRST || bug == Bug.FALSE_ROLLBACK_PROOF;
        this.component = start();
    }

    private Component start() {
        starts++;
        return component(0, persistent || bug == Bug.EPOCH_REUSE ? 1 : starts, new byte[32]);
    }

    private Component component(int ttcb, long epoch, byte[] groupKey) {
        Capabilities capabilities = new Capabilities(
                1,
                EpochSource.SEED,
                !persistent || bug == Bug.FALSE_ROLLBACK_PROOF,
                false,
                persistent,
                Stream.LANES,
                true,
                false,
                EnumSet.of(TagProfile.HMAC),
                List.of());
        Setup setup = new Setup(
                GROUP,
                ttcb,
                epoch - 1,
                epoch,
                TagProfile.HMAC,
                capabilities,
                EpochIdentity.signingPair(new SeededRandom(1, ttcb)),
                null,
                groupKey);
        return new Component(
                setup,
                new SeededRandom(2, ttcb, epoch),
                persistent ? new HeldRecord() : CounterRecord.NONE,
                clocks,
                new Guard(clocks, false, 1),
                ControlChannel.NONE);
    }

    private final class HeldRecord implements CounterRecord {
        @Override
        public void intend(int protocol, int place, byte[] statement, int length) {
            durable.put(protocol * PLACES + place, java.util.Arrays.copyOf(statement, length));
        }

        @Override
        public void increment(int protocol, int lane, long counter) {}

        @Override
        public byte @Nullable [] intended(int protocol, int place) {
            return durable.get(protocol * PLACES + place);
        }

        @Override
        public long incremented(int protocol, int lane) {
            return 0;
        }
    }

    @Override
    public Stream group() {
        return GROUP;
    }

    @Override
    public Ttcb connect() {
        return FramedTtcb.connect(new InnerTransport(component), null, new SeededRandom(5, ++sessions));
    }

    @Override
    public Optional<Ttcb> peer() {
        byte[] key = new byte[32];
        key[0] = (byte) (bug == Bug.OWN_KEYS ? 1 : 0);
        return Optional.of(
                FramedTtcb.connect(new InnerTransport(component(1, 1, key)), null, new SeededRandom(6, ++sessions)));
    }

    @Override
    public Ttcb killAndRestart() {
        if (bug == Bug.TAG_FIRST) {
            durable.clear();
        }
        component = start();
        return connect();
    }

    @Override
    public void remember() {
        remembered = new TreeMap<>(durable);
    }

    @Override
    public Ttcb restoreAndRestart() {
        durable = new TreeMap<>(remembered);
        component = start();
        return connect();
    }

    @Override
    public void close() {}
}
