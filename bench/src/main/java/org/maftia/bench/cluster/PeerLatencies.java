package org.maftia.bench.cluster;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.maftia.client.load.LatencyRecorder;
import org.maftia.client.load.LoadResult;
import org.maftia.client.load.ProcessCost;

/**
 * What the peer's client wrote of a stretch of time: a line for each answer, with the client's number, the clock in
 * milliseconds and the latency in nanoseconds, between tabs.
 */
final class PeerLatencies {
    private static final int TAIL_BYTES = 4096;

    private final LatencyRecorder latencies = new LatencyRecorder();
    private final long millis;

    private PeerLatencies(long millis) {
        this.millis = millis;
    }

    /** Counts the answers that came from {@code begin}, included, to {@code end}, excluded. */
    static PeerLatencies read(Path file, long begin, long end) throws IOException {
        PeerLatencies found = new PeerLatencies(end - begin);
        try (BufferedReader reader = Files.newBufferedReader(file, StandardCharsets.US_ASCII)) {
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                String[] fields = line.split("\t", -1);
                // The last line may be cut off.
                if (fields.length == 3 && !fields[2].isEmpty()) {
                    long at = Long.parseLong(fields[1]);
                    if (at >= begin && at < end) {
                        found.latencies.add(Long.parseLong(fields[2]) / 1000);
                    }
                }
            }
        }
        return found;
    }

    /** The clock of the last whole line; 0 when there is none. */
    static long lastMillis(Path file) throws IOException {
        if (!Files.exists(file)) {
            return 0;
        }
        try (RandomAccessFile open = new RandomAccessFile(file.toFile(), "r")) {
            long start = Math.max(0, open.length() - TAIL_BYTES);
            byte[] tail = new byte[(int) (open.length() - start)];
            open.seek(start);
            open.readFully(tail);
            String[] lines = new String(tail, StandardCharsets.US_ASCII).split("\n", -1);
            // What follows the last line feed is no whole line.
            String[] fields = lines.length < 2 ? new String[0] : lines[lines.length - 2].split("\t", -1);
            return fields.length == 3 ? Long.parseLong(fields[1]) : 0;
        }
    }

    LoadResult result(int clients, int payload, ProcessCost cost) {
        long count = latencies.count();
        boolean known = cost.cpuMicros() > 0 && count > 0;
        return new LoadResult(
                clients,
                payload,
                count,
                0,
                count * 1e3 / millis,
                latencies.percentileMicros(0.5),
                latencies.percentileMicros(0.9),
                latencies.percentileMicros(0.99),
                latencies.percentileMicros(0.999),
                latencies.maxMicros(),
                known ? (double) cost.cpuMicros() / count : -1,
                known ? (double) cost.writtenBytes() / count : -1);
    }
}
