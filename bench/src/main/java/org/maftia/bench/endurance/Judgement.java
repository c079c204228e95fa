package org.maftia.bench.endurance;

import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.ToLongFunction;
import java.util.stream.Stream;

/** The checks at the end of a run. */
final class Judgement {
    /** Until then compilers and caches fill up. */
    static final long WARM_MICROS = 300_000_000;

    private static final int KIB_PER_MIB = 1024;

    /** A figure of a process that must not grow; the allowance is for an hour. */
    enum Figure {
        RESIDENT("resident memory, MiB", Footprint::residentKib, 16L * KIB_PER_MIB, KIB_PER_MIB),
        HEAP("used heap, MiB", Footprint::heapKib, 8L * KIB_PER_MIB, KIB_PER_MIB),
        DATA("journal, MiB", Footprint::dataKib, 16L * KIB_PER_MIB, KIB_PER_MIB),
        DESCRIPTORS("file descriptors", Footprint::descriptors, 6, 1),
        THREADS("threads", Footprint::threads, 6, 1);

        private final String title;
        private final ToLongFunction<Footprint> value;
        private final long allowancePerHour;
        private final long unit;

        Figure(String title, ToLongFunction<Footprint> value, long allowancePerHour, long unit) {
            this.title = title;
            this.value = value;
            this.allowancePerHour = allowancePerHour;
            this.unit = unit;
        }

        String title() {
            return title;
        }

        double inUnits(double number) {
            return number / unit;
        }

        long of(Footprint footprint) {
            return value.applyAsLong(footprint);
        }

        Trend trend(List<Footprint> samples) {
            return Trend.of(samples, WARM_MICROS, value);
        }

        boolean isFlat(Trend trend) {
            return !trend.isJudged() || trend.isFlat(allowancePerHour);
        }
    }

    private Judgement() {}

    /** Every key against its check. */
    static void ofHistories(Map<String, List<Operation>> byKey, Findings findings) {
        byKey.forEach((key, history) -> {
            boolean counter = history.stream().anyMatch(operation -> operation.action() == Operation.Action.ADD);
            Stream<Optional<String>> found = counter
                    ? Stream.of(CounterCheck.of(history))
                    : Stream.of(RegisterCheck.of(history), CertifiedCheck.of(history));
            found.flatMap(Optional::stream).forEach(finding -> findings.add(key + ": " + finding));
        });
    }

    /** The witness, which lived from beginning to end. */
    static Map<Figure, Trend> ofMemory(List<Footprint> footprints, String witness, Findings findings) {
        List<Footprint> samples = footprints.stream()
                .filter(sample -> sample.id().equals(witness))
                .toList();
        Map<Figure, Trend> trends = new EnumMap<>(Figure.class);
        for (Figure figure : Figure.values()) {
            Trend trend = figure.trend(samples);
            trends.put(figure, trend);
            if (!figure.isFlat(trend)) {
                findings.add(String.format(
                        Locale.ROOT,
                        "%s of %s grows: from %.1f to %.1f in %d minutes",
                        figure.title(),
                        witness,
                        figure.inUnits(trend.first()),
                        figure.inUnits(trend.last()),
                        trend.minutes()));
            }
        }
        return trends;
    }
}
