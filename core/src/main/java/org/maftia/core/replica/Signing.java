package org.maftia.core.replica;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.maftia.core.crypto.SharingScheme;
import org.maftia.core.crypto.ThresholdSignature;
import org.maftia.core.protocol.Invariant;
import org.maftia.core.protocol.Port;
import org.maftia.core.protocol.Protocol;
import org.maftia.core.trust.ReplicaSet;
import org.maftia.core.wire.Codec;
import org.maftia.core.wire.MalformedException;
import org.maftia.core.wire.Reader;
import org.maftia.core.wire.Writer;

/**
 * Makes the threshold signatures that the log asks for: every wanted signature is found as long as the correct replicas
 * qualify, and nothing leaves a replica but shares of what its own log asked for.
 *
 * <p>Optimistic: a minimal qualified set, in turn, sends shares without proofs to a combiner. Only when the result does
 * not verify are proofs asked for, and false ones blamed; only when nothing comes do all replicas send to all. Source:
 * Shoup, "Practical threshold signatures" (Eurocrypt 2000), with the optimistic combination of SINTRA.
 */
final class Signing implements Protocol<Signing.Message> {
    /** Patience with the combiner while no signature at all comes: some times the cost of a share. */
    private static final long PATIENCE_MICROS = 300_000;

    /**
     * A signature is given up on while others come only when so many of these came, or twice as many as are under way:
     * queues of different replicas run apart by less.
     */
    private static final int OVERTAKEN_MIN = 16;

    /**
     * Shares computed at once. The rest waits here, so that what ends a signature, and the coin, need not wait behind all
     * shares of those that have just begun, and so that shares which nobody needs any more are left out.
     */
    private static final int COMPUTED_AT_ONCE = 4;

    /** Others leave a lead to those before them in turn, so that not all combine the same at once. */
    private static final long TURN_MICROS = 150_000;

    /** Shares that may run ahead of the own log, in requests: the pipeline of a fast peer. */
    private static final int EARLY_MAX = 512;

    /** Requests tried in search of a set without a spared replica. */
    private static final int TRIES_MAX = 64;

    /** Longest share or proof: the exponent of a proof exceeds the modulus by some hundred bytes. */
    private static final int SHARE_LENGTH_MAX = 4096;

    private static final byte[] NO_PROOF = {};
    private static final int NOBODY = -1;

    private final Port<Message, Finished> port;
    private final SortedMap<String, UsedKey<ThresholdSignature.Halves>> keys;
    private final SortedMap<Long, Open> open = new TreeMap<>();
    private final SortedMap<Long, List<Early>> early = new TreeMap<>();
    private final int[] earlyOf;

    /**
     * Own shares to compute, the oldest wish first, but for a draw, of which there is one at a time and many wait for it; each at
     * most once while its signature is open.
     */
    private final ArrayDeque<OwnShare> toCompute = new ArrayDeque<>();

    private int computing;
    private long nextNumber;
    private long lastProgressMicros;

    /** @param keys by id */
    Signing(Port<Message, Finished> port, SortedMap<String, UsedKey<ThresholdSignature.Halves>> keys) {
        this.port = port;
        this.keys = keys;
        this.earlyOf = new int[port.trust().size()];
    }

    /** A signature that verifies, to be put into the log. */
    record Finished(long number, byte[] signature, ReplicaSet contributors) {}

    /** What replicas say to each other about the signature {@code number}. */
    sealed interface Message {
        long number();

        /** @param keyEpoch of which the share is: those of different ones do not combine */
        record Share(long number, int leaf, long keyEpoch, byte[] share) implements Message {}

        /** The combination failed: prove your share of this leaf. */
        record Prove(long number, int leaf) implements Message {}

        record Proof(long number, int leaf, byte[] proof) implements Message {}
    }

    private record Early(int from, Message message) {}

    private record OwnShare(Open signature, long keyEpoch, int leaf) {}

    /**
     * The leaves that are asked first, the combiner's among them as the first. Where a key came from another configuration
     * some leaves may be those of nobody who is a member.
     */
    private static List<Integer> askedLeaves(
            ThresholdSignature key, long number, ReplicaSet spared, ReplicaSet members) {
        List<Integer> owners = key.formula().owners();
        List<Integer> ofMembers = List.of();
        for (int i = 0; i < TRIES_MAX; i++) {
            List<Integer> leaves = key.designated(number + i);
            if (members.containsAll(owners(leaves, owners))) {
                if (owners(leaves, owners).intersection(spared).isEmpty()) {
                    return leaves;
                }
                ofMembers = ofMembers.isEmpty() ? leaves : ofMembers;
            }
        }
        return ofMembers.isEmpty() ? key.selection(new SharingScheme(key.formula()).leavesOf(members)) : ofMembers;
    }

    private static ReplicaSet owners(List<Integer> leaves, List<Integer> owners) {
        ReplicaSet set = ReplicaSet.EMPTY;
        for (int leaf : leaves) {
            set = set.with(owners.get(leaf));
        }
        return set;
    }

    /** The replicas that are asked first: the same everywhere. */
    static ReplicaSet asked(ThresholdSignature key, long number, ReplicaSet spared, ReplicaSet members) {
        return owners(askedLeaves(key, number, spared, members), key.formula().owners());
    }

    /** The log wants this signature. */
    void wanted(long number, PendingSignatures.Wanted wanted) {
        UsedKey<ThresholdSignature.Halves> key =
                Invariant.present(keys.get(wanted.keyId()), "only signatures of known keys are wanted");
        nextNumber = Math.max(nextNumber, number + 1);
        PendingSignatures.Recipient only = wanted.recipient();
        int recipient = only == null ? NOBODY : only.id().client();
        Open signature = new Open(number, wanted, key, recipient);
        open.put(number, signature);
        for (int leaf : signature.asked) {
            if (signature.owner(leaf) == port.self()) {
                signature.sendShare(leaf);
            }
        }
        signature.waitMore(PATIENCE_MICROS);
        List<Early> waiting = early.remove(number);
        if (waiting != null) {
            for (Early message : waiting) {
                earlyOf[message.from]--;
                receive(message.from, message.message);
            }
        }
        early.headMap(number).clear();
    }

    /** The key has another epoch, or this replica's shares of it have come. */
    void renewed(String keyId) {
        UsedKey<ThresholdSignature.Halves> key = keys.get(keyId);
        open.values().stream().filter(signature -> signature.used == key).forEach(Open::renewed);
    }

    /** The log has the signature. */
    void done(long number) {
        lastProgressMicros = port.nowMicros();
        open.headMap(number).values().forEach(overtaken -> overtaken.overtakenBy++);
        Open signature = open.remove(number);
        if (signature != null) {
            signature.close();
        }
    }

    /** The state was replaced: these are wanted now. */
    void reset(SortedMap<Long, PendingSignatures.Wanted> wanted) {
        open.values().forEach(Open::close);
        open.clear();
        toCompute.clear();
        wanted.forEach(this::wanted);
    }

    @Override
    public Codec<Message> codec() {
        return CODEC;
    }

    @Override
    public void receive(int from, Message message) {
        Open signature = open.get(message.number());
        if (signature == null) {
            keepEarly(from, message);
            return;
        }
        switch (message) {
            case Message.Share share -> signature.share(from, share);
            case Message.Prove prove -> signature.prove(from, prove.leaf);
            case Message.Proof proof -> signature.proof(from, proof.leaf, proof.proof);
        }
    }

    private void keepEarly(int from, Message message) {
        boolean ahead = message.number() >= nextNumber && message.number() < nextNumber + EARLY_MAX;
        if (ahead && earlyOf[from] < EARLY_MAX) {
            earlyOf[from]++;
            early.computeIfAbsent(message.number(), key -> new ArrayList<>()).add(new Early(from, message));
        }
    }

    private void computeNext() {
        while (computing < COMPUTED_AT_ONCE && !toCompute.isEmpty()) {
            OwnShare next = toCompute.remove();
            Open signature = next.signature;
            if (signature.finished || signature.keyEpoch != next.keyEpoch || !signature.used.holds(next.keyEpoch)) {
                continue;
            }
            computing++;
            signature.used.<byte[]>compute(
                    port,
                    next.keyEpoch,
                    halves -> Invariant.present(halves.signer(), "who holds shares signs")
                            .share(signature.message, next.leaf),
                    share -> {
                        computing--;
                        signature.computed(next, share);
                        computeNext();
                    });
        }
    }

    /** One signature under way. */
    private final class Open {
        private final long number;
        private final byte[] message;

        /** Whether its shares go before all others. */
        private final boolean first;

        private final UsedKey<ThresholdSignature.Halves> used;

        /** Whose shares are gathered. */
        private long keyEpoch;

        private ThresholdSignature key;
        private List<Integer> owners;
        private final ReplicaSet spared;

        /** Who alone is to see the signature, and so any share; {@link #NOBODY}: all may. */
        private final int recipient;

        private List<Integer> asked;
        private final SortedMap<Integer, byte[]> shares = new TreeMap<>();

        /** Shares of owners that are in a later epoch, the newest of each leaf. */
        private final SortedMap<Integer, Message.Share> later = new TreeMap<>();

        /** Own leaves whose share is wanted, with the share once it is there. */
        private final SortedMap<Integer, Optional<byte[]>> own = new TreeMap<>();

        /** Leaves whose share was proved. Once the first combination has failed only these count. */
        private final SortedSet<Integer> proved = new TreeSet<>();

        private final SortedSet<Integer> refused = new TreeSet<>();

        /** Leaves of which it is being found out, or was, whether their share is right. */
        private final SortedSet<Integer> examined = new TreeSet<>();

        private ReplicaSet provedTo = ReplicaSet.EMPTY;
        private boolean doubted;
        private boolean combining;
        private boolean finished;
        private boolean everybodySends;
        private boolean myTurn;
        private int overtakenBy;
        private Port.@Nullable Timer timer;

        Open(long number, PendingSignatures.Wanted wanted, UsedKey<ThresholdSignature.Halves> used, int recipient) {
            this.number = number;
            this.message = wanted.message();
            this.first = wanted.purpose() == PendingSignatures.Purpose.DRAW;
            this.used = used;
            this.keyEpoch = used.epoch();
            this.key = used.in(keyEpoch).key();
            this.owners = key.formula().owners();
            this.spared = wanted.spared();
            this.recipient = recipient;
            this.asked = askedLeaves(key, number, spared, port.trust().all());
            this.myTurn = combiner() == port.self();
        }

        int combiner() {
            if (recipient != NOBODY) {
                return recipient;
            }
            return asked.isEmpty() ? 0 : owner(asked.getFirst()); // empty: too few are left to sign at all
        }

        /** Whether a replica may see shares. */
        private boolean isFor(int replica) {
            return recipient == NOBODY || recipient == replica;
        }

        int owner(int leaf) {
            return owners.get(leaf);
        }

        void close() {
            if (timer != null) {
                timer.cancel();
            }
            finished = true;
        }

        void waitMore(long micros) {
            if (timer != null) {
                timer.cancel();
            }
            timer = port.wake(micros, this::lostPatience);
        }

        /**
         * While other signatures come, this one may simply wait for its turn in the queues, and whoever has what it takes
         * need not ask for more. When none comes, or many others overtake it, somebody does not do its part: all send to
         * all, which costs as much as another signature or more.
         */
        private void lostPatience() {
            boolean progress = port.nowMicros() - lastProgressMicros < PATIENCE_MICROS;
            boolean overtaken = overtakenBy >= Math.max(OVERTAKEN_MIN, 2 * open.size());
            if (!everybodySends && (combining || finished || progress && !overtaken)) {
                waitMore(PATIENCE_MICROS);
                return;
            }
            if (everybodySends) {
                myTurn = isFor(port.self());
                combine();
                waitMore(PATIENCE_MICROS);
                return;
            }
            everybodySends = true;
            for (int leaf = 0; leaf < owners.size(); leaf++) {
                if (owner(leaf) == port.self()) {
                    sendShare(leaf);
                }
            }
            int turn = Math.floorMod(port.self() - combiner(), port.trust().size());
            waitMore(PATIENCE_MICROS + turn * TURN_MICROS);
        }

        /** Sends the share of an own leaf to the combiner, or to all once everybody sends; computes it at most once. */
        void sendShare(int leaf) {
            Optional<byte[]> known = own.get(leaf);
            if (known == null) {
                own.put(leaf, Optional.empty());
                computeShare(leaf);
            } else {
                known.ifPresent(share -> send(leaf, share));
            }
        }

        private void computeShare(int leaf) {
            if (used.holds(keyEpoch)) { // else this replica has no share of the key: the others suffice
                OwnShare share = new OwnShare(this, keyEpoch, leaf);
                if (first) {
                    toCompute.addFirst(share);
                } else {
                    toCompute.addLast(share);
                }
                computeNext();
            }
        }

        void computed(OwnShare which, byte[] share) {
            if (which.keyEpoch == keyEpoch) {
                own.put(which.leaf, Optional.of(share));
                if (!finished) {
                    send(which.leaf, share);
                }
            }
        }

        /** The key has another epoch, in which everything begins anew; or this replica's shares have come. */
        void renewed() {
            if (keyEpoch != used.epoch()) {
                keyEpoch = used.epoch();
                key = used.in(keyEpoch).key();
                owners = key.formula().owners();
                asked = askedLeaves(key, number, spared, port.trust().all());
                shares.clear();
                proved.clear();
                examined.clear();
                doubted = false;
                combining = false;
                own.keySet().removeIf(leaf -> leaf >= owners.size() || owner(leaf) != port.self());
                own.replaceAll((leaf, share) -> Optional.empty());
            }
            own.forEach((leaf, share) -> {
                if (share.isEmpty()) {
                    computeShare(leaf);
                }
            });
            List<Message.Share> arrived = List.copyOf(later.values());
            later.clear();
            arrived.forEach(share -> {
                if (share.leaf < owners.size()) {
                    share(owner(share.leaf), share);
                }
            });
        }

        private void send(int leaf, byte[] share) {
            Message.Share message = new Message.Share(number, leaf, keyEpoch, share);
            if (everybodySends && recipient == NOBODY) {
                port.sendAll(message);
            } else {
                port.send(combiner(), message);
            }
        }

        void share(int from, Message.Share m) {
            int leaf = m.leaf;
            if (leaf >= owners.size() || owner(leaf) != from) {
                port.blame(from, "sends a share of a leaf that it does not own");
                return;
            }
            if (!isFor(port.self())) {
                return; // somebody shows what is not for this replica
            }
            if (m.keyEpoch > keyEpoch) {
                later.put(leaf, m);
            } else if (m.keyEpoch == keyEpoch && !refused.contains(leaf) && shares.putIfAbsent(leaf, m.share) == null) {
                combine();
            }
        }

        private void combine() {
            if (finished || combining || !myTurn) {
                return;
            }
            SortedSet<Integer> usable = new TreeSet<>(shares.keySet());
            if (doubted) {
                usable.retainAll(proved);
            }
            SortedMap<Integer, byte[]> chosen = new TreeMap<>();
            for (int leaf : key.selection(usable)) {
                chosen.put(leaf, Invariant.present(shares.get(leaf), "chosen among those that are there"));
            }
            if (chosen.isEmpty()) {
                if (doubted) {
                    shares.forEach(this::examine);
                }
                return;
            }
            combining = true;
            long of = keyEpoch;
            ThresholdSignature scheme = key;
            port.<Optional<byte[]>>compute(() -> scheme.combine(message, chosen), result -> {
                combining &= of != keyEpoch;
                if (result.isPresent()) {
                    finish(result.get(), chosen);
                } else if (of == keyEpoch) {
                    doubt(chosen);
                }
            });
        }

        private void finish(byte[] signature, SortedMap<Integer, byte[]> chosen) {
            if (finished) {
                return;
            }
            finished = true;
            ReplicaSet contributors = ReplicaSet.EMPTY;
            for (int leaf : chosen.keySet()) {
                contributors = contributors.with(owner(leaf));
            }
            boolean steppedIn = combiner() != port.self();
            // A combiner that somebody had to stand in for counts as one who did not contribute.
            port.output(new Finished(number, signature, steppedIn ? contributors.without(combiner()) : contributors));
        }

        /** Some share is false. Never search subsets: ask for proofs, of these first and of others when they do not suffice. */
        private void doubt(SortedMap<Integer, byte[]> chosen) {
            doubted = true;
            chosen.forEach(this::examine);
        }

        /** Once a leaf; at once where shares prove themselves, else their owner is asked, who is not blamed for silence. */
        private void examine(int leaf, byte[] share) {
            if (!examined.add(leaf)) {
                return;
            }
            if (key.sharesAreProved()) {
                judge(leaf, share, NO_PROOF);
            } else {
                port.send(owner(leaf), new Message.Prove(number, leaf));
            }
        }

        /** Proves an own share to one who doubts it. The share alone says no less, so whoever may see that may ask. */
        void prove(int from, int leaf) {
            ThresholdSignature.Signer mine = used.in(keyEpoch).signer();
            boolean refused = provedTo.contains(from) || !isFor(from);
            if (mine == null || leaf >= owners.size() || owner(leaf) != port.self() || refused) {
                return;
            }
            provedTo = provedTo.with(from);
            for (int own : mine.leaves()) {
                port.<byte[]>compute(
                        () -> mine.prove(message, own),
                        proof -> port.send(from, new Message.Proof(number, own, proof)));
            }
        }

        void proof(int from, int leaf, byte[] proof) {
            byte[] share = shares.get(leaf);
            boolean settled = proved.contains(leaf) || refused.contains(leaf);
            if (share != null && doubted && !settled && owner(leaf) == from && !key.sharesAreProved()) {
                judge(leaf, share, proof);
            }
        }

        private void judge(int leaf, byte[] share, byte[] proof) {
            long of = keyEpoch;
            int sender = owner(leaf);
            ThresholdSignature scheme = key;
            port.<Boolean>compute(() -> scheme.verifyShare(message, leaf, share, proof), valid -> {
                if (!valid) {
                    port.blame(sender, "sent a false share of a signature");
                    refused.add(leaf);
                }
                if (of == keyEpoch) {
                    if (valid) {
                        proved.add(leaf);
                    } else {
                        shares.remove(leaf);
                    }
                    combine();
                }
            });
        }
    }

    private static final Codec<Message> CODEC = new Codec<>() {
        @Override
        public void write(Writer writer, Message value) {
            switch (value) {
                case Message.Share share ->
                    writer.u8(1)
                            .u64(share.number)
                            .u16(share.leaf)
                            .u64(share.keyEpoch)
                            .opaque16(share.share);
                case Message.Prove prove -> writer.u8(2).u64(prove.number).u16(prove.leaf);
                case Message.Proof proof ->
                    writer.u8(3).u64(proof.number).u16(proof.leaf).opaque16(proof.proof);
            }
        }

        @Override
        public Message read(Reader reader) {
            return switch (reader.u8()) {
                case 1 ->
                    new Message.Share(reader.count(), reader.u16(), reader.count(), reader.opaque16(SHARE_LENGTH_MAX));
                case 2 -> new Message.Prove(reader.count(), reader.u16());
                case 3 -> new Message.Proof(reader.count(), reader.u16(), reader.opaque16(SHARE_LENGTH_MAX));
                default -> throw new MalformedException("no message of signing");
            };
        }
    };
}
