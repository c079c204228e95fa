package org.maftia.wormhole.sim;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.SplittableRandom;
import org.maftia.wormhole.Capabilities;
import org.maftia.wormhole.EpochSource;
import org.maftia.wormhole.StoppedException;
import org.maftia.wormhole.TrustedView;
import org.maftia.wormhole.Ttcb;
import org.maftia.wormhole.certificate.EpochCertificate;
import org.maftia.wormhole.certificate.SigningKey;
import org.maftia.wormhole.certificate.Stream;
import org.maftia.wormhole.certificate.TagProfile;
import org.maftia.wormhole.frame.Frame;
import org.maftia.wormhole.host.FramedTtcb;
import org.maftia.wormhole.host.Transport;
import org.maftia.wormhole.trusted.Component;
import org.maftia.wormhole.trusted.CounterRecord;
import org.maftia.wormhole.trusted.EpochIdentity;
import org.maftia.wormhole.trusted.Guard;
import org.maftia.wormhole.trusted.Setup;

/**
 * The components of one group, each beside its replica, all from one seed. The same calls in the same order give the
 * same certificates.
 */
public final class SimulatedWormhole {
    /** What the components keep when they crash. */
    public enum Variant {
        /** Nothing: a restart begins a new epoch. */
        MEMORY,
        /** Counters and epoch; whoever restores a copy of them makes it equivocate, as with any plain file. */
        PERSISTENT
    }

    /** A copy of what a persistent component keeps. */
    public static final class Copy {
        private final MemoryRecord record;

        private Copy(MemoryRecord record) {
            this.record = record;
        }
    }

    /** L, as on a stock kernel. */
    private static final long BOUND_NANOS = 5_000_000;

    private final long seed;
    private final Stream group;
    private final Variant variant;
    private final TagProfile profile;
    private final Host[] hosts;
    private final SplittableRandom delays;
    private final SimulatedClocks clocks = new SimulatedClocks();
    private final SimulatedChannel channel;
    private boolean timely;
    private long delayMicrosMax;
    private boolean remembering;

    /** Components 0 to {@code size - 1} with HMAC tags, all started, in epoch 1. */
    public SimulatedWormhole(long seed, Stream group, int size, Variant variant) {
        this(seed, group, size, variant, TagProfile.HMAC);
    }

    public SimulatedWormhole(long seed, Stream group, int size, Variant variant, TagProfile profile) {
        this.seed = seed;
        this.group = group.with(Stream.COMPONENT);
        this.variant = variant;
        this.profile = profile;
        this.delays = new SplittableRandom(seed);
        this.channel = new SimulatedChannel(seed, clocks);
        this.hosts = new Host[size];
        for (int ttcb = 0; ttcb < size; ttcb++) {
            hosts[ttcb] = new Host(ttcb, new MemoryRecord(), 0);
        }
    }

    /** The identity key of a component, as a genesis would name it. */
    public SigningKey identityKey(int ttcb) {
        return EpochIdentity.publicKey(EpochIdentity.signingPair(new SeededRandom(seed, 1, ttcb)));
    }

    /** Remembers all requests from now on, for {@link #copyOf}; only before the first one. */
    public SimulatedWormhole remember() {
        remembering = true;
        return this;
    }

    /** The clocks of all components, which the simulation moves. */
    public SimulatedClocks clocks() {
        return clocks;
    }

    /** Wakes a component that wanted to be woken so long ago; a timely one may stop then. */
    public void wakeLate(int ttcb, long lateNanos) {
        hosts[ttcb].life.component.wake(clocks.monotonicNanos() - lateNanos);
    }

    /** Components that start from now on promise to be timely: one that is woken too late stops. */
    public SimulatedWormhole timely() {
        timely = true;
        return this;
    }

    /** Opens a session with a component that runs. */
    public Ttcb connect(int ttcb) {
        Host host = hosts[ttcb];
        Life life = host.life;
        return FramedTtcb.connect(
                new Line(host, life), identityKey(ttcb), new SeededRandom(seed, 2, ttcb, life.sessions++));
    }

    /** Stops a component between two calls; sessions with it throw {@link StoppedException} from now on. */
    public void crash(int ttcb) {
        hosts[ttcb].life.stopped = true;
    }

    /** Stops a component as soon as it has done so many more requests; the reply of the last one is lost. */
    public void crashAfter(int ttcb, int requests) {
        hosts[ttcb].life.requestsLeft = requests;
    }

    /** Breaks the session at the next request: it is done, its reply is lost, and the component runs on. */
    public void loseNextReply(int ttcb) {
        hosts[ttcb].loseNextReply = true;
    }

    /** Starts a component that has crashed, or replaces one that runs, and opens a session with it. */
    public Ttcb restart(int ttcb) {
        hosts[ttcb].start();
        return connect(ttcb);
    }

    /**
     * A session with a second component in exactly the state of a running one, as a copied virtual machine has it: the
     * two give one counter to two digests. No component can notice that by itself.
     */
    public Ttcb copyOf(int ttcb) {
        if (!remembering) {
            throw new IllegalStateException("only what is remembered can be copied");
        }
        Life original = hosts[ttcb].life;
        Host copy = new Host(ttcb, original.recordAtStart.copy(), hosts[ttcb].starts - 1);
        byte[] reply = new byte[Frame.LENGTH];
        for (byte[] request : original.served) { // from one seed, the same requests lead to the same state
            copy.life.component.serve(request, reply);
            copy.life.served.add(request);
        }
        copy.life.sessions = original.sessions;
        return FramedTtcb.connect(
                new Line(copy, copy.life), identityKey(ttcb), new SeededRandom(seed, 3, ttcb, copy.life.sessions++));
    }

    /** Stops a component in the middle of a round: after it has sent so many more messages to other components. */
    public void crashAfterSends(int ttcb, int sends) {
        hosts[ttcb].sendsLeft = sends;
    }

    /** How many crashes agreements survive that begin from now on. */
    public void survive(int crashes) {
        channel.survive(crashes);
    }

    /** Components that start from now on agree over the hosts' network (PARTIAL), which loses so many in a hundred. */
    public SimulatedWormhole relayed(int lossPerCent) {
        channel.relay(lossPerCent);
        for (Host host : hosts) {
            host.start();
        }
        return this;
    }

    /** All components take their first trusted view, with these fault sets (bit k: component k). */
    public TrustedView formView(List<Long> faultSets) {
        List<TrustedView.Member> members = new ArrayList<>();
        List<Ttcb> sessions = new ArrayList<>();
        for (int ttcb = 0; ttcb < hosts.length; ttcb++) {
            Ttcb session = connect(ttcb);
            sessions.add(session);
            EpochCertificate evidence = session.identity().evidence();
            members.add(new TrustedView.Member(ttcb, evidence.header().epoch(), evidence.keys()));
        }
        TrustedView view = new TrustedView(0, 0, members, faultSets);
        for (int ttcb = 0; ttcb < hosts.length; ttcb++) {
            byte[] wrapped =
                    ttcb > 0 && profile == TagProfile.HMAC ? sessions.get(0).wrapKey(ttcb) : new byte[0];
            sessions.get(ttcb).install(view, wrapped, List.of());
        }
        sessions.forEach(Ttcb::close);
        return view;
    }

    /** Lets time pass: components are woken when they want to be, and messages arrive. */
    public void run(long micros) {
        long end = clocks.monotonicNanos() + micros * 1_000;
        while (true) {
            long next = Math.min(end, channel.nextNanos());
            for (Host host : hosts) {
                next = Math.min(next, host.life.nextWakeNanos(end));
            }
            clocks.advance(Math.max(0, (next - clocks.monotonicNanos() + 999) / 1_000));
            for (SimulatedChannel.Flight flight : channel.arrived()) {
                Life life = hosts[flight.to()].life;
                if (!life.stopped) {
                    life.component.control(flight.message(), flight.message().length);
                }
            }
            for (Host host : hosts) {
                if (host.life.nextWakeNanos(Long.MAX_VALUE) <= clocks.monotonicNanos()) {
                    host.life.component.wake(clocks.monotonicNanos());
                }
            }
            if (clocks.monotonicNanos() >= end) {
                return;
            }
        }
    }

    /** Copies what a component keeps outside itself: nothing at all if it is not persistent. */
    public Copy save(int ttcb) {
        return new Copy(hosts[ttcb].record.copy());
    }

    /** Puts an old copy in the place of what the component keeps; it is read at the next start. */
    public void restore(int ttcb, Copy copy) {
        hosts[ttcb].record = copy.record.copy();
    }

    /** Makes the durable counter of a lane jump, as a TPM's does at an unclean stop; it shows at the next start. */
    public void jump(int ttcb, Stream stream, int lane, long by) {
        hosts[ttcb].record.jump(stream.protocol(), lane, by);
    }

    /** From now on a certificate takes up to so long, for those who ask {@link #delayMicros}. */
    public void delay(long microsMax) {
        delayMicrosMax = microsMax;
    }

    /** How long the next certificate takes; the caller, who has the clock, waits for it. */
    public long delayMicros() {
        return delayMicrosMax == 0 ? 0 : delays.nextLong(delayMicrosMax + 1);
    }

    private Capabilities capabilities() {
        boolean persistent = variant == Variant.PERSISTENT;
        return new Capabilities(
                10_000,
                persistent ? EpochSource.PERSISTENT : EpochSource.SEED,
                !persistent,
                timely,
                persistent,
                Stream.LANES,
                true,
                false,
                EnumSet.of(profile),
                List.of("simulated: keys come from a seed"));
    }

    /** What outlives a component. */
    private final class Host {
        private final int ttcb;
        private MemoryRecord record;
        private int starts;
        private boolean loseNextReply;
        private int sendsLeft = -1;
        private Life life;

        private Host(int ttcb, MemoryRecord record, int starts) {
            this.ttcb = ttcb;
            this.record = record;
            this.starts = starts;
            this.life = begin();
        }

        private void start() {
            life.stopped = true;
            life = begin();
        }

        /** Whether the component still runs when it sends its next message. */
        private boolean mayGo() {
            if (sendsLeft == 0) {
                life.stopped = true;
            } else if (sendsLeft > 0) {
                sendsLeft--;
            }
            return !life.stopped;
        }

        private Life begin() {
            starts++;
            sendsLeft = -1;
            boolean persistent = variant == Variant.PERSISTENT;
            long epoch = persistent ? 1 : starts;
            byte[] groupKey = new byte[32];
            new SeededRandom(seed, 4).nextBytes(groupKey);
            Setup setup = new Setup(
                    group,
                    ttcb,
                    epoch - 1,
                    epoch,
                    profile,
                    capabilities(),
                    EpochIdentity.signingPair(new SeededRandom(seed, 1, ttcb)),
                    null,
                    groupKey);
            MemoryRecord before = record.copy();
            return new Life(
                    new Component(
                            setup,
                            new SeededRandom(seed, 5, ttcb, epoch),
                            persistent ? record : CounterRecord.NONE,
                            clocks,
                            new Guard(clocks, timely, BOUND_NANOS),
                            channel.end(this::mayGo)),
                    before);
        }
    }

    /** One start of a component, until it stops. */
    private static final class Life {
        private final Component component;
        private final MemoryRecord recordAtStart;
        private final List<byte[]> served = new ArrayList<>();
        private int requestsLeft = Integer.MAX_VALUE;
        private int sessions;
        private boolean stopped;

        private long nextWakeNanos(long otherwise) {
            return stopped || component.stopped() != null ? otherwise : component.nextWakeNanos(otherwise);
        }

        private Life(Component component, MemoryRecord recordAtStart) {
            this.component = component;
            this.recordAtStart = recordAtStart;
        }
    }

    /** A session's way to one life of a component. */
    private final class Line implements Transport {
        private final Host host;
        private final Life life;
        private boolean broken;

        private Line(Host host, Life life) {
            this.host = host;
            this.life = life;
        }

        @Override
        public void exchange(byte[] request, byte[] reply) {
            if (broken || life.stopped || life.component.stopped() != null) {
                throw new StoppedException("the simulated component has stopped");
            }
            life.component.serve(request, reply);
            if (remembering) {
                life.served.add(request.clone());
            }
            if (life.requestsLeft != Integer.MAX_VALUE && --life.requestsLeft <= 0) {
                life.stopped = true;
                throw new StoppedException("the simulated component stopped after this request");
            }
            if (host.loseNextReply) {
                host.loseNextReply = false;
                broken = true;
                throw new StoppedException("the reply was lost");
            }
        }

        @Override
        public void close() {
            broken = true;
        }
    }
}
