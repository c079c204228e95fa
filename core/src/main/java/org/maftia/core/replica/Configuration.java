package org.maftia.core.replica;

import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.maftia.core.crypto.Ed25519Certifier;
import org.maftia.core.crypto.Transcript;
import org.maftia.core.trust.FaultStructure;
import org.maftia.core.trust.Formula;
import org.maftia.core.trust.Member;
import org.maftia.core.trust.ReplicaSet;
import org.maftia.core.trust.TrustException;
import org.maftia.core.trust.TrustPolicy;
import org.maftia.core.wire.Codec;
import org.maftia.core.wire.Digest;
import org.maftia.core.wire.MalformedException;
import org.maftia.core.wire.Reader;
import org.maftia.core.wire.Writer;

/**
 * Who a group is for some time: equal digests, equal members, keys and trust. Everything that is signed or hashed in a
 * configuration is bound to its digest, so nothing of one counts in another.
 *
 * @param number counts the configurations of the group from 0
 * @param predecessor digest of the configuration before; zero for the first
 * @param seats the members, who have the indices of the list
 * @param attributes of the members that matter, in order of preference
 * @param strong whether the sharing of secrets must survive two fault sets at once
 * @param hybrid whether a trusted component stands beside each member: Q2 is enough then
 * @param quorums holds for the quorums, over the members
 * @param officers Ed25519 public keys of those who may change the configuration
 * @param policy holds for sets of officers, by index, that together may
 * @param carried ids of the keys that go on from the configuration before, ascending: the group itself gives the new members
 *     their shares of them
 * @param bundle digest of the public half of the keys that the offline ceremony made for it
 */
public record Configuration(
        long number,
        Digest predecessor,
        List<Seat> seats,
        List<String> attributes,
        boolean strong,
        boolean hybrid,
        Formula quorums,
        List<byte[]> officers,
        Formula policy,
        List<String> carried,
        Digest bundle) {
    /** A name that people type. */
    private static final int NAME_LENGTH_MAX = 64;

    private static final int ATTRIBUTES_MAX = 16;
    private static final int KEYS_MAX = 64;

    /** Number, length of the name, key, count of attributes. */
    private static final int SEAT_LENGTH_MIN = 1 + 2 + Ed25519Certifier.PUBLIC_KEY_LENGTH + 1;

    /** A formula of all nodes that the parser takes stays below. */
    private static final int FORMULA_LENGTH_MAX = 64 << 10;

    public Configuration {
        seats = List.copyOf(seats);
        attributes = List.copyOf(attributes);
        officers = List.copyOf(officers);
        carried = List.copyOf(carried);
    }

    /** Of a group without trusted components. */
    public Configuration(
            long number,
            Digest predecessor,
            List<Seat> seats,
            List<String> attributes,
            boolean strong,
            Formula quorums,
            List<byte[]> officers,
            Formula policy,
            List<String> carried,
            Digest bundle) {
        this(number, predecessor, seats, attributes, strong, false, quorums, officers, policy, carried, bundle);
    }

    /**
     * A place in the group. It outlives configurations, while indices do not: links, sessions of gateways and everything
     * else that lasts go by its number.
     *
     * @param number below {@link ReplicaSet#SIZE_MAX}, unique in the configuration
     * @param member id and attributes of who has it
     * @param key Ed25519 public key with which the member certifies
     */
    public record Seat(int number, Member member, byte[] key) {}

    /** Names the configuration wherever it matters which one is meant. */
    public Digest digest() {
        return Transcript.of("configuration").field(CODEC.encode(this)).digest();
    }

    /** Equal digests are equal configurations. */
    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Configuration configuration && digest().equals(configuration.digest());
    }

    @Override
    public int hashCode() {
        return digest().hashCode();
    }

    /** The index of who has the seat, or -1. */
    public int indexOf(int seat) {
        for (int index = 0; index < seats.size(); index++) {
            if (seats.get(index).number == seat) {
                return index;
            }
        }
        return -1;
    }

    /** The public keys of the members, by index. */
    public List<byte[]> keys() {
        return seats.stream().map(Seat::key).toList();
    }

    /**
     * Who may be corrupted together.
     *
     * @throws TrustException when three fault sets cover the group, or two of one with trusted components; and for every
     *     other flaw of the formula
     */
    public FaultStructure trust() {
        TrustPolicy policy = new TrustPolicy(
                hybrid ? TrustPolicy.Model.HYBRID : TrustPolicy.Model.ASYNCHRONOUS,
                attributes,
                List.of(),
                TrustPolicy.Form.EXACT,
                strong ? TrustPolicy.Sharing.STRONG : TrustPolicy.Sharing.PLAIN,
                Optional.of(quorums));
        return FaultStructure.compile(policy, seats.stream().map(Seat::member).toList());
    }

    /** What is wrong with it by itself, as a sentence, or null. Whether its formula has Q3 or Q2, {@link #trust} says. */
    @Nullable
    String flaw() {
        TreeSet<Integer> numbers = new TreeSet<>();
        TreeSet<String> names = new TreeSet<>();
        TreeSet<Digest> keys = new TreeSet<>();
        for (Seat seat : seats) {
            if (!Ed25519Certifier.isValidPublicKey(seat.key)) {
                return "the key of " + seat.member.id() + " is no Ed25519 key";
            }
            if (!numbers.add(seat.number) || !names.add(seat.member.id()) || !keys.add(Digest.of(seat.key))) {
                return seat.member.id() + " has the seat, the name or the key of another member";
            }
        }
        for (byte[] officer : officers) {
            if (!Ed25519Certifier.isValidPublicKey(officer)) {
                return "the key of an officer is no Ed25519 key";
            }
        }
        if (!ReplicaSet.firstOf(officers.size()).containsAll(policy.replicas())) {
            return "the policy names an officer who is none";
        }
        return new TreeSet<>(carried).stream().toList().equals(carried)
                ? null
                : "the keys that go on are not in ascending order, or one is named twice";
    }

    private static List<String> numbered(int count) {
        return IntStream.range(0, count).mapToObj(Integer::toString).toList();
    }

    public static final Codec<Configuration> CODEC = new Codec<>() {
        @Override
        public void write(Writer writer, Configuration value) {
            writer.u64(value.number).digest(value.predecessor);
            writer.list(value.seats, Configuration::write);
            writer.list(value.attributes, Writer::string).bool(value.strong).bool(value.hybrid);
            writer.string(value.quorums.toJson(numbered(value.seats.size())));
            writer.list(value.officers, Writer::fixed);
            writer.string(value.policy.toJson(numbered(value.officers.size())));
            writer.list(value.carried, Writer::string).digest(value.bundle);
        }

        @Override
        public Configuration read(Reader reader) {
            long number = reader.count();
            Digest predecessor = reader.digest();
            List<Seat> seats = reader.list(ReplicaSet.SIZE_MAX, SEAT_LENGTH_MIN, Configuration::readSeat);
            List<String> attributes = reader.list(ATTRIBUTES_MAX, 2, in -> in.string(NAME_LENGTH_MAX));
            boolean strong = reader.bool();
            boolean hybrid = reader.bool();
            Formula quorums = readFormula(reader, seats.size());
            List<byte[]> officers = reader.list(
                    ReplicaSet.SIZE_MAX,
                    Ed25519Certifier.PUBLIC_KEY_LENGTH,
                    in -> in.fixed(Ed25519Certifier.PUBLIC_KEY_LENGTH));
            Formula policy = readFormula(reader, officers.size());
            List<String> carried = reader.list(KEYS_MAX, 2, in -> in.string(NAME_LENGTH_MAX));
            return new Configuration(
                    number,
                    predecessor,
                    seats,
                    attributes,
                    strong,
                    hybrid,
                    quorums,
                    officers,
                    policy,
                    carried,
                    reader.digest());
        }
    };

    private static void write(Writer writer, Seat seat) {
        writer.u8(seat.number).string(seat.member.id()).fixed(seat.key);
        writer.u8(seat.member.attributes().size());
        seat.member.attributes().forEach((name, value) -> writer.string(name).string(value));
    }

    private static Seat readSeat(Reader reader) {
        int number = reader.replica(ReplicaSet.SIZE_MAX);
        String id = reader.string(NAME_LENGTH_MAX);
        byte[] key = reader.fixed(Ed25519Certifier.PUBLIC_KEY_LENGTH);
        SortedMap<String, String> attributes = new TreeMap<>();
        for (int count = reader.replica(ATTRIBUTES_MAX + 1); count > 0; count--) {
            String name = reader.string(NAME_LENGTH_MAX);
            if (!attributes.isEmpty() && name.compareTo(attributes.lastKey()) <= 0) {
                throw new MalformedException("attributes do not ascend");
            }
            attributes.put(name, reader.string(NAME_LENGTH_MAX));
        }
        return new Seat(number, new Member(id, attributes), key);
    }

    /** A formula has one text; its parser takes others, too. */
    private static Formula readFormula(Reader reader, int leaves) {
        String text = reader.string(FORMULA_LENGTH_MAX);
        Formula formula;
        try {
            formula = Formula.parse(text, numbered(leaves));
        } catch (TrustException e) {
            throw new MalformedException(String.valueOf(e.getMessage()));
        }
        if (!formula.toJson(numbered(leaves)).equals(text)) {
            throw new MalformedException("the formula is not in its canonical form");
        }
        return formula;
    }
}
