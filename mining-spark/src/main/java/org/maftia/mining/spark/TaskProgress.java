package org.maftia.mining.spark;

import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerTaskEnd;
import org.apache.spark.util.LongAccumulator;
import org.maftia.server.sensor.Progress;

/** Tells somebody who waits how much the workers have read. */
final class TaskProgress extends SparkListener {
    private final LongAccumulator bytes;
    private final LongAccumulator alarms;
    private final Progress progress;
    private long bytesSaid;
    private long alarmsSaid;

    TaskProgress(LongAccumulator bytes, LongAccumulator alarms, Progress progress) {
        this.bytes = bytes;
        this.alarms = alarms;
        this.progress = progress;
    }

    @Override
    public void onTaskEnd(SparkListenerTaskEnd end) {
        long bytesNow = bytes.sum();
        long alarmsNow = alarms.sum();
        progress.passed(bytesNow - bytesSaid, alarmsNow - alarmsSaid);
        bytesSaid = bytesNow;
        alarmsSaid = alarmsNow;
    }
}
