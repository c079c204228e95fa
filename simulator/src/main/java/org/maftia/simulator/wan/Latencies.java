package org.maftia.simulator.wan;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * One-way delays between regions: half of the published round trip, and the same in both directions, as nobody can measure
 * one direction without clocks that agree.
 */
final class Latencies {
    /** In words, for reports. */
    static final String SOURCE =
            "Microsoft, \"Azure network round-trip latency statistics\", P50 of 30 days, 30 July 2026";

    private static final String RESOURCE = "round-trips-2026-07-30.csv";

    /** Between buildings of one region, where nothing is published: half of a millisecond of round trip. */
    private static final long REGION_MICROS = 500;

    private static final long MICROS_PER_MILLI = 1_000;

    private final SortedMap<String, SortedMap<String, Long>> roundTripMicros = new TreeMap<>();

    private Latencies() {}

    /** The published figures. */
    static Latencies published() {
        Latencies latencies = new Latencies();
        List<String> rows =
                resource().lines().filter(line -> !line.startsWith("#")).toList();
        String[] columns = rows.getFirst().split(",", -1);
        for (String row : rows.subList(1, rows.size())) {
            String[] cells = row.split(",", -1);
            SortedMap<String, Long> from = new TreeMap<>();
            for (int i = 1; i < columns.length; i++) {
                if (!cells[i].isEmpty()) {
                    from.put(columns[i], Long.parseLong(cells[i]) * MICROS_PER_MILLI);
                }
            }
            latencies.roundTripMicros.put(cells[0], from);
        }
        return latencies;
    }

    private static String resource() {
        try (InputStream in = Latencies.class.getResourceAsStream(RESOURCE)) {
            return new String(Objects.requireNonNull(in, RESOURCE).readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new IllegalStateException("the figures are a resource of this package", e);
        }
    }

    /** Half of the mean of both directions' round trips. */
    long oneWayMicros(String from, String to) {
        return from.equals(to) ? REGION_MICROS : (roundTrip(from, to) + roundTrip(to, from)) / 4;
    }

    private long roundTrip(String from, String to) {
        Long micros = roundTripMicros.getOrDefault(from, new TreeMap<>()).get(to);
        if (micros == null) {
            throw new IllegalArgumentException("nothing is published from " + from + " to " + to);
        }
        return micros;
    }
}
