package org.maftia.services.detection.coverage;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import org.maftia.core.trust.ReplicaSet;

/**
 * The cheapest sensors with which each required class is as well seen as it must be.
 *
 * @param chosen the sensors
 * @param cost of all of them
 * @param proved whether the search ended, so that nothing is cheaper; else it is the best that was found within
 *     {@link #STEPS_MAX}
 * @param unreachable requirements that even all sensors together do not fulfil; where they at least see the class, the chosen
 *     ones do too
 */
public record SensorSelection(ReplicaSet chosen, long cost, boolean proved, List<Coverage.Row> unreachable) {
    /** Partial choices looked at before the search gives up its proof: a few seconds. */
    public static final int STEPS_MAX = 5_000_000;

    public SensorSelection {
        unreachable = List.copyOf(unreachable);
    }

    /** Chooses from all sensors of the matrix. */
    public static SensorSelection cheapest(Coverage coverage, SensorTrust trust) {
        SortedSet<ReplicaSet> demands = new TreeSet<>();
        List<Coverage.Row> unreachable = new ArrayList<>();
        for (Coverage.Row row : coverage.rows()) {
            AttackClass.Requirement required = row.attack().required();
            if (required == AttackClass.Requirement.NONE) {
                continue;
            }
            boolean twice = required == AttackClass.Requirement.CORROBORATED;
            Verdict wanted = twice ? Verdict.CORROBORATED : Verdict.SEEN;
            if (row.verdict().compareTo(wanted) < 0) {
                unreachable.add(row);
            }
            if (row.verdict().compareTo(Verdict.SEEN) >= 0) {
                demand(row.seeing(), row.verdict().compareTo(wanted) >= 0 && twice, trust, demands);
            }
        }
        long[] costs = coverage.sensors().stream().mapToLong(Sensor::cost).toArray();
        Search search = new Search(costs, minimal(demands));
        search.run();
        return new SensorSelection(new ReplicaSet(search.best), search.bestCost, search.steps < STEPS_MAX, unreachable);
    }

    /** Of each set that is demanded some member must be chosen: outside of each fault set, or of each two. */
    private static void demand(ReplicaSet seeing, boolean twice, SensorTrust trust, SortedSet<ReplicaSet> demands) {
        List<ReplicaSet> faults = trust.maximalFaultSets();
        for (int i = 0; i < faults.size(); i++) {
            ReplicaSet left = seeing.minus(faults.get(i));
            for (int j = i; twice && j < faults.size(); j++) {
                demands.add(left.minus(faults.get(j)));
            }
            if (!twice) {
                demands.add(left);
            }
        }
        if (faults.isEmpty()) {
            demands.add(seeing);
        }
    }

    /** Without those that follow from a smaller one; few members first. */
    private static long[] minimal(SortedSet<ReplicaSet> demands) {
        List<ReplicaSet> sorted = demands.stream()
                .sorted(Comparator.comparingInt(ReplicaSet::size).thenComparing(Comparator.naturalOrder()))
                .toList();
        List<ReplicaSet> kept = new ArrayList<>();
        for (ReplicaSet demand : sorted) {
            if (kept.stream().noneMatch(demand::containsAll)) {
                kept.add(demand);
            }
        }
        return kept.stream().mapToLong(ReplicaSet::bits).toArray();
    }

    /**
     * Branch and bound. A branch takes one member of the open demand with the fewest candidates and forbids those tried before,
     * so that no choice is looked at twice. The bound adds the cheapest members of open demands that share none.
     */
    private static final class Search {
        private final long[] costs;
        private final long[] demands;
        private long best;
        private long bestCost;
        private int steps;

        private Search(long[] costs, long[] demands) {
            this.costs = costs;
            this.demands = demands;
        }

        private void run() {
            best = greedy();
            bestCost = cost(best);
            branch(0, 0, 0);
        }

        private long cost(long set) {
            long sum = 0;
            for (long rest = set; rest != 0; rest &= rest - 1) {
                sum += costs[Long.numberOfTrailingZeros(rest)];
            }
            return sum;
        }

        /** Takes what meets most open demands for its cost, until none is open; then drops what is not needed. */
        private long greedy() {
            long chosen = 0;
            while (firstOpen(chosen, 0) >= 0) {
                int pick = -1;
                long pickMet = 0;
                for (int i = 0; i < costs.length; i++) {
                    long met = (chosen & 1L << i) == 0 ? open(chosen) - open(chosen | 1L << i) : 0;
                    // met / cost compared without division; ties go to the lower index
                    if (met > 0 && (pick < 0 || met * Math.max(1, costs[pick]) > pickMet * Math.max(1, costs[i]))) {
                        pick = i;
                        pickMet = met;
                    }
                }
                chosen |= 1L << pick;
            }
            for (int i = costs.length - 1; i >= 0; i--) {
                long without = chosen & ~(1L << i);
                chosen = firstOpen(without, 0) < 0 ? without : chosen;
            }
            return chosen;
        }

        private long open(long chosen) {
            long count = 0;
            for (long demand : demands) {
                count += (demand & chosen) == 0 ? 1 : 0;
            }
            return count;
        }

        private int firstOpen(long chosen, int from) {
            for (int i = from; i < demands.length; i++) {
                if ((demands[i] & chosen) == 0) {
                    return i;
                }
            }
            return -1;
        }

        private void branch(long chosen, long cost, long forbidden) {
            if (steps >= STEPS_MAX || cost >= bestCost) {
                return;
            }
            steps++;
            long tightest = 0;
            int fewest = Long.SIZE + 1;
            long bound = cost;
            long used = 0;
            for (long demand : demands) {
                if ((demand & chosen) != 0) {
                    continue;
                }
                long candidates = demand & ~forbidden;
                int count = Long.bitCount(candidates);
                if (count < fewest) {
                    fewest = count;
                    tightest = candidates;
                }
                if ((candidates & used) == 0) {
                    used |= candidates;
                    bound += cheapestOf(candidates);
                }
            }
            if (fewest > Long.SIZE) {
                best = chosen;
                bestCost = cost;
                return;
            }
            if (fewest == 0 || bound >= bestCost) {
                return;
            }
            long tried = forbidden;
            while (tightest != 0) {
                int next = cheapestIndex(tightest);
                branch(chosen | 1L << next, cost + costs[next], tried);
                tightest &= ~(1L << next);
                tried |= 1L << next;
            }
        }

        private long cheapestOf(long set) {
            return set == 0 ? 0 : costs[cheapestIndex(set)];
        }

        private int cheapestIndex(long set) {
            int cheapest = Long.numberOfTrailingZeros(set);
            for (long rest = set & set - 1; rest != 0; rest &= rest - 1) {
                int i = Long.numberOfTrailingZeros(rest);
                cheapest = costs[i] < costs[cheapest] ? i : cheapest;
            }
            return cheapest;
        }
    }
}
