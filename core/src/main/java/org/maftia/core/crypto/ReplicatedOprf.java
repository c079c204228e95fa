package org.maftia.core.crypto;

import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.maftia.core.trust.FaultStructure;
import org.maftia.core.trust.ReplicaSet;
import org.maftia.core.wire.MalformedException;
import org.maftia.core.wire.Reader;
import org.maftia.core.wire.Writer;

/**
 * 2HashDH on P-256 under a key for each user, which exists nowhere: the sum of one summand for each maximal fault set,
 * hashed from user and a seed that exactly the others keep. For each summand a keeper raises the blinded input to it; a
 * part counts when a kernel of its keepers says the same, one of whom is correct. Every fault set lacks a summand, so
 * its members know no user's key; where no three fault sets cover the group, the correct keepers of each summand are a
 * kernel, so there is always an answer, and whoever says something else is known.
 *
 * <p>The key is the user's own, as under one for all a guesser would spend other users' attempts on one password.
 * Secrecy under the one-more gap Diffie-Hellman assumption, with hashes as random oracles: that the sum of hashed
 * summands is as good as a uniform key is an argument of this design that awaits independent review.
 *
 * <p>Source: Jarecki, Kiayias, Krawczyk (Asiacrypt 2014); RFC 9497, mode OPRF, suite P256-SHA256; the sharing of Ito,
 * Saito, Nishizeki (Globecom 1987).
 */
public final class ReplicatedOprf implements ObliviousFunction {
    private final ObliviousKey key;
    private final FaultStructure trust;
    private final List<ReplicaSet> keepers;

    /** @throws IllegalArgumentException when the key was dealt for another fault structure */
    public ReplicatedOprf(ObliviousKey key, FaultStructure trust) {
        boolean same = trust.copiedSharing()
                .filter(sharing -> sharing.formula().equals(key.formula().formula()))
                .isPresent();
        if (!same) {
            throw new IllegalArgumentException("key " + key.keyId() + " is shared for other fault sets");
        }
        this.key = key;
        this.trust = trust;
        this.keepers = key.keepers();
    }

    /**
     * One replica's part. It takes over the shares and erases them when it is closed.
     *
     * @throws IllegalArgumentException when the shares are not those of the key
     */
    public KeyHolder holder(ObliviousShares own) {
        if (!own.match(key)) {
            throw new IllegalArgumentException("these are not the shares of " + key.keyId());
        }
        return new KeyHolder(this, own);
    }

    @Override
    public boolean accepts(byte[] blinded) {
        try {
            NistPoint.decoded(blinded);
            return true;
        } catch (MalformedException e) {
            return false;
        }
    }

    @Override
    public ReplicaSet keepers() {
        return keepers.stream().reduce(ReplicaSet.EMPTY, ReplicaSet::union);
    }

    @Override
    public boolean mayCombine(ReplicaSet said) {
        return keepers.stream().allMatch(own -> trust.isKernel(own.intersection(said)));
    }

    /** The user's summand. Not 0 modulo the order, but with a chance of 2^-256. */
    private BigInteger summand(int number, byte[] seed, byte[] user) {
        Transcript transcript = key.use("user")
                .transcript("oprf/summand")
                .field(number)
                .field(seed)
                .field(user);
        return Uniform.expanded(transcript.digest().toBytes(), 384).mod(NistPoint.ORDER);
    }

    /** What the replica says of each summand that it keeps, be it a point or not. */
    private SortedMap<Integer, ByteBuffer> said(int replica, byte[] part) {
        SortedMap<Integer, ByteBuffer> said = new TreeMap<>();
        int kept = (int) keepers.stream().filter(set -> set.contains(replica)).count();
        if (part.length != kept * ELEMENT_LENGTH) {
            return said;
        }
        Reader reader = new Reader(part);
        for (int i = 0; i < keepers.size(); i++) {
            if (keepers.get(i).contains(replica)) {
                said.put(i, ByteBuffer.wrap(reader.fixed(ELEMENT_LENGTH)));
            }
        }
        return said;
    }

    @Override
    public Optional<Evaluation> combine(SortedMap<Integer, byte[]> parts) {
        SortedMap<Integer, SortedMap<Integer, ByteBuffer>> said = new TreeMap<>();
        parts.forEach((replica, part) -> said.put(replica, said(replica, part)));
        NistPoint sum = null;
        ReplicaSet liars = ReplicaSet.EMPTY;
        for (int i = 0; i < keepers.size(); i++) {
            int summand = i;
            Optional<ByteBuffer> agreed = agreed(summand, said);
            if (agreed.isEmpty()) {
                return Optional.empty();
            }
            for (int replica : said.keySet()) {
                boolean keeps = keepers.get(summand).contains(replica);
                ByteBuffer own = said.getOrDefault(replica, new TreeMap<>()).get(summand);
                if (keeps && !agreed.get().equals(own)) {
                    liars = liars.with(replica);
                }
            }
            // One of those who say so is correct, so it is a point; and a point has one form only.
            NistPoint point = NistPoint.decoded(agreed.get().array());
            sum = sum == null ? point : sum.plus(point);
        }
        return sum == null ? Optional.empty() : Optional.of(new Evaluation(sum.toBytes(), liars));
    }

    /** What a kernel of the keepers says. Two kernels agree, as each has a correct member. */
    private Optional<ByteBuffer> agreed(int summand, SortedMap<Integer, SortedMap<Integer, ByteBuffer>> said) {
        SortedMap<ByteBuffer, ReplicaSet> byValue = new TreeMap<>();
        for (Map.Entry<Integer, SortedMap<Integer, ByteBuffer>> entry : said.entrySet()) {
            ByteBuffer value = entry.getValue().get(summand);
            if (value != null) {
                byValue.merge(value, ReplicaSet.of(entry.getKey()), ReplicaSet::union);
            }
        }
        return byValue.entrySet().stream()
                .filter(entry -> trust.isKernel(entry.getValue()))
                .map(Map.Entry::getKey)
                .findFirst();
    }

    /** One replica's seeds: {@link #close} overwrites them, and after that their use is an error. */
    public static final class KeyHolder implements Holder, AutoCloseable {
        private final ReplicatedOprf function;
        private final ObliviousShares own;

        private KeyHolder(ReplicatedOprf function, ObliviousShares own) {
            this.function = function;
            this.own = own;
        }

        @Override
        public ObliviousFunction function() {
            return function;
        }

        @Override
        public byte[] part(byte[] user, byte[] blinded) {
            if (user.length > USER_LENGTH_MAX) {
                throw new IllegalArgumentException("a user's name has at most 255 bytes");
            }
            NistPoint base;
            try {
                base = NistPoint.decoded(blinded);
            } catch (MalformedException e) {
                throw new IllegalArgumentException("the input was not checked: " + e.getMessage());
            }
            Writer writer = new Writer();
            for (int summand : own.summands()) {
                BigInteger factor = function.summand(summand, own.seed(summand), user);
                writer.fixed(base.times(factor).toBytes());
            }
            return writer.toBytes();
        }

        @Override
        public void close() {
            own.close();
        }
    }
}
