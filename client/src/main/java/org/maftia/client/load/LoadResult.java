package org.maftia.client.load;

import java.util.Locale;

/**
 * What a load gave. Costs are of all replicas together.
 *
 * @param clients that waited at the same time
 * @param payloadBytes of each operation
 * @param operations answered while measuring
 * @param failures requests that got no answer
 * @param cpuMicrosPerOperation processor time of all replicas, divided by the operations; negative if unknown
 * @param bytesPerOperation what all replicas wrote to sockets and files, divided by the operations; negative if unknown
 */
public record LoadResult(
        int clients,
        int payloadBytes,
        long operations,
        long failures,
        double operationsPerSecond,
        long p50Micros,
        long p90Micros,
        long p99Micros,
        long p999Micros,
        long maxMicros,
        double cpuMicrosPerOperation,
        double bytesPerOperation) {
    /** One line for people. */
    public String text() {
        return String.format(
                Locale.ROOT,
                "%4d clients %5d B: %8.0f op/s  p50 %6.2f ms  p90 %6.2f  p99 %6.2f  p99.9 %6.2f  max %6.2f"
                        + "  cpu %6.1f us/op  %6.0f B/op  failures %d",
                clients,
                payloadBytes,
                operationsPerSecond,
                p50Micros / 1e3,
                p90Micros / 1e3,
                p99Micros / 1e3,
                p999Micros / 1e3,
                maxMicros / 1e3,
                cpuMicrosPerOperation,
                bytesPerOperation,
                failures);
    }

    /** One object of JSON. */
    public String json() {
        return String.format(
                Locale.ROOT,
                "{\"clients\":%d,\"payloadBytes\":%d,\"operations\":%d,\"failures\":%d,\"operationsPerSecond\":%.1f,"
                        + "\"p50Micros\":%d,\"p90Micros\":%d,\"p99Micros\":%d,\"p999Micros\":%d,\"maxMicros\":%d,"
                        + "\"cpuMicrosPerOperation\":%.2f,\"bytesPerOperation\":%.1f}",
                clients,
                payloadBytes,
                operations,
                failures,
                operationsPerSecond,
                p50Micros,
                p90Micros,
                p99Micros,
                p999Micros,
                maxMicros,
                cpuMicrosPerOperation,
                bytesPerOperation);
    }
}
