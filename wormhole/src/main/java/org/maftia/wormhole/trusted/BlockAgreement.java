package org.maftia.wormhole.trusted;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.maftia.wormhole.Decision;
import org.maftia.wormhole.Refusal;
import org.maftia.wormhole.TrustedView;
import org.maftia.wormhole.certificate.BigEndian;
import org.maftia.wormhole.certificate.Digest;
import org.maftia.wormhole.certificate.Eid;
import org.maftia.wormhole.certificate.Kind;
import org.maftia.wormhole.certificate.MalformedCertificateException;
import org.maftia.wormhole.certificate.Statement;
import org.maftia.wormhole.frame.Frame;

/**
 * Trusted block agreement over a synchronous channel: all components that answer give the same value and masks, which
 * depend on what was proposed before the start and on nothing else.
 *
 * <p>Components fail by crashing only, so flooding is enough: from the start on, for c + 1 rounds, each sends what it
 * has newly learnt to all. One of these rounds is free of crashes, after it all know the same, and the decision is a
 * function of that (Lynch, Distributed Algorithms, 1996, section 6.2; the service is that of Correia, Verissimo, Neves,
 * "The Design of a COTS Real-Time Distributed Security Kernel", EDCC 2002). A component that is late for a round fails
 * rather than go on: the others see a crash.
 */
final class BlockAgreement {
    static final int LIST_MAX = 32;
    private static final int INSTANCES_MAX = 4_096;
    private static final int LIVE_MAX = 64;
    private static final long AHEAD_MAX_MICROS = 60_000_000;
    private static final long KEPT_MICROS = 600_000_000;

    /** States as {@code decide} gives them. */
    private static final int PENDING = 1;

    private static final int DECIDED = 2;
    private static final int FAILED_TIMELY = 3;
    private static final int UNKNOWN = 4;

    private static final int MESSAGE_MAGIC = 0x4d544341; // "MTCA"

    private final Setup setup;
    private final Clocks clocks;
    private final TrustedViews views;
    private final Usig sealing;
    private final Sealer sealer;
    private final ControlChannel channel;
    private final Runnable failLate;

    /** In the order in which they came to be known: for looking up, and for forgetting the oldest. */
    private final Map<Digest, Instance> instances = new LinkedHashMap<>();

    private final byte[] message = new byte[ControlChannel.MESSAGE_LENGTH_MAX];

    /** One agreement. */
    private static final class Instance {
        private final Eid[] list;
        private final long startMicros;
        private final Decision decision;
        private final TrustedView view;
        private final byte[] @Nullable [] values;
        private int fresh;
        private int roundsSent;
        private boolean over;
        private byte @Nullable [] value;
        private int okMask;
        private int anyMask;

        private Instance(Eid[] list, long startMicros, Decision decision, TrustedView view) {
            this.list = list;
            this.startMicros = startMicros;
            this.decision = decision;
            this.view = view;
            this.values = new byte[list.length][];
        }

        private boolean has(int entry) {
            return values[entry] != null;
        }

        private void learn(int entry, byte[] from, int at) {
            values[entry] = Arrays.copyOfRange(from, at, at + Digest.LENGTH);
            fresh |= 1 << entry;
        }
    }

    BlockAgreement(
            Setup setup,
            Clocks clocks,
            TrustedViews views,
            Usig sealing,
            Sealer sealer,
            ControlChannel channel,
            Runnable failLate) {
        this.setup = setup;
        this.clocks = clocks;
        this.views = views;
        this.sealing = sealing;
        this.sealer = sealer;
        this.channel = channel;
        this.failLate = failLate;
    }

    private long roundMicros() {
        return channel.roundMicros() + channel.skewMicros();
    }

    /** When round r, from 1, is over and its messages are all there. */
    private long roundEnd(Instance instance, int round) {
        return instance.startMicros + channel.skewMicros() + round * roundMicros();
    }

    private int rounds() {
        return channel.crashes() + 1;
    }

    /** Payload: decision u8, start u64, count u8, list, value 32; writes whether it came in time u8, instance 32. */
    int propose(Eid who, byte[] in, int at, int length, byte[] out) {
        TrustedView view = views.current();
        if (view == null || !channel.isSynchronous()) {
            return -Refusal.UNSUPPORTED.code();
        }
        int count = length < 10 ? 0 : BigEndian.u8(in, at + 9);
        if (count < 1 || count > LIST_MAX || length != 10 + count * Eid.LENGTH + Digest.LENGTH) {
            return -Refusal.MALFORMED.code();
        }
        Instance instance = parse(in, at, view);
        if (instance == null) {
            return -Refusal.MALFORMED.code();
        }
        int entry = Arrays.asList(instance.list).indexOf(who);
        long now = clocks.realMicros();
        long start = instance.startMicros;
        if (entry < 0) {
            return -Refusal.NOT_INVITED.code();
        }
        if (start > now + AHEAD_MAX_MICROS || start < now - KEPT_MICROS) {
            return -Refusal.NOT_IN_TIME.code();
        }
        Digest name = name(instance);
        boolean inTime = start > now;
        if (inTime) {
            Instance known = instances.get(name);
            if (known == null) {
                if (live(who) >= LIVE_MAX || !makeRoom(now)) {
                    return -Refusal.BUSY.code();
                }
                instances.put(name, instance);
                known = instance;
            }
            if (!known.has(entry)) { // a second proposal of one party changes nothing
                known.learn(entry, in, at + 10 + count * Eid.LENGTH);
            }
        }
        BigEndian.u8(out, Frame.PAYLOAD, inTime ? 1 : 0);
        name.copyTo(out, Frame.PAYLOAD + 1);
        return 1 + Digest.LENGTH;
    }

    private static @Nullable Instance parse(byte[] in, int at, TrustedView view) {
        int code = BigEndian.u8(in, at);
        long start = BigEndian.u64(in, at + 1);
        if (code < 1 || code > Decision.values().length || start < 0) {
            return null;
        }
        Eid[] list = new Eid[BigEndian.u8(in, at + 9)];
        try {
            for (int k = 0; k < list.length; k++) {
                list[k] = Eid.at(in, at + 10 + k * Eid.LENGTH);
            }
        } catch (MalformedCertificateException e) {
            return null;
        }
        return new Instance(list, start, Decision.values()[code - 1], view);
    }

    /** What distinguishes agreements: the content of the view, the list in its order, the start, the decision. */
    private static Digest name(Instance instance) {
        byte[] bytes = new byte[Digest.LENGTH + 10 + instance.list.length * Eid.LENGTH];
        instance.view.content().copyTo(bytes, 0);
        writeTerms(instance, bytes, Digest.LENGTH);
        try {
            return Digest.of(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("this Java has no SHA-256", e);
        }
    }

    private static int writeTerms(Instance instance, byte[] out, int at) {
        BigEndian.u8(out, at, instance.decision.code());
        BigEndian.u64(out, at + 1, instance.startMicros);
        BigEndian.u8(out, at + 9, instance.list.length);
        for (int k = 0; k < instance.list.length; k++) {
            instance.list[k].copyTo(out, at + 10 + k * Eid.LENGTH);
        }
        return at + 10 + instance.list.length * Eid.LENGTH;
    }

    private int live(Eid who) {
        int live = 0;
        for (Instance instance : instances.values()) {
            if (!instance.over && Arrays.asList(instance.list).contains(who)) {
                live++;
            }
        }
        return live;
    }

    /** Forgets outcomes that nobody may ask for any more; false if all places are taken by younger ones. */
    private boolean makeRoom(long now) {
        Iterator<Instance> each = instances.values().iterator();
        while (each.hasNext()) {
            Instance instance = each.next();
            if (instance.over && instance.startMicros < now - KEPT_MICROS) {
                each.remove();
            }
        }
        return instances.size() < INSTANCES_MAX;
    }

    /** Payload: instance 32; writes the state u8, and an OUTCOME where it is decided. */
    int decide(byte[] in, int at, int length, byte[] out) {
        if (length != Digest.LENGTH) {
            return -Refusal.MALFORMED.code();
        }
        Digest name = Digest.at(in, at);
        Instance instance = instances.get(name);
        long now = clocks.realMicros();
        if (instance == null || instance.startMicros < now - KEPT_MICROS) {
            BigEndian.u8(out, Frame.PAYLOAD, UNKNOWN);
            return 1;
        }
        if (!instance.over) {
            BigEndian.u8(out, Frame.PAYLOAD, now > roundEnd(instance, rounds()) ? FAILED_TIMELY : PENDING);
            return 1;
        }
        BigEndian.u8(out, Frame.PAYLOAD, DECIDED);
        int certificate = Frame.PAYLOAD + 1;
        int body = Statement.header(out, certificate, Kind.OUTCOME, setup.group(), setup.ttcb(), setup.epoch());
        BigEndian.u64(out, body, instance.view.number());
        name.copyTo(out, body + 8);
        BigEndian.u8(out, body + 40, instance.value == null ? 0 : 1);
        if (instance.value != null) {
            System.arraycopy(instance.value, 0, out, body + 41, Digest.LENGTH);
        }
        BigEndian.u32(out, body + 73, instance.okMask);
        BigEndian.u32(out, body + 77, instance.anyMask);
        return 1 + sealing.seal(out, certificate, Kind.OUTCOME.statementLength(), out, certificate);
    }

    /** Sends, collects and decides whatever is due. */
    void wake() {
        long now = clocks.realMicros();
        for (Instance instance : instances.values()) {
            while (!instance.over && now >= nextDue(instance)) {
                if (now > nextDue(instance) + channel.skewMicros()) {
                    failLate.run(); // the others wait no longer: whoever speaks now would divide them
                    return;
                }
                if (instance.roundsSent == rounds()) {
                    decide(instance);
                } else {
                    instance.roundsSent++;
                    send(instance);
                }
            }
        }
    }

    /** When an instance has something to do: at its start, and whenever a round is over. */
    private long nextDue(Instance instance) {
        return instance.roundsSent == 0 ? instance.startMicros : roundEnd(instance, instance.roundsSent);
    }

    /** When to be woken for agreements, on the monotonic clock. */
    long nextDueNanos(long otherwise) {
        long next = Long.MAX_VALUE;
        for (Instance instance : instances.values()) {
            if (!instance.over) {
                next = Math.min(next, nextDue(instance));
            }
        }
        return next == Long.MAX_VALUE
                ? otherwise
                : Math.min(otherwise, clocks.monotonicNanos() + (next - clocks.realMicros()) * 1_000);
    }

    private void decide(Instance instance) {
        instance.over = true;
        instance.value = DecisionFunctions.decide(instance.decision, instance.list, instance.values, instance.view);
        for (int k = 0; k < instance.list.length; k++) {
            instance.anyMask |= instance.has(k) ? 1 << k : 0;
        }
        if (instance.value != null) {
            instance.okMask = DecisionFunctions.proposers(instance.value, instance.values);
        }
    }

    /** magic u32, sender u16 and epoch u64, round u8, terms, mask u32, values; then the seal. */
    private void send(Instance instance) {
        BigEndian.u32(message, 0, MESSAGE_MAGIC);
        BigEndian.u16(message, 4, setup.ttcb());
        BigEndian.u64(message, 6, setup.epoch());
        BigEndian.u8(message, 14, instance.roundsSent);
        int at = writeTerms(instance, message, 15);
        BigEndian.u32(message, at, instance.fresh);
        at += 4;
        for (int k = 0; k < instance.list.length; k++) {
            byte[] value = instance.values[k];
            if ((instance.fresh & (1 << k)) != 0 && value != null) {
                System.arraycopy(value, 0, message, at, Digest.LENGTH);
                at += Digest.LENGTH;
            }
        }
        instance.fresh = 0;
        int length = at + sealedLength(at);
        for (int k = 0; k < instance.view.members().size(); k++) {
            if (instance.view.members().get(k).ttcb() != setup.ttcb()) {
                channel.send(k, message, length);
            }
        }
    }

    private int sealedLength(int length) {
        return sealing.seal(message, 0, length, message, 0) - length;
    }

    /** Takes a message of another component; whatever is not one is dropped, since only a fault of the channel sends it. */
    void receive(byte[] bytes, int length) {
        TrustedView view = views.current();
        int tag = 1 + sealer.profile().length();
        int sealed = length - tag;
        if (view == null || sealed < 30 || length > bytes.length || BigEndian.u32(bytes, 0) != MESSAGE_MAGIC) {
            return;
        }
        int sender = BigEndian.u16(bytes, 4);
        long epoch = BigEndian.u64(bytes, 6);
        if (view.indexOf(sender, epoch) < 0
                || BigEndian.u8(bytes, sealed) != sealer.profile().code()
                || !sealer.verify(sender, epoch, bytes, 0, sealed, bytes, sealed + 1)) {
            return;
        }
        int count = BigEndian.u8(bytes, 15 + 9);
        int maskAt = 15 + 10 + count * Eid.LENGTH;
        if (count < 1 || count > LIST_MAX || maskAt + 4 > sealed) {
            return;
        }
        Instance instance = parse(bytes, 15, view);
        int mask = BigEndian.u32(bytes, maskAt);
        int round = BigEndian.u8(bytes, 14);
        boolean wellFormed = sealed == maskAt + 4 + Digest.LENGTH * Integer.bitCount(mask)
                && (count == LIST_MAX || mask >>> count == 0)
                && round >= 1
                && round <= rounds();
        if (instance != null && wellFormed) {
            learn(instance, mask, bytes, maskAt + 4, round);
        }
    }

    private void learn(Instance told, int mask, byte[] bytes, int valuesAt, int round) {
        Digest name = name(told);
        Instance instance = instances.get(name);
        long now = clocks.realMicros();
        if (instance == null) {
            if (now > roundEnd(told, rounds()) || !makeRoom(now)) {
                return; // over, or no room: this component gives no answer for it
            }
            // Nobody proposed here, so nothing is held back; it joins in at the round that runs.
            instance = told;
            instance.roundsSent = now < told.startMicros ? 0 : round;
            instances.put(name, instance);
        }
        if (instance.over || now > roundEnd(instance, round)) {
            return; // late: the bound of the channel was broken, and the sender is as good as crashed
        }
        int at = valuesAt;
        for (int k = 0; k < instance.list.length; k++) {
            if ((mask & (1 << k)) != 0) {
                if (!instance.has(k)) {
                    instance.learn(k, bytes, at);
                }
                at += Digest.LENGTH;
            }
        }
    }
}
