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
import org.maftia.core.trust.SharingFormula;
import org.maftia.core.trust.TrustException;
import org.maftia.core.wire.Digest;

/**
 * The configurations that a simulated group is to go through, and the officers who want them. The replicas of the world
 * have the seats; where it has more than its fault sets need, some are outside at times. Members take other indices in
 * each configuration, so that whatever is kept by index shows. A small group with a general structure has another one in
 * each configuration, random but for this: it bears what the world does to those who are members then.
 */
final class Governance {
    static final int OFFICERS = 3;

    private static final int CHANGES_MAX = 3;
    private static final int ATTEMPTS = 64;

    /** Larger structures are not drawn anew: most of what one could draw has no Q3, and to find that takes long. */
    private static final int GENERAL_SIZE_MAX = 8;

    private static final int MORE_SETS_MAX = 3;

    /** Each leaf costs every member real curve arithmetic, for each leaf of the sharing before. */
    private static final int LEAVES_MAX = 24;

    /** Keys of officers are made from numbers above those of seats. */
    private static final int FIRST_OFFICER = 100;

    private final World world;
    private final Authority officers;
    private final List<Configuration> configurations = new ArrayList<>();
    private final List<FaultStructure> structures = new ArrayList<>();

    /** By number of the configuration and of signers; looked up only. */
    private final Map<List<Long>, byte[]> wishes = new HashMap<>();

    /** Ids of the key that each configuration has. */
    private final List<String> keyIds = new ArrayList<>();

    private final boolean handsOn;

    /** @param handsOn whether a key goes on from each configuration to the next where it can */
    Governance(World world, Draw draw, boolean handsOn) {
        this.world = world;
        this.handsOn = handsOn;
        this.officers = new Authority(OFFICERS, draw);
        add(drawn(draw));
        for (int changes = 1 + draw.below(CHANGES_MAX); changes > 0; changes--) {
            add(following(draw));
        }
    }

    /** Who are members, in the order of their indices, and what their quorums are, over these. */
    private record Group(List<Integer> seats, Formula quorums) {
        /** The members of another group who are in this one, too, by their indices there. */
        ReplicaSet staying(Configuration other) {
            ReplicaSet staying = ReplicaSet.EMPTY;
            for (int index = 0; index < other.seats().size(); index++) {
                if (seats.contains(other.seats().get(index).number())) {
                    staying = staying.with(index);
                }
            }
            return staying;
        }
    }

    /** Of the key that the configuration has; one that was dealt for an earlier one where it goes on. */
    String keyId(Configuration configuration) {
        return keyIds.get(Math.toIntExact(configuration.number()));
    }

    /** From the first to the last. */
    List<Configuration> configurations() {
        return configurations;
    }

    Configuration last() {
        return configurations.getLast();
    }

    /** Compiled once a run; nobody has officers' signatures for any other. */
    FaultStructure trust(Configuration configuration) {
        int number = (int) Math.min(configuration.number(), Integer.MAX_VALUE);
        Configuration known = number < configurations.size() ? configurations.get(number) : null;
        boolean same = known == configuration || known != null && known.equals(configuration);
        return same ? structures.get(number) : configuration.trust();
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
    private Group drawn(Draw draw) {
        List<Integer> seats = new ArrayList<>(world.trust().all().toList());
        for (int i = seats.size() - 1; i > 0; i--) {
            seats.add(seats.remove(draw.below(i + 1)));
        }
        int faults = world.trust().survivesAny();
        if (isThreshold()) {
            int fewest = 3 * faults + 1;
            List<Integer> members = List.copyOf(seats.subList(0, fewest + draw.below(seats.size() - fewest + 1)));
            return new Group(members, Formula.select(members.size() - faults, ReplicaSet.firstOf(members.size())));
        }
        return seats.size() <= GENERAL_SIZE_MAX ? general(seats, draw) : whole(seats);
    }

    private Group whole(List<Integer> seats) {
        return new Group(List.copyOf(seats), renamed(world.trust().quorums(), seats));
    }

    /** Perhaps without some, perhaps with more fault sets: whatever has Q3. */
    private Group general(List<Integer> seats, Draw draw) {
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            List<Integer> members = List.copyOf(seats.subList(draw.below(3), seats.size()));
            List<ReplicaSet> sets = new ArrayList<>(world.trust().maximalFaultSets());
            for (int more = draw.below(MORE_SETS_MAX + 1); more > 0; more--) {
                long half = draw.bits();
                sets.add(new ReplicaSet(half & draw.bits()));
            }
            if (sets.stream().anyMatch(set -> members.stream().allMatch(set::contains))) {
                continue; // nobody would be left
            }
            Group group = new Group(members, survivors(members, sets));
            if (ReplicaSet.firstOf(members.size()).toList().stream()
                    .anyMatch(index -> group.quorums().holds(ReplicaSet.of(index)))) {
                // Whoever is a quorum alone executes before its own vote is on its disk, and only its answers wait for
                // that.
                continue;
            }
            try {
                configuration(group, List.of()).trust();
                return group;
            } catch (TrustException e) {
                // Three of the sets cover the members: no structure to run on.
                continue;
            }
        }
        return whole(seats);
    }

    /** Holds for those who contain all members outside one of the sets; there are some outside each. */
    private static Formula survivors(List<Integer> members, List<ReplicaSet> sets) {
        List<Formula> survivors = new ArrayList<>();
        for (ReplicaSet set : sets) {
            ReplicaSet left = ReplicaSet.EMPTY;
            for (int index = 0; index < members.size(); index++) {
                left = set.contains(members.get(index)) ? left : left.with(index);
            }
            survivors.add(Formula.allOf(left));
        }
        return Formula.select(1, survivors);
    }

    private boolean isThreshold() {
        return world.trust().quorums() instanceof Formula.Gate gate
                && gate.replicas().equals(world.trust().all())
                && gate.children().stream().allMatch(child -> child.formula() instanceof Formula.Leaf);
    }

    /** Those who stay are a quorum of those who were; drawn until it is so. */
    private Group following(Draw draw) {
        Configuration before = configurations.getLast();
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            Group group = drawn(draw);
            if (trust(before).isQuorum(group.staying(before))) {
                return group;
            }
        }
        List<Integer> same =
                before.seats().stream().map(Configuration.Seat::number).toList();
        return new Group(same, before.quorums());
    }

    private void add(Group group) {
        Configuration plain = configuration(group, List.of());
        FaultStructure structure = plain.trust();
        boolean goesOn = handsOn && !configurations.isEmpty() && canGoOn(plain, structure);
        String keyId = goesOn ? keyIds.getLast() : "key" + configurations.size();
        keyIds.add(keyId);
        configurations.add(goesOn ? configuration(group, List.of(keyId)) : plain);
        structures.add(structure);
    }

    /** Whether those who stay can hand a key on, whatever fault set of theirs is corrupted; where that takes no time. */
    private boolean canGoOn(Configuration next, FaultStructure structure) {
        Configuration before = configurations.getLast();
        SharingFormula sharing = structures.getLast().sharing();
        if (Math.max(sharing.owners().size(), structure.sharing().owners().size()) > LEAVES_MAX) {
            return false;
        }
        return structure.maximalFaultSets().stream().allMatch(corrupted -> {
            ReplicaSet holders = ReplicaSet.EMPTY;
            for (int index = 0; index < before.seats().size(); index++) {
                int then = next.indexOf(before.seats().get(index).number());
                holders = then >= 0 && !corrupted.contains(then) ? holders.with(index) : holders;
            }
            return sharing.isQualified(holders);
        });
    }

    private Configuration configuration(Group group, List<String> carried) {
        List<byte[]> keys = new ArrayList<>();
        for (int officer = 0; officer < OFFICERS; officer++) {
            keys.add(key(FIRST_OFFICER + officer));
        }
        return new Configuration(
                configurations.size(),
                configurations.isEmpty()
                        ? world.configuration()
                        : configurations.getLast().digest(),
                group.seats().stream()
                        .map(seat -> new Configuration.Seat(seat, new Member("r" + seat, new TreeMap<>()), key(seat)))
                        .toList(),
                List.of(),
                true,
                group.quorums(),
                keys,
                Formula.select(2, ReplicaSet.firstOf(OFFICERS)),
                carried,
                Digest.ZERO);
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
