package org.maftia.bench.cluster;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import org.maftia.client.load.LoadResult;

/** All rounds of all rows, by side; what is told of a row is the median over its rounds. */
final class Comparison {
    private static final String HEAD = "payload clients side             op/s  lowest-highest       p50 ms   p99 ms"
            + "   cpu us/op/replica  written B/op  failures";

    /** A row: what was asked. */
    private record Row(int payload, int clients) {}

    private final List<String> sides;
    private final List<Integer> replicas;
    private final Map<Row, Map<String, List<LoadResult>>> rows = new LinkedHashMap<>();

    /**
     * @param sides their names; where there are two, ratios are of the first to the second
     * @param replicas of each side: costs are told for one
     */
    Comparison(List<String> sides, List<Integer> replicas) {
        this.sides = List.copyOf(sides);
        this.replicas = List.copyOf(replicas);
    }

    private double cpuMicros(String side, List<LoadResult> results) {
        return median(results, LoadResult::cpuMicrosPerOperation) / replicas.get(sides.indexOf(side));
    }

    void add(String side, LoadResult result) {
        rows.computeIfAbsent(new Row(result.payloadBytes(), result.clients()), row -> new LinkedHashMap<>())
                .computeIfAbsent(side, name -> new ArrayList<>())
                .add(result);
    }

    /** The middle value; of an even number the mean of the two in the middle. */
    static double median(List<LoadResult> results, ToDoubleFunction<LoadResult> field) {
        double[] sorted = results.stream().mapToDouble(field).sorted().toArray();
        int middle = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }

    /** First side over second. */
    private double ratio(Map<String, List<LoadResult>> row, ToDoubleFunction<LoadResult> field) {
        return median(of(row, 0), field) / median(of(row, 1), field);
    }

    private List<LoadResult> of(Map<String, List<LoadResult>> row, int side) {
        return row.getOrDefault(sides.get(side), List.of());
    }

    private boolean isCompared(Map<String, List<LoadResult>> row) {
        return sides.size() == 2 && row.size() == 2;
    }

    String text() {
        StringBuilder out = new StringBuilder(HEAD).append('\n');
        rows.forEach((row, bySide) -> {
            bySide.forEach((side, results) -> out.append(line(row, side, results)));
            if (isCompared(bySide)) {
                out.append(String.format(
                        Locale.ROOT,
                        "%7d %7d ratio      %10.2fx %30.2fx %7.2fx%n",
                        row.payload,
                        row.clients,
                        ratio(bySide, LoadResult::operationsPerSecond),
                        ratio(bySide, LoadResult::p50Micros),
                        ratio(bySide, LoadResult::p99Micros)));
            }
        });
        return out.toString();
    }

    private String line(Row row, String side, List<LoadResult> results) {
        return String.format(
                Locale.ROOT,
                "%7d %7d %-10s %10.0f  %6.0f-%-6.0f      %10.2f %8.2f %19.1f %13.0f %9.0f%n",
                row.payload,
                row.clients,
                side,
                median(results, LoadResult::operationsPerSecond),
                results.stream()
                        .mapToDouble(LoadResult::operationsPerSecond)
                        .min()
                        .orElse(0),
                results.stream()
                        .mapToDouble(LoadResult::operationsPerSecond)
                        .max()
                        .orElse(0),
                median(results, LoadResult::p50Micros) / 1e3,
                median(results, LoadResult::p99Micros) / 1e3,
                cpuMicros(side, results),
                median(results, LoadResult::bytesPerOperation),
                median(results, LoadResult::failures));
    }

    /** One object for each row, with every round in it. */
    ArrayNode json() {
        ArrayNode all = new ObjectMapper().createArrayNode();
        rows.forEach((row, bySide) -> {
            ObjectNode node = all.addObject();
            node.put("payloadBytes", row.payload).put("clients", row.clients);
            ObjectNode bySideNode = node.putObject("sides");
            bySide.forEach((side, results) -> json(bySideNode.putObject(side), side, results));
            if (isCompared(bySide)) {
                node.putObject("ratio")
                        .put("operationsPerSecond", ratio(bySide, LoadResult::operationsPerSecond))
                        .put("p50", ratio(bySide, LoadResult::p50Micros))
                        .put("p99", ratio(bySide, LoadResult::p99Micros));
            }
        });
        return all;
    }

    private void json(ObjectNode node, String side, List<LoadResult> results) {
        node.put("operationsPerSecond", median(results, LoadResult::operationsPerSecond));
        node.put("p50Micros", median(results, LoadResult::p50Micros));
        node.put("p99Micros", median(results, LoadResult::p99Micros));
        node.put("cpuMicrosPerOperationAndReplica", cpuMicros(side, results));
        node.put("writtenBytesPerOperation", median(results, LoadResult::bytesPerOperation));
        node.put("failures", median(results, LoadResult::failures));
        ArrayNode rounds = node.putArray("rounds");
        results.forEach(result -> rounds.addObject()
                .put("operationsPerSecond", result.operationsPerSecond())
                .put("p50Micros", result.p50Micros())
                .put("p99Micros", result.p99Micros()));
    }
}
