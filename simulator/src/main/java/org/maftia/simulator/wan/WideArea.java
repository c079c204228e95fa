package org.maftia.simulator.wan;

import java.util.ArrayList;
import java.util.List;
import java.util.PriorityQueue;
import org.maftia.core.ordering.Message;
import org.maftia.core.protocol.Limits;
import org.maftia.core.protocol.Ready;
import org.maftia.core.replica.Input;
import org.maftia.core.replica.Output;
import org.maftia.core.replica.Status;
import org.maftia.core.trust.ReplicaSet;
import org.maftia.core.wire.Digest;
import org.maftia.simulator.Authority;
import org.maftia.simulator.Draw;
import org.maftia.simulator.ServiceTrial;
import org.maftia.simulator.corrupt.Grammar;

/**
 * One group in exact time: what happens next is what is due first. Links lose nothing and keep their order; a frame takes
 * the delay of the profile, a little more or less by the seed.
 */
final class WideArea {
    /** A frame takes this share of its delay more or less, evenly: so the median stays what was published. */
    private static final int JITTER_PER_MILLE = 50;

    /** Long enough for every timer of the protocols, short against what anybody would wait for. */
    private static final long WARM_UP_MICROS = 10_000_000;

    private final Profile profile;
    private final Limits limits;
    private final PriorityQueue<Event> events = new PriorityQueue<>();
    private final List<Site> sites = new ArrayList<>();
    private final Draw jitter;
    private final Authority authority;
    private final Digest configuration;

    /** When the last frame of a link is due: the next one does not overtake it. */
    private final long[][] dueMicros;

    private final int[][] inFlight;
    private int inFlightMost;
    private final Listener listener;
    private Tap tap = (from, to, frame) -> 0;
    private long order;
    private long nowMicros;

    /** Who hears of what happens. */
    interface Listener {
        /** The leader sent a proposal for the slot. */
        void proposed(int leader, long slot);

        /** The replica has decided this slot and all before. */
        void decided(int replica, long slot);

        void output(int replica, Output output);
    }

    /** An adversary on the links. */
    @FunctionalInterface
    interface Tap {
        /** How much longer the frame takes. */
        long extraMicros(int from, int to, byte[] frame);
    }

    private record Event(long atMicros, long order, Runnable action) implements Comparable<Event> {
        @Override
        public int compareTo(Event other) {
            int byTime = Long.compare(atMicros, other.atMicros);
            return byTime != 0 ? byTime : Long.compare(order, other.order);
        }
    }

    WideArea(Profile profile, Limits limits, ServiceTrial trial, long seed, Listener listener) {
        this.profile = profile;
        this.limits = limits;
        this.listener = listener;
        int size = profile.size();
        this.dueMicros = new long[size][size];
        this.inFlight = new int[size][size];
        Draw draw = new Draw(seed);
        this.configuration = new Digest(draw.bits(), draw.bits(), draw.bits(), draw.bits());
        this.authority = new Authority(size, draw.split());
        this.jitter = draw.split();
        for (int i = 0; i < size; i++) {
            sites.add(new Site(i, this, trial, draw.between(-Site.CLOCK_MICROS_MAX, Site.CLOCK_MICROS_MAX)));
        }
    }

    /** All replicas start, and both ends of every link are told that it is up. */
    void start() {
        sites.forEach(Site::start);
        for (Site site : sites) {
            for (int peer = 0; peer < sites.size(); peer++) {
                if (peer != site.index()) {
                    site.input(new Input.Connected(peer));
                }
            }
        }
    }

    Profile profile() {
        return profile;
    }

    Limits limits() {
        return limits;
    }

    Authority authority() {
        return authority;
    }

    Digest configuration() {
        return configuration;
    }

    long nowMicros() {
        return nowMicros;
    }

    static long warmUpMicros() {
        return WARM_UP_MICROS;
    }

    /** From now on frames may take longer. */
    void tap(Tap adversary) {
        tap = adversary;
    }

    void at(long micros, Runnable action) {
        events.add(new Event(Math.max(nowMicros, micros), order++, action));
    }

    /** Lets all happen that is due up to this moment. */
    void runUntil(long micros) {
        while (!events.isEmpty() && events.element().atMicros <= micros) {
            Event next = events.remove();
            nowMicros = next.atMicros;
            next.action.run();
        }
        nowMicros = micros;
    }

    void input(int replica, Input input) {
        sites.get(replica).input(input);
    }

    /** The replica stops for ever. What it has sent is under way. */
    void kill(int replica) {
        sites.get(replica).kill();
    }

    ReplicaSet alive() {
        ReplicaSet alive = ReplicaSet.EMPTY;
        for (Site site : sites) {
            alive = site.isAlive() ? alive.with(site.index()) : alive;
        }
        return alive;
    }

    Status status(int replica) {
        return sites.get(replica).status();
    }

    /** Who leads where the log is farthest. */
    int leader() {
        Status farthest = status(alive().first());
        for (int replica : alive().toList()) {
            Status other = status(replica);
            farthest = other.epoch() > farthest.epoch() ? other : farthest;
        }
        return farthest.leader();
    }

    /** The most frames that were under way on one link at the same time. */
    int inFlightMost() {
        return inFlightMost;
    }

    /** What a replica says when what it vouches for is durable. */
    void release(Site site, Ready<Output> ready) {
        for (Ready.Outgoing outgoing : ready.sends()) {
            watch(site, outgoing);
            send(site.index(), outgoing.to(), outgoing.frame());
        }
        for (Output output : ready.outputs()) {
            listener.output(site.index(), output);
        }
    }

    void decided(int replica, long slot) {
        listener.decided(replica, slot);
    }

    /** One copy of each proposal is enough to know when it left. */
    private void watch(Site site, Ready.Outgoing outgoing) {
        int first = site.index() == 0 ? 1 : 0;
        if (outgoing.to() != first || site.status().leader() != site.index()) {
            return;
        }
        new Grammar(site::grammar).parse(outgoing.frame()).ifPresent(sentence -> {
            if (sentence.message() instanceof Message.Propose propose) {
                listener.proposed(site.index(), propose.proposal().slot());
            }
        });
    }

    private void send(int from, int to, byte[] frame) {
        long delay = profile.oneWayMicros(from, to);
        long share = jitter.between(-JITTER_PER_MILLE, JITTER_PER_MILLE);
        long due = nowMicros + delay + delay * share / 1000 + tap.extraMicros(from, to, frame);
        dueMicros[from][to] = Math.max(due, dueMicros[from][to]);
        inFlightMost = Math.max(inFlightMost, ++inFlight[from][to]);
        at(dueMicros[from][to], () -> {
            inFlight[from][to]--;
            sites.get(to).received(from, frame);
        });
    }

    /** The longest patience with a leader that is in force anywhere. */
    long timeoutMicros() {
        return alive().toList().stream()
                .mapToLong(replica -> status(replica).timeoutMicros())
                .max()
                .orElse(0);
    }
}
