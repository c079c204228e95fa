package org.maftia.services.detection.benchmark;

import java.util.ArrayList;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * A setting chosen on some networks and judged on others, of whose attacks the choice knew nothing: what one may expect of
 * it where nobody has labels.
 *
 * @param setting of those that remove enough of the tuned networks' harmless alarms the one that loses fewest attack alarms;
 *     of equal ones the one that removes most. If none removes enough, that one
 * @param tuned what it does there, where each network's suspects are those of the other tuned ones
 * @param reported what it does on the other networks, with the suspects of all tuned ones
 */
public record Tuning(Setting setting, List<NetworkBenchmark> tuned, List<NetworkBenchmark> reported) {
    /** What is to be reached: so much removed of the harmless alarms, in ten-thousandths. */
    public static final long REMOVED_BASIS_POINTS_MIN = 9500;

    /** And no more attack alarms lost. */
    public static final long LOST_MAX = 10;

    /** What a setting did on the networks that it is chosen by. */
    private record Trial(Setting setting, List<NetworkBenchmark> results, Outcome sum) {
        private boolean isBetterThan(@Nullable Trial other) {
            if (other == null) {
                return true;
            }
            boolean enough = sum.removedBasisPoints() >= REMOVED_BASIS_POINTS_MIN;
            boolean othersEnough = other.sum.removedBasisPoints() >= REMOVED_BASIS_POINTS_MIN;
            if (!enough || !othersEnough) {
                return enough || !othersEnough && sum.removed() > other.sum.removed();
            }
            return sum.lost() < other.sum.lost()
                    || sum.lost() == other.sum.lost() && sum.removed() > other.sum.removed();
        }
    }

    /** Whether the goal was reached on the networks that the choice knew nothing of. */
    public boolean isReached() {
        Outcome sum = NetworkBenchmark.sum(reported).getFirst();
        return sum.removedBasisPoints() >= REMOVED_BASIS_POINTS_MIN && sum.lost() <= LOST_MAX;
    }

    /** Chooses by the first networks, at least two, and reports on the second, at least one. */
    public static Tuning of(List<LabelledNetwork> tuned, List<LabelledNetwork> reported) {
        List<Setting.Mined> mined = tuned.stream().map(Setting.Mined::of).toList();
        Trial best = null;
        for (Setting setting : Setting.candidates()) {
            List<NetworkBenchmark> results = new ArrayList<>();
            for (Setting.Mined each : mined) {
                results.add(setting.on(each, suspects(tuned, each.network())));
            }
            Trial trial =
                    new Trial(setting, results, NetworkBenchmark.sum(results).getFirst());
            best = trial.isBetterThan(best) ? trial : best;
        }
        if (best == null) {
            throw new IllegalStateException("there are settings to try");
        }
        Setting chosen = best.setting();
        List<NetworkBenchmark> results = reported.stream()
                .map(network -> chosen.on(Setting.Mined.of(network), suspects(tuned, network)))
                .toList();
        return new Tuning(chosen, best.results(), results);
    }

    /** Types that occur in attacks on these networks but one. */
    private static SortedSet<String> suspects(List<LabelledNetwork> networks, LabelledNetwork but) {
        SortedSet<String> suspects = new TreeSet<>();
        networks.stream().filter(each -> each != but).forEach(each -> suspects.addAll(each.attackTypes()));
        return suspects;
    }
}
