package org.maftia.simulator;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.maftia.core.crypto.Certificate;
import org.maftia.core.crypto.Certifier;
import org.maftia.core.crypto.Ed25519Certifier;
import org.maftia.core.crypto.Verifier;
import org.maftia.core.replica.Configuration;
import org.maftia.core.replica.Reconfiguration;
import org.maftia.core.replica.ServiceCall;
import org.maftia.core.trust.FaultStructure;
import org.maftia.core.trust.Formula;
import org.maftia.core.trust.Member;
import org.maftia.core.trust.ReplicaSet;
import org.maftia.core.wire.Digest;

/**
 * The configurations that a simulated group is to go through, and the officers who want them. The replicas of the world
 * have the seats; where it has more than its fault sets need, some are outside at times. Members take other indices in
 * each configuration, so that whatever is kept by index shows.
 */
final class Governance {
    static final int OFFICERS = 3;

    private static final int CHANGES_MAX = 3;
    private static final int ATTEMPTS = 64;

    /** Keys of officers are made from numbers above those of seats. */
    private static final int FIRST_OFFICER = 100;

    private final World world;
    private final Authority officers;
    private final List<Configuration> configurations = new ArrayList<>();
    private final List<FaultStructure> structures = new ArrayList<>();

    /** By number of the configuration and of signers; looked up only. */
    private final Map<List<Long>, byte[]> wishes = new HashMap<>();

    Governance(World world, Draw draw) {
        this.world = world;
        this.officers = new Authority(OFFICERS, draw);
        add(members(draw));
        for (int changes = 1 + draw.below(CHANGES_MAX); changes > 0; changes--) {
            add(following(draw));
        }
    }

    /** From the first to the last. */
    List<Configuration> configurations() {
        return configurations;
    }

    Configuration last() {
        return configurations.getLast();
    }

    FaultStructure trust(Configuration configuration) {
        return structures.get(Math.toIntExact(configuration.number()));
    }

    /** A call that asks for the configuration, signed by so many officers; two may have it. */
    byte[] wish(Configuration next, int signers) {
        return wishes.computeIfAbsent(List.of(next.number(), (long) signers), key -> {
            SortedMap<Integer, byte[]> signatures = new TreeMap<>();
            for (int officer = 0; officer < signers; officer++) {
                signatures.put(officer, officers.certifier(officer).sign(Reconfiguration.digest(next, 0)));
            }
            Reconfiguration wish = new Reconfiguration(next, 0, Certificate.of(signatures));
            return ServiceCall.codec(1 << 20)
                    .encode(new ServiceCall(Reconfiguration.SERVICE, Reconfiguration.CODEC.encode(wish)));
        });
    }

    Verifier officers() {
        return officers.certifier(0);
    }

    /** The certifier of a replica in a configuration, where it and the others go by their indices. */
    Certifier certifier(Configuration configuration, int seat) {
        Certifier own = world.authority().certifier(seat);
        return new Certifier() {
            @Override
            public byte[] sign(Digest digest) {
                return own.sign(digest);
            }

            @Override
            public boolean verify(int member, Digest digest, byte[] signature) {
                List<Configuration.Seat> seats = configuration.seats();
                return member >= 0
                        && member < seats.size()
                        && own.verify(seats.get(member).number(), digest, signature);
            }
        };
    }

    /** Seats in some order: all, or, where quorums only count, as many as the faults allow. */
    private List<Integer> members(Draw draw) {
        List<Integer> seats = new ArrayList<>(world.trust().all().toList());
        for (int i = seats.size() - 1; i > 0; i--) {
            seats.add(seats.remove(draw.below(i + 1)));
        }
        int faults = world.trust().survivesAny();
        int fewest = isThreshold() ? 3 * faults + 1 : seats.size();
        return List.copyOf(seats.subList(0, fewest + draw.below(seats.size() - fewest + 1)));
    }

    private boolean isThreshold() {
        return world.trust().quorums() instanceof Formula.Gate gate
                && gate.replicas().equals(world.trust().all())
                && gate.children().stream().allMatch(child -> child.formula() instanceof Formula.Leaf);
    }

    /** Those who stay are a quorum of those who were; drawn until it is so. */
    private List<Integer> following(Draw draw) {
        Configuration before = configurations.getLast();
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            List<Integer> members = members(draw);
            ReplicaSet staying = ReplicaSet.EMPTY;
            for (int index = 0; index < before.seats().size(); index++) {
                if (members.contains(before.seats().get(index).number())) {
                    staying = staying.with(index);
                }
            }
            if (trust(before).isQuorum(staying)) {
                return members;
            }
        }
        return before.seats().stream().map(Configuration.Seat::number).toList().reversed();
    }

    private void add(List<Integer> members) {
        int faults = world.trust().survivesAny();
        Formula quorums = isThreshold()
                ? Formula.select(members.size() - faults, ReplicaSet.firstOf(members.size()))
                : renamed(world.trust().quorums(), members);
        List<byte[]> keys = new ArrayList<>();
        for (int officer = 0; officer < OFFICERS; officer++) {
            keys.add(key(FIRST_OFFICER + officer));
        }
        Configuration configuration = new Configuration(
                configurations.size(),
                configurations.isEmpty()
                        ? world.configuration()
                        : configurations.getLast().digest(),
                members.stream()
                        .map(seat -> new Configuration.Seat(seat, new Member("r" + seat, new TreeMap<>()), key(seat)))
                        .toList(),
                List.of(),
                true,
                quorums,
                keys,
                Formula.select(2, ReplicaSet.firstOf(OFFICERS)),
                Digest.ZERO);
        configurations.add(configuration);
        structures.add(configuration.trust());
    }

    /** The formula over indices in the place of seats. */
    private static Formula renamed(Formula formula, List<Integer> members) {
        return switch (formula) {
            case Formula.Leaf leaf -> new Formula.Leaf(members.indexOf(leaf.replica()));
            case Formula.Gate gate ->
                new Formula.Gate(
                        gate.threshold(),
                        gate.children().stream()
                                .map(child -> new Formula.Child(child.weight(), renamed(child.formula(), members)))
                                .toList());
        };
    }

    private static byte[] key(int number) {
        byte[] secret = new byte[Ed25519Certifier.PRIVATE_KEY_LENGTH];
        Arrays.fill(secret, (byte) number);
        return Ed25519Certifier.publicKey(secret);
    }
}
