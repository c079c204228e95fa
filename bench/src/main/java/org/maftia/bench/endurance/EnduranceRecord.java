package org.maftia.bench.endurance;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.maftia.bench.endurance.Judgement.Figure;
import org.maftia.bench.endurance.Operation.Outcome;

/**
 * What a run did and what came of it.
 *
 * @param facts what ran where, by name
 * @param witness the replica that was never killed before the end
 * @param lastMicros when the load ended
 */
record EnduranceRecord(
        Map<String, String> facts,
        String witness,
        long lastMicros,
        List<Operation> operations,
        List<Episode> episodes,
        List<Footprint> footprints,
        Map<Figure, Trend> trends,
        List<String> leftOut,
        List<String> findings) {
    private static Map<String, List<Episode>> byKind(List<Episode> episodes) {
        Map<String, List<Episode>> kinds = new TreeMap<>();
        episodes.forEach(episode -> kinds.computeIfAbsent(episode.kind().word(), kind -> new ArrayList<>())
                .add(episode));
        return kinds;
    }

    private static String seconds(double micros) {
        return String.format(Locale.ROOT, "%.1f", micros / 1e6);
    }

    private static String number(double value) {
        return String.format(Locale.ROOT, "%.1f", value);
    }

    private Map<String, Long> counts() {
        Map<String, Long> counts = new TreeMap<>();
        operations.forEach(operation -> counts.merge(
                operation.action().name().toLowerCase(Locale.ROOT) + " "
                        + operation.outcome().name().toLowerCase(Locale.ROOT),
                1L,
                Long::sum));
        return counts;
    }

    private long count(Outcome outcome) {
        return operations.stream()
                .filter(operation -> operation.outcome() == outcome)
                .count();
    }

    String markdown() {
        StringBuilder out = new StringBuilder();
        facts.forEach((name, value) ->
                out.append("* ").append(name).append(": ").append(value).append('\n'));
        leftOut.forEach(what -> out.append("* left out: ").append(what).append('\n'));
        out.append("* operations: ")
                .append(operations.size())
                .append(", of them acknowledged ")
                .append(count(Outcome.OK))
                .append(", refused ")
                .append(count(Outcome.FAIL))
                .append(", of unknown outcome ")
                .append(count(Outcome.UNKNOWN))
                .append("\n\n");
        out.append("**")
                .append(findings.isEmpty() ? "No broken promise." : "Broken promises:")
                .append("**\n\n");
        findings.forEach(finding -> out.append("* ").append(finding).append('\n'));
        if (!findings.isEmpty()) {
            out.append('\n');
        }
        faults(out);
        memory(out);
        processes(out);
        return out.toString();
    }

    /** How long each kind of fault was felt. */
    private void faults(StringBuilder out) {
        Map<String, Long> gaps = Gaps.longest(operations, episodes);
        out.append("| fault | times | s under it | longest time to get well, s | longest time without an answer, s |\n")
                .append("|---|---|---|---|---|\n");
        byKind(episodes)
                .forEach((kind, list) -> out.append("| ")
                        .append(kind)
                        .append(" | ")
                        .append(list.size())
                        .append(" | ")
                        .append(seconds(list.stream()
                                .mapToLong(e -> e.endMicros() - e.beginMicros())
                                .sum()))
                        .append(" | ")
                        .append(seconds(list.stream()
                                .mapToLong(e -> e.wellMicros() - e.endMicros())
                                .max()
                                .orElse(0)))
                        .append(" | ")
                        .append(seconds(gaps.getOrDefault(kind, 0L)))
                        .append(" |\n"));
        out.append("| ")
                .append(Gaps.QUIET)
                .append(" | | ")
                .append(" | | ")
                .append(seconds(gaps.getOrDefault(Gaps.QUIET, 0L)))
                .append(" |\n\n");
    }

    /** The witness over the whole run. */
    private void memory(StringBuilder out) {
        out.append("Footprint of ")
                .append(witness)
                .append(", which no fault killed before the end; floors of minutes, after ")
                .append(Judgement.WARM_MICROS / 60_000_000)
                .append(" minutes of warming up:\n\n")
                .append(
                        "| figure | minutes | first | last | growth in an hour | judged |\n|---|---|---|---|---|---|\n");
        trends.forEach((figure, trend) -> out.append("| ")
                .append(figure.title())
                .append(" | ")
                .append(trend.minutes())
                .append(" | ")
                .append(number(figure.inUnits(trend.first())))
                .append(" | ")
                .append(number(figure.inUnits(trend.last())))
                .append(" | ")
                .append(number(figure.inUnits(trend.perHour())))
                .append(" | ")
                .append(trend.isJudged() ? figure.isFlat(trend) ? "flat" : "GROWS" : "too short")
                .append(" |\n"));
        out.append('\n');
    }

    /** All replicas, whose processes are many. */
    private void processes(StringBuilder out) {
        out.append("| replica | processes | most of: ");
        for (Figure figure : Figure.values()) {
            out.append(figure.title()).append(" | ");
        }
        out.append("\n|---|---|---|---|---|---|---|\n");
        Map<String, List<Footprint>> byId = new TreeMap<>();
        footprints.forEach(sample ->
                byId.computeIfAbsent(sample.id(), id -> new ArrayList<>()).add(sample));
        byId.forEach((id, samples) -> {
            out.append("| ")
                    .append(id)
                    .append(" | ")
                    .append(samples.stream()
                            .mapToLong(Footprint::pid)
                            .distinct()
                            .count());
            for (Figure figure : Figure.values()) {
                long most = samples.stream().mapToLong(figure::of).max().orElse(0);
                out.append(" | ").append(figure.inUnits(1) < 1 ? number(figure.inUnits(most)) : "" + most);
            }
            out.append(" |\n");
        });
    }

    /** One line. */
    String json() {
        ObjectNode root = new ObjectMapper().createObjectNode();
        ObjectNode about = root.putObject("facts");
        facts.forEach(about::put);
        root.put("seconds", lastMicros / 1_000_000).put("witness", witness);
        ObjectNode counted = root.putObject("operations");
        counts().forEach(counted::put);
        ObjectNode gaps = root.putObject("longestGapMicros");
        new LinkedHashMap<>(Gaps.longest(operations, episodes)).forEach(gaps::put);
        var faults = root.putArray("faults");
        episodes.forEach(episode -> faults.addObject()
                .put("kind", episode.kind().word())
                .put("detail", episode.detail())
                .put("beginMicros", episode.beginMicros())
                .put("endMicros", episode.endMicros())
                .put("wellMicros", episode.wellMicros()));
        ObjectNode memory = root.putObject("trends");
        trends.forEach((figure, trend) -> memory.putObject(figure.name().toLowerCase(Locale.ROOT))
                .put("minutes", trend.minutes())
                .put("first", trend.first())
                .put("last", trend.last())
                .put("perHour", trend.perHour())
                .put("flat", figure.isFlat(trend)));
        var broken = root.putArray("findings");
        findings.forEach(broken::add);
        return root.toString();
    }
}
