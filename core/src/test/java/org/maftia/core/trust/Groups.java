package org.maftia.core.trust;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import org.maftia.core.trust.TrustPolicy.Clause;
import org.maftia.core.trust.TrustPolicy.Form;
import org.maftia.core.trust.TrustPolicy.Model;
import org.maftia.core.trust.TrustPolicy.Sharing;

/** Groups and policies that several tests use. */
final class Groups {
    static final List<String> SITES = List.of("zurich", "paris", "oslo", "wien", "rome", "bern", "lyon", "graz");
    static final List<String> SYSTEMS =
            List.of("debian", "fedora", "ubuntu", "alpine", "suse", "arch", "gentoo", "bsd");

    private Groups() {}

    /** One replica for each mark in rows such as {@code ##... #..##}: a row is a site, a column a system. */
    static List<Member> placed(String rows) {
        List<Member> members = new ArrayList<>();
        String[] lines = rows.split(" ");
        for (int site = 0; site < lines.length; site++) {
            for (int system = 0; system < lines[site].length(); system++) {
                if (lines[site].charAt(system) == '#') {
                    members.add(new Member(
                            "r" + (members.size() + 1),
                            new TreeMap<>(Map.of("site", SITES.get(site), "os", SYSTEMS.get(system)))));
                }
            }
        }
        return members;
    }

    static List<Member> grid(int sites, int systems) {
        return placed(String.join(" ", Collections.nCopies(sites, "#".repeat(systems))));
    }

    /** Classes of these sizes. */
    static List<Member> classes(int... sizes) {
        List<Member> members = new ArrayList<>();
        for (int i = 0; i < sizes.length; i++) {
            for (int j = 0; j < sizes[i]; j++) {
                members.add(new Member(
                        "r" + (members.size() + 1), new TreeMap<>(Map.of("class", "" + (char) ('a' + i)))));
            }
        }
        return members;
    }

    static Clause siteAndSystem() {
        return new Clause.Joint(new TreeMap<>(Map.of("site", 1, "os", 1)), 0);
    }

    static TrustPolicy gridPolicy(Model model, Form form, Sharing sharing) {
        return new TrustPolicy(model, List.of("site", "os"), List.of(siteAndSystem()), form, sharing, Optional.empty());
    }

    static FaultStructure grid4x4(Form form) {
        return FaultStructure.compile(gridPolicy(Model.ASYNCHRONOUS, form, Sharing.STRONG), grid(4, 4));
    }

    /** A formula over some of {@code size} replicas, at most {@code depth} gates deep. */
    static Formula randomFormula(Random random, int size, int depth) {
        if (depth == 0 || random.nextInt(4) == 0) {
            return new Formula.Leaf(random.nextInt(size));
        }
        List<Formula.Child> children = new ArrayList<>();
        int count = 1 + random.nextInt(5);
        int total = 0;
        for (int i = 0; i < count; i++) {
            int weight = random.nextInt(3) == 0 ? 1 + random.nextInt(3) : 1;
            total += weight;
            children.add(new Formula.Child(weight, randomFormula(random, size, depth - 1)));
        }
        return new Formula.Gate(1 + random.nextInt(total), children);
    }

    /** The sets that satisfy the formula while no smaller part of them does, by trying all sets. */
    static List<Long> minimalByHand(Formula formula, int size) {
        boolean[] holds = new boolean[1 << size];
        for (int set = 0; set < holds.length; set++) {
            holds[set] = formula.holds(new ReplicaSet(set));
        }
        List<Long> minimal = new ArrayList<>();
        for (int set = 0; set < holds.length; set++) {
            boolean least = holds[set];
            for (int i = 0; i < size; i++) {
                least &= (set & 1 << i) == 0 || !holds[set & ~(1 << i)];
            }
            if (least) {
                minimal.add((long) set);
            }
        }
        return minimal;
    }
}
