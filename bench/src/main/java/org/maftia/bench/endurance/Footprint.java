package org.maftia.bench.endurance;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What one process of a replica used at one moment.
 *
 * @param pid of the process: another one after each restart
 * @param residentKib memory that it holds
 * @param heapKib used of the heap, garbage included; 0 when the replica did not answer
 * @param dataKib of its journal's directory
 */
record Footprint(
        String id,
        long pid,
        long atMicros,
        long residentKib,
        long heapKib,
        long descriptors,
        long threads,
        long dataKib) {
    /** Looks at a process; empty when it has just ended. */
    static Optional<Footprint> of(String id, long pid, long atMicros, long heapBytes, long dataBytes) {
        Path process = Path.of("/proc", Long.toString(pid));
        try (Stream<Path> open = Files.list(process.resolve("fd"))) {
            String status = Files.readString(process.resolve("status"), StandardCharsets.ISO_8859_1);
            return Optional.of(new Footprint(
                    id,
                    pid,
                    atMicros,
                    field(status, "VmRSS:"),
                    heapBytes >> 10,
                    open.count(),
                    field(status, "Threads:"),
                    dataBytes >> 10));
        } catch (IOException | UncheckedIOException ended) {
            return Optional.empty();
        }
    }

    /** A zombie has no memory, and no such line. */
    private static long field(String status, String name) throws IOException {
        return status.lines()
                .filter(line -> line.startsWith(name))
                .map(line -> line.substring(name.length()).strip().split(" ", -1)[0])
                .mapToLong(Long::parseLong)
                .findFirst()
                .orElseThrow(() -> new IOException("no " + name));
    }
}
