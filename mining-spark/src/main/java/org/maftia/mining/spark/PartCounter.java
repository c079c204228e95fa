package org.maftia.mining.spark;

import java.io.IOException;
import org.apache.spark.api.java.function.Function;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.util.LongAccumulator;
import org.maftia.server.sensor.AlarmCount;
import org.maftia.server.sensor.CountedPart;
import org.maftia.server.sensor.CountingTask;
import org.maftia.server.sensor.Progress;

/**
 * Counts a group of parts on a worker.
 *
 * @param task its encoding, which workers fetch once
 * @param bytes counts what was read, to tell people
 * @param alarms likewise; a task that is tried again counts again
 */
record PartCounter(Broadcast<byte[]> task, LongAccumulator bytes, LongAccumulator alarms)
        implements Function<byte[], byte[]> {
    @Override
    public byte[] call(byte[] group) throws IOException {
        CountedPart part = CountedPart.of(CountingTask.of(task.value()), group, Progress.silent());
        AlarmCount count = part.count();
        bytes.add(count.total().bytes());
        alarms.add(count.total().alarms());
        return part.toBytes();
    }
}
