package org.maftia.core.replica;

import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.maftia.core.crypto.ThresholdCipher;
import org.maftia.core.protocol.Invariant;
import org.maftia.core.protocol.Port;
import org.maftia.core.trust.ReplicaSet;

/**
 * The shares that open one ciphertext: only true ones count, one of each replica, and a false one is blamed. As many are
 * verified as are needed beside the own one, the first to come, and others only when some of those prove false. Where it is
 * {@linkplain Events#triesTogether said so}, the first that suffice are put together before any is verified, and only when that
 * shows nothing each of them is.
 *
 * <p>All that count are of one epoch of the key: the present one here. When the key is renewed they are gathered anew, and what
 * came too early counts then. A peer that asks for the share of another epoch gets that, as long as this replica has it: a peer
 * that is behind uses the epoch that it is in.
 */
final class CiphertextShares {
    static final String FALSE_SHARE = "sends a false share of a ciphertext";

    /** A peer gets the same share again this often. */
    private static final long ANSWER_AGAIN_MICROS = 100_000;

    private final Port<?, ?> port;
    private final UsedKey<ThresholdCipher.Holder> key;
    private final byte[] ciphertext;
    private final byte[] label;
    private final BooleanSupplier wanted;
    private final Events events;

    /** Whose shares are gathered. */
    private long epoch;

    /** As they came, not verified. */
    private final Map<Integer, byte[]> shares = new LinkedHashMap<>();

    /** Of peers that are in a later epoch, one of each. */
    private final SortedMap<Integer, Later> later = new TreeMap<>();

    private final SortedMap<Integer, byte[]> verified = new TreeMap<>();
    private ReplicaSet verifying = ReplicaSet.EMPTY;
    private ReplicaSet refused = ReplicaSet.EMPTY;
    private final SortedMap<Integer, Long> answeredMicros = new TreeMap<>();

    /** The own ones, by epoch: empty while they are computed. Few, as few epochs are in use at a time. */
    private final SortedMap<Long, byte[]> own = new TreeMap<>();

    private boolean begun;

    /** Shares that were not verified are being put together. */
    private boolean trying;

    /** That showed nothing: now each is verified. */
    private boolean triedInVain;

    /** What it showed. None of these shares counts as verified alone: false ones may make up for each other. */
    private @Nullable Together together;

    /** Shares that open it, and what is inside. */
    private record Together(SortedMap<Integer, byte[]> shares, byte[] message) {}

    private record Later(long epoch, byte[] share) {}

    /** Who hears of it. */
    interface Events {
        /** The own share, for all. */
        void made(long epoch, byte[] share);

        /** There may be more true shares. */
        void grown();

        /** Whether the own share is of use now: else it is made when somebody asks for it, or once this says so. */
        default boolean contributes() {
            return true;
        }

        /** Whether this replica looks at the shares of others now, or leaves that to one that is before it. */
        default boolean gathers() {
            return true;
        }

        /** Whether shares are put together before they are verified. */
        default boolean triesTogether() {
            return false;
        }
    }

    /** @param wanted whether it is still to be opened */
    CiphertextShares(
            Port<?, ?> port,
            UsedKey<ThresholdCipher.Holder> key,
            byte[] ciphertext,
            byte[] label,
            BooleanSupplier wanted,
            Events events) {
        this.port = port;
        this.key = key;
        this.ciphertext = ciphertext;
        this.label = label;
        this.wanted = wanted;
        this.events = events;
        this.epoch = key.epoch();
    }

    /**
     * Whether to keep a share until there is time to verify it: none that is longer than shares are. Of an epoch that has not
     * begun here, or is over, the length is not known for certain, so nobody is blamed for it.
     */
    static boolean isPlausible(
            Port<?, ?> port, UsedKey<ThresholdCipher.Holder> key, int from, long epoch, byte[] share) {
        boolean known = key.knows(epoch);
        int length = key.in(known ? epoch : key.epoch()).cipher().shareLength(from);
        if (known && share.length != length) {
            port.blame(from, FALSE_SHARE);
        }
        return share.length == length;
    }

    /** The epoch whose shares are gathered. */
    long epoch() {
        return epoch;
    }

    /** What combines them. */
    ThresholdCipher cipher() {
        return key.in(epoch).cipher();
    }

    /** The ciphertext is a valid one, so that shares are worth a look, and the own one may be made. */
    void begin() {
        begun = true;
        resume();
    }

    boolean hasBegun() {
        return begun;
    }

    /** What {@link Events} say may have changed. */
    void resume() {
        if (begun && wanted.getAsBoolean()) {
            contribute();
            verifyMore();
        }
    }

    /** Whether a replica has shown a share of the present epoch, be it true or not. */
    boolean hasHeard(int replica) {
        return shares.containsKey(replica)
                || verified.containsKey(replica)
                || verifying.contains(replica)
                || refused.contains(replica);
    }

    /** Whether this very share of the epoch was found to be true here. */
    boolean isKnown(long of, int replica, byte[] share) {
        byte[] known = of == epoch ? verified.get(replica) : null;
        return known != null && Arrays.equals(known, share);
    }

    /** What is inside, if these very shares of the epoch were found to show it here. */
    byte @Nullable [] message(long of, SortedMap<Integer, byte[]> by) {
        Together known = together;
        boolean same = known != null
                && of == epoch
                && known.shares.keySet().equals(by.keySet())
                && by.entrySet().stream()
                        .allMatch(share -> Arrays.equals(share.getValue(), known.shares.get(share.getKey())));
        return same ? Invariant.present(known, "just looked at").message : null;
    }

    /** The key has another epoch, or this replica's shares of the present one have come. */
    void renewed() {
        if (!wanted.getAsBoolean()) {
            return;
        }
        if (epoch != key.epoch()) {
            epoch = key.epoch();
            shares.clear();
            verified.clear();
            verifying = ReplicaSet.EMPTY;
            trying = false;
            triedInVain = false;
            together = null;
            own.keySet().removeIf(other -> !key.knows(other));
            later.forEach((peer, share) -> {
                if (share.epoch == epoch && !refused.contains(peer)) {
                    shares.put(peer, share.share);
                }
            });
            later.values().removeIf(share -> share.epoch <= epoch);
        }
        resume();
    }

    /** A replica that has no shares of the epoch is of use to nobody, and needs one more of the others. */
    private void contribute() {
        if (key.holds(epoch) && events.contributes() && !own.containsKey(epoch)) {
            verifying = verifying.with(port.self());
            make(epoch);
        }
    }

    private void make(long of) {
        own.put(of, new byte[0]);
        key.<byte[]>compute(port, of, holder -> holder.share(ciphertext, label), share -> made(of, share));
    }

    private void made(long of, byte[] share) {
        own.put(of, share);
        if (of == epoch) {
            if (share.length > 0) {
                events.made(of, share);
            }
            verified(of, port.self(), share, true);
        }
    }

    /** A peer's share, of the right length where the epoch is known here. */
    void receive(int from, long of, byte[] share) {
        if (!wanted.getAsBoolean()) {
            return;
        }
        boolean known = verified.containsKey(from) || verifying.contains(from) || refused.contains(from);
        if (counts(of) && !known) {
            shares.put(from, share);
            verifyMore();
        } else if (of > epoch) {
            later.put(from, new Later(of, share));
        }
    }

    /** Shares of different epochs do not combine. */
    private boolean counts(long of) {
        return of == epoch;
    }

    private void verifyMore() {
        if (events.triesTogether() && !triedInVain) {
            tryTogether();
            return;
        }
        while (mayVerify() && !shares.isEmpty() && !cipher().isQualified(promising())) {
            int from = shares.keySet().iterator().next();
            byte[] share = Invariant.present(shares.remove(from), "the key is the map's");
            verifying = verifying.with(from);
            long of = epoch;
            ThresholdCipher scheme = cipher();
            port.<Boolean>compute(() -> isTrue(scheme, from, share), holds -> verified(of, from, share, holds));
        }
    }

    /** The own share first, if there is to be one, and then as they came. */
    private void tryTogether() {
        if (trying || together != null || !mayVerify() || verifying.contains(port.self())) {
            return;
        }
        SortedMap<Integer, byte[]> chosen = new TreeMap<>(verified);
        ReplicaSet senders = contributors();
        for (var share : shares.entrySet()) {
            if (!cipher().isQualified(senders)) {
                chosen.put(share.getKey(), share.getValue());
                senders = senders.with(share.getKey());
            }
        }
        if (!cipher().isQualified(senders)) {
            return;
        }
        trying = true;
        long of = epoch;
        ThresholdCipher scheme = cipher();
        port.<Optional<byte[]>>compute(
                () -> scheme.open(ciphertext, label, chosen), message -> tried(of, chosen, message));
    }

    private void tried(long of, SortedMap<Integer, byte[]> chosen, Optional<byte[]> message) {
        if (of != epoch) {
            return; // the key was renewed meanwhile
        }
        trying = false;
        if (!wanted.getAsBoolean()) {
            return;
        }
        if (message.isPresent()) {
            together = new Together(Collections.unmodifiableSortedMap(chosen), message.get());
        } else {
            triedInVain = true;
            verifyMore();
        }
        events.grown();
    }

    private boolean mayVerify() {
        return begun && wanted.getAsBoolean() && events.gathers();
    }

    /** Computed elsewhere, so it looks at nothing that changes. */
    private boolean isTrue(ThresholdCipher scheme, int from, byte[] share) {
        return scheme.verify(ciphertext, label, from, share);
    }

    private ReplicaSet promising() {
        return verifying.union(contributors());
    }

    private ReplicaSet contributors() {
        ReplicaSet set = ReplicaSet.EMPTY;
        for (int replica : verified.keySet()) {
            set = set.with(replica);
        }
        return set;
    }

    private void verified(long of, int from, byte[] share, boolean holds) {
        if (!holds) {
            refused = refused.with(from);
            port.blame(from, FALSE_SHARE);
        }
        if (of != epoch) {
            return; // the key was renewed meanwhile
        }
        verifying = verifying.without(from);
        if (holds && wanted.getAsBoolean()) {
            verified.put(from, share);
        }
        verifyMore();
        events.grown();
    }

    /** Whether there are such as open it. */
    boolean isComplete() {
        return together != null || cipher().isQualified(contributors());
    }

    /** By replica: those that are true, or that open it together. */
    SortedMap<Integer, byte[]> opening() {
        Together known = together;
        return new TreeMap<>(known == null ? verified : known.shares);
    }

    /** It is open, or will never be: only the own share is of use to others. */
    void clear() {
        shares.clear();
        later.clear();
        verified.clear();
        together = null;
    }

    /** Where answers to questions go. */
    interface Answer {
        void give(long epoch, byte[] share);
    }

    /** Gives the own share of an epoch to a peer that lacks it, unless it got it just now. */
    void answer(int from, long of, Answer answer) {
        byte[] share = own.get(of);
        Long last = answeredMicros.get(from);
        boolean lately = last != null && port.nowMicros() - last < ANSWER_AGAIN_MICROS;
        if (from == port.self() || lately) {
            return;
        }
        if (share == null && begun && key.holds(of)) {
            make(of); // who asks again gets it
        } else if (share != null && share.length > 0) {
            answeredMicros.put(from, port.nowMicros());
            answer.give(of, share);
        }
    }
}
