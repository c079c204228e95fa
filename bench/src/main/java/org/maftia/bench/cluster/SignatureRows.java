package org.maftia.bench.cluster;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.maftia.bench.crypto.ShareCeiling;

/** What a group does a second that costs RSA signatures, beside what their shares alone allow on the same machine in the same run. */
final class SignatureRows {
    private static final int CEILING_SECONDS = 5;

    private final Kind kind;
    private final int rsaBits;
    private final PrintStream progress;

    /**
     * What is measured.
     *
     * @param what in the plural
     * @param signatures that one of it takes
     */
    record Kind(String what, int signatures, Load load) {}

    /** Runs one row. */
    @FunctionalInterface
    interface Load {
        ClosedLoop.Outcome run(int clients, Side.Times times) throws IOException, InterruptedException;
    }

    SignatureRows(Kind kind, int rsaBits, PrintStream progress) {
        this.kind = kind;
        this.rsaBits = rsaBits;
        this.progress = progress;
    }

    String measure(List<Integer> clients, int rounds, Side.Times times, boolean json)
            throws IOException, InterruptedException {
        ShareCeiling shares = ShareCeiling.deal(rsaBits);
        ShareCeiling.Rate before = shares.measure(CEILING_SECONDS);
        List<ClosedLoop.Outcome> results = new ArrayList<>();
        for (int round = 0; round < rounds; round++) {
            for (int count : clients) {
                results.add(kind.load.run(count, times));
                progress.println("round " + (round + 1) + " " + results.getLast());
            }
        }
        // Measured on both sides of the load, so that a machine that slows down shows.
        ShareCeiling.Rate after = shares.measure(CEILING_SECONDS);
        return json ? json(results, before, after) : text(results, before, after);
    }

    /** How many a second shares allow. */
    private double ceiling(ShareCeiling.Rate before, ShareCeiling.Rate after) {
        return (before.perSecond() + after.perSecond()) / 2 / kind.signatures;
    }

    /** Of processor time for the shares of one. */
    private double shareMicros(ShareCeiling.Rate before, ShareCeiling.Rate after) {
        return (before.cpuMicros() + after.cpuMicros()) / 2 * kind.signatures;
    }

    private String text(List<ClosedLoop.Outcome> results, ShareCeiling.Rate before, ShareCeiling.Rate after) {
        double ceiling = ceiling(before, after);
        double shareMicros = shareMicros(before, after);
        StringBuilder out = new StringBuilder(String.format(
                Locale.ROOT,
                "RSA-%d shares alone allow %.1f signatures/s before, %.1f after the load; those of one of the %s take"
                        + " %.1f ms of CPU%n",
                rsaBits,
                before.perSecond(),
                after.perSecond(),
                kind.what,
                shareMicros / 1e3));
        for (ClosedLoop.Outcome row : results) {
            out.append(String.format(
                    Locale.ROOT,
                    "%4d clients %8.1f %s/s  p50 %7.1f ms  p99 %7.1f ms  %3.0f %% of what shares allow"
                            + "  replicas' cpu %5.1f ms, shares %.0f %% of it%n",
                    row.clients(),
                    row.perSecond(),
                    kind.what,
                    row.p50Micros() / 1e3,
                    row.p99Micros() / 1e3,
                    100 * row.perSecond() / ceiling,
                    row.cpuMicros() / 1e3,
                    100 * shareMicros / row.cpuMicros()));
        }
        return out.toString();
    }

    private String json(List<ClosedLoop.Outcome> results, ShareCeiling.Rate before, ShareCeiling.Rate after) {
        ObjectNode all = new ObjectMapper().createObjectNode();
        all.put("ceilingBefore", before.perSecond()).put("ceilingAfter", after.perSecond());
        all.put("cpuMicrosOfShares", shareMicros(before, after)).put("rsaBits", rsaBits);
        double ceiling = ceiling(before, after);
        var rows = all.putArray("rows");
        results.forEach(row -> rows.addObject()
                .put("clients", row.clients())
                .put(kind.what + "PerSecond", row.perSecond())
                .put("p50Micros", row.p50Micros())
                .put("p99Micros", row.p99Micros())
                .put("cpuMicrosEach", row.cpuMicros())
                .put("shareOfCeiling", row.perSecond() / ceiling));
        return all.toString();
    }
}
