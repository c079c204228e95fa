package org.maftia.mining.spark;

import org.apache.spark.api.java.function.Function2;
import org.apache.spark.broadcast.Broadcast;
import org.maftia.server.sensor.CountedPart;
import org.maftia.server.sensor.CountingTask;
import org.maftia.services.detection.Hierarchies;

/**
 * Merges what two groups of parts gave, on whichever machine.
 *
 * @param task its encoding, which workers fetch once
 */
record PartMerger(Broadcast<byte[]> task) implements Function2<byte[], byte[], byte[]> {
    @Override
    public byte[] call(byte[] one, byte[] other) {
        Hierarchies hierarchies = CountingTask.of(task.value()).hierarchies();
        CountedPart merged = CountedPart.of(hierarchies, one);
        merged.merge(CountedPart.of(hierarchies, other));
        return merged.toBytes();
    }
}
