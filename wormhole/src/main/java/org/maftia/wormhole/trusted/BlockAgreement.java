package org.maftia.wormhole.trusted;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.maftia.wormhole.Refusal;
import org.maftia.wormhole.TrustedView;
import org.maftia.wormhole.certificate.BigEndian;
import org.maftia.wormhole.certificate.Digest;
import org.maftia.wormhole.certificate.Eid;
import org.maftia.wormhole.certificate.Kind;
import org.maftia.wormhole.certificate.Statement;
import org.maftia.wormhole.frame.Frame;

/**
 * Trusted block agreement: all components that answer give the same value and masks, which depend on what was proposed
 * before the start and on nothing else. How they come to agree is for the {@link AgreementProfile} of the channel.
 *
 * <p>Correia, Verissimo, Neves, "The Design of a COTS Real-Time Distributed Security Kernel", EDCC 2002.
 *
 * <pre>message  "MTCA" | sender u16 | epoch u64 | type u8 | ballot u8 | accepted + 1 u8 | terms | mask u32 | values | seal</pre>
 */
final class BlockAgreement implements AgreementProfile.Sending {
    private static final int INSTANCES_MAX = 4_096;
    private static final int LIVE_MAX = 64;
    private static final long AHEAD_MAX_MICROS = 60_000_000;
    private static final long KEPT_MICROS = 600_000_000;

    /** States as {@code decide} gives them. */
    private static final int PENDING = 1;

    private static final int DECIDED = 2;
    private static final int FAILED_TIMELY = 3;
    private static final int UNKNOWN = 4;

    private static final int MAGIC = 0x4d544341;
    private static final int TERMS = 17;

    private final Setup setup;
    private final Clocks clocks;
    private final TrustedViews views;
    private final Usig sealing;
    private final Sealer sealer;
    private final ControlChannel channel;
    private final AgreementProfile profile;
    private final Runnable failLate;

    /**
     * In agreements that began by then an earlier process of the same epoch may have promised and accepted, and what it did is
     * forgotten. Votes come after the start on their sender's clock; two clocks are skews apart.
     */
    private final long forgottenMicros;

    /** In the order in which they came to be known: for looking up, and for forgetting the oldest. */
    private final Map<Digest, Instance> instances = new LinkedHashMap<>();

    private final byte[] message = new byte[ControlChannel.MESSAGE_LENGTH_MAX];

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
        this.profile =
                channel.kind() == ControlChannel.Kind.SYNC ? new Flooding(channel, this) : new Ballots(channel, this);
        this.failLate = failLate;
        this.forgottenMicros =
                setup.capabilities().persistent() ? clocks.realMicros() + 2 * channel.skewMicros() : Long.MIN_VALUE;
    }

    /** Payload: terms, value 32; writes whether it came in time u8, instance 32. */
    int propose(Eid who, byte[] in, int at, int length, byte[] out) {
        TrustedView view = views.current();
        if (view == null || channel.kind() == ControlChannel.Kind.NONE) {
            return -Refusal.UNSUPPORTED.code();
        }
        Instance instance = length < Instance.TERMS_FIXED ? null : Instance.parse(in, at, view);
        if (instance == null || length != instance.termsLength() + Digest.LENGTH) {
            return -Refusal.MALFORMED.code();
        }
        int entry = Arrays.asList(instance.list).indexOf(who);
        long now = clocks.realMicros();
        long start = instance.startMicros;
        if (entry < 0) {
            return -Refusal.NOT_INVITED.code();
        }
        if (start > now + AHEAD_MAX_MICROS || start < now - KEPT_MICROS || (start > now && start <= forgottenMicros)) {
            return -Refusal.NOT_IN_TIME.code();
        }
        Digest name = instance.name();
        boolean inTime = start > now;
        if (inTime) {
            Instance known = instances.get(name);
            if (known == null) {
                if (!makeRoom(now) || live(who) >= LIVE_MAX) {
                    return -Refusal.BUSY.code();
                }
                instances.put(name, instance);
                known = instance;
            }
            int valueAt = at + instance.termsLength();
            byte[] @Nullable [] proposal = known.nothing();
            proposal[entry] = Arrays.copyOfRange(in, valueAt, valueAt + Digest.LENGTH);
            known.learn(proposal); // a second proposal of one party changes nothing
        }
        BigEndian.u8(out, Frame.PAYLOAD, inTime ? 1 : 0);
        name.copyTo(out, Frame.PAYLOAD + 1);
        return 1 + Digest.LENGTH;
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

    /** Forgets what nobody may ask for any more; false if all places are taken by younger ones. */
    private boolean makeRoom(long now) {
        instances.values().removeIf(instance -> instance.startMicros < now - KEPT_MICROS);
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
            BigEndian.u8(out, Frame.PAYLOAD, now > profile.timelyEnd(instance) ? FAILED_TIMELY : PENDING);
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

    /** Does whatever is due. */
    void wake() {
        long now = clocks.realMicros();
        for (Instance instance : instances.values()) {
            while (!instance.over && now >= profile.nextDue(instance)) {
                if (!profile.act(instance, now)) {
                    failLate.run();
                    return;
                }
            }
        }
    }

    /** When to be woken for agreements, on the monotonic clock. */
    long nextDueNanos(long otherwise) {
        long next = Long.MAX_VALUE;
        for (Instance instance : instances.values()) {
            if (!instance.over) {
                next = Math.min(next, profile.nextDue(instance));
            }
        }
        return next == Long.MAX_VALUE
                ? otherwise
                : Math.min(otherwise, clocks.monotonicNanos() + (next - clocks.realMicros()) * 1_000);
    }

    @Override
    public int own(Instance instance) {
        return instance.view.indexOf(setup.ttcb(), setup.epoch());
    }

    @Override
    public void send(Instance instance, int to, int type, int ballot, int accepted, byte[] @Nullable [] values) {
        BigEndian.u32(message, 0, MAGIC);
        BigEndian.u16(message, 4, setup.ttcb());
        BigEndian.u64(message, 6, setup.epoch());
        BigEndian.u8(message, 14, type);
        BigEndian.u8(message, 15, ballot);
        BigEndian.u8(message, 16, accepted + 1);
        int at = instance.writeTerms(message, TERMS);
        BigEndian.u32(message, at, Instance.mask(values));
        at += 4;
        for (byte[] value : values) {
            if (value != null) {
                System.arraycopy(value, 0, message, at, Digest.LENGTH);
                at += Digest.LENGTH;
            }
        }
        int length = sealing.seal(message, 0, at, message, 0);
        int own = own(instance);
        for (int k = 0; k < instance.view.members().size(); k++) {
            if (k != own && (to == ALL || to == k)) {
                channel.send(k, message, length);
            }
        }
    }

    /** Takes a message of another component; what is not genuine is dropped: its carrier may be an intruder. */
    void receive(byte[] bytes, int length) {
        TrustedView view = views.current();
        int sealed = length - 1 - sealer.profile().length();
        if (view == null
                || length > bytes.length
                || sealed < TERMS + Instance.TERMS_FIXED
                || BigEndian.u32(bytes, 0) != MAGIC
                || BigEndian.u8(bytes, sealed) != sealer.profile().code()) {
            return;
        }
        int sender = BigEndian.u16(bytes, 4);
        long epoch = BigEndian.u64(bytes, 6);
        int from = view.indexOf(sender, epoch);
        if (from < 0 || !sealer.verify(sender, epoch, bytes, 0, sealed, bytes, sealed + 1)) {
            return;
        }
        Instance told = Instance.parse(bytes, TERMS, view);
        if (told != null) {
            receive(told, from, bytes, TERMS + told.termsLength(), sealed);
        }
    }

    private void receive(Instance terms, int from, byte[] bytes, int maskAt, int sealed) {
        int count = terms.list.length;
        int mask = maskAt + 4 > sealed ? 0 : BigEndian.u32(bytes, maskAt);
        if (sealed != maskAt + 4 + Digest.LENGTH * Integer.bitCount(mask)
                || (count < Instance.LIST_MAX && mask >>> count != 0)) {
            return;
        }
        byte[] @Nullable [] values = terms.nothing();
        int at = maskAt + 4;
        for (int k = 0; k < count; k++) {
            if ((mask & (1 << k)) != 0) {
                values[k] = Arrays.copyOfRange(bytes, at, at + Digest.LENGTH);
                at += Digest.LENGTH;
            }
        }
        AgreementProfile.Told told = new AgreementProfile.Told(
                from, BigEndian.u8(bytes, 14), BigEndian.u8(bytes, 15), BigEndian.u8(bytes, 16) - 1, values);
        Digest name = terms.name();
        Instance instance = instances.get(name);
        long now = clocks.realMicros();
        if (instance == null) {
            boolean inTime = terms.startMicros >= now - KEPT_MICROS
                    && terms.startMicros > forgottenMicros
                    && terms.startMicros <= now + AHEAD_MAX_MICROS + channel.skewMicros();
            if (!inTime || !makeRoom(now) || !profile.join(terms, told, now)) {
                return; // this component gives no answer for it
            }
            instance = terms;
            instances.put(name, instance);
        }
        profile.receive(instance, told, now);
    }
}
