package org.maftia.core.trust;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.SortedMap;
import java.util.TreeMap;
import org.maftia.core.trust.TrustPolicy.Clause;
import org.maftia.core.trust.TrustPolicy.Form;
import org.maftia.core.trust.TrustPolicy.Model;
import org.maftia.core.trust.TrustPolicy.Sharing;

/**
 * The fewest replicas, and where to put them, such that the fault structure of a clause satisfies the model's
 * condition.
 *
 * <p>A structure that tolerates k classes of an attribute with L classes satisfies Qm iff every choice of L - mk of the
 * classes of each attribute contains more than m times the {@code any} of the clause: m fault sets cover the rest of the
 * grid and no more. So this is a covering problem on a grid; on two attributes it is the problem of Zarankiewicz.
 *
 * <p>Lower bounds: in any L - mk classes of one attribute stands a solution for the other attributes. They prove nearly
 * all known optima; the rest is branch and bound.
 */
public final class Planner {
    /** Cells of a grid that are searched; attributes with more classes are used in part. */
    private static final int CELLS_MAX = 256;

    /** Choices of classes that are kept as constraints. */
    private static final long BOXES_MAX = 20_000;

    private final Model model;
    private final SequencedMap<String, Integer> classes;
    private final Clause.Joint tolerate;
    private final List<String> attributes;

    private Planner(Model model, SequencedMap<String, Integer> classes, Clause.Joint tolerate) {
        this.model = model;
        this.classes = classes;
        this.tolerate = tolerate;
        this.attributes = classes.sequencedKeySet().stream()
                .filter(tolerate.classes()::containsKey)
                .toList();
    }

    /**
     * Plans a group.
     *
     * @param classes how many classes there are of each attribute, such as sites
     * @param tolerate what may fall together
     * @throws TrustException when the question makes no sense, or the group would be too large to judge
     */
    public static Plan plan(Model model, SequencedMap<String, Integer> classes, Clause.Joint tolerate) {
        return new Planner(model, classes, tolerate).plan();
    }

    private Plan plan() {
        checkQuestion();
        Optional<String> missing = missing();
        if (missing.isPresent()) {
            return new Plan.Impossible(missing.get());
        }
        PlacementProblem whole = problem(Integer.MAX_VALUE);
        int bound = whole.lowerBound();
        if (bound > ReplicaSet.SIZE_MAX) {
            return new Plan.Impossible("replicas: " + bound + " needed, a group has at most " + ReplicaSet.SIZE_MAX);
        }
        if (bound == diagonal() && whole.sizes().stream().allMatch(size -> size >= bound)) {
            return possible(onDiagonal(bound), true);
        }
        PlacementProblem searched = searched();
        List<int[]> cells = new PlacementSearch(searched).solve(bound);
        if (cells.size() > ReplicaSet.SIZE_MAX) {
            return new Plan.Impossible("replicas: no placement of at most " + ReplicaSet.SIZE_MAX + " found");
        }
        boolean proved = cells.size() == bound
                || (searched.sizes().equals(whole.sizes()) && ZarankiewiczSearch.isOptimal(searched, cells.size()));
        return possible(cells, proved);
    }

    private void checkQuestion() {
        if (tolerate.classes().isEmpty() && tolerate.any() < 1) {
            throw new TrustException("nothing is to be tolerated", "say --tolerate site=1 or --tolerate any=1");
        }
        tolerate.classes().forEach((attribute, count) -> {
            if (count < 1 || count > ReplicaSet.SIZE_MAX) {
                throw new TrustException(attribute + "=" + count + " cannot be tolerated", "counts are 1 to 64");
            }
        });
        if (tolerate.any() < 0 || tolerate.any() > ReplicaSet.SIZE_MAX) {
            throw new TrustException("any=" + tolerate.any() + " cannot be tolerated", "counts are 0 to 64");
        }
        classes.forEach((attribute, count) -> {
            if (count < 1) {
                throw new TrustException(attribute + " has " + count + " classes", "every attribute has at least one");
            }
        });
    }

    /** Whole classes may fall only where there are enough of them, however many replicas there are. */
    private Optional<String> missing() {
        List<String> missing = new ArrayList<>();
        for (Map.Entry<String, Integer> entry : tolerate.classes().entrySet()) {
            int given = classes.getOrDefault(entry.getKey(), 0);
            int needed = model.classesNeeded(entry.getValue());
            if (given < needed) {
                missing.add(entry.getKey() + ": " + needed + " classes needed, " + given + " given");
            }
        }
        return missing.isEmpty() ? Optional.empty() : Optional.of(String.join("; ", missing));
    }

    /** The covering problem, of each attribute at most {@code most} classes beside what it cannot do without. */
    private PlacementProblem problem(int most) {
        List<Integer> sizes = new ArrayList<>();
        List<Integer> kept = new ArrayList<>();
        for (String attribute : attributes) {
            int falling = model.sets() * Words.present(tolerate.classes().get(attribute));
            int size = Math.min(Words.present(classes.get(attribute)), Math.max(most, falling + 1));
            sizes.add(size);
            kept.add(size - falling);
        }
        return new PlacementProblem(sizes, kept, model.sets() * tolerate.any() + 1);
    }

    /** Enough replicas where no two share a class: each fault set takes one for each class and replica it names. */
    private int diagonal() {
        int each = tolerate.any();
        for (int count : tolerate.classes().values()) {
            each += count;
        }
        return model.classesNeeded(each);
    }

    private List<int[]> onDiagonal(int replicas) {
        List<int[]> cells = new ArrayList<>();
        for (int i = 0; i < replicas; i++) {
            int[] cell = new int[attributes.size()];
            Arrays.fill(cell, i);
            cells.add(cell);
        }
        return cells;
    }

    /** The largest part of the grid that is worth a search; more classes than replicas are of no use. */
    private PlacementProblem searched() {
        int most = ReplicaSet.SIZE_MAX;
        PlacementProblem problem = problem(most);
        while (most > 1 && (problem.cells() > CELLS_MAX || problem.boxes() > BOXES_MAX)) {
            most--;
            problem = problem(most);
        }
        return problem;
    }

    private Plan possible(List<int[]> cells, boolean proved) {
        List<SortedMap<String, String>> placement = new ArrayList<>();
        List<Member> members = new ArrayList<>();
        for (int[] cell : cells) {
            SortedMap<String, String> values = new TreeMap<>();
            for (String attribute : classes.sequencedKeySet()) {
                // Attributes that the clause does not name do not matter: they are dealt out in turn.
                int at = attributes.indexOf(attribute);
                int value = at >= 0 ? cell[at] : placement.size() % Words.present(classes.get(attribute));
                values.put(attribute, attribute + "-" + (value + 1));
            }
            placement.add(values);
            members.add(new Member("r" + placement.size(), values));
        }
        TrustPolicy policy = new TrustPolicy(
                model,
                List.copyOf(classes.sequencedKeySet()),
                List.of(tolerate),
                Form.EXACT,
                Sharing.PLAIN,
                Optional.empty());
        // The check of a real group has the last word, also over built-in placements.
        FaultStructure trust = FaultStructure.compile(policy, members);
        int lost = trust.largestFaultSet();
        return new Plan.Possible(cells.size(), lost, (cells.size() - 1) / model.sets(), proved, placement, trust);
    }
}
