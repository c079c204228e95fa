package org.maftia.mining.spark;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.spark.SparkConf;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.util.LongAccumulator;
import org.jspecify.annotations.Nullable;
import org.maftia.server.console.LogSetup;
import org.maftia.server.sensor.AlarmCount;
import org.maftia.server.sensor.CountedPart;
import org.maftia.server.sensor.CountingEngine;
import org.maftia.server.sensor.CountingException;
import org.maftia.server.sensor.CountingTask;
import org.maftia.server.sensor.Progress;
import org.maftia.server.sensor.SplitPlan;

/** The engine {@code spark}: on this machine's cores, or on a cluster that {@code spark.master} names. */
public final class SparkEngine implements CountingEngine {
    /** Bytes of a part of a file; an option of ours among Spark's. */
    private static final String PART_BYTES = "maftia.part.bytes";

    private static final long PART_BYTES_DEFAULT = 64L << 20;
    private static final String MASTER = "spark.master";
    private static final String LOOPBACK = "127.0.0.1";

    /** Each merges some ten tables, so that a thousand parts take three rounds. */
    private static final int MERGE_WIDTH = 10;

    @Override
    public String id() {
        return "spark";
    }

    @Override
    public AlarmCount count(
            CountingTask task, InputStream standardInput, SortedMap<String, String> options, Progress progress)
            throws IOException, CountingException {
        // The machine's name, and what Hadoop would rather have.
        LogSetup.errorsOnly("org.apache.spark.util.Utils", "org.apache.hadoop.util.NativeCodeLoader");
        SortedMap<String, String> settings = new TreeMap<>(options);
        SplitPlan plan = SplitPlan.of(task, partBytes(settings.remove(PART_BYTES)));
        List<byte[]> groups = plan.groups();
        CountedPart counted = groups.isEmpty()
                ? CountedPart.empty(task.hierarchies())
                : count(task, groups, configuration(settings), progress);
        if (counted.isFull()) {
            throw new CountingException(
                    "there are more kinds of alarms than a table has room for, so that counting apart would leave out"
                            + " others",
                    "compare by fewer attributes (--inventory), or take --engine java, which leaves out what comes"
                            + " last");
        }
        return counted.count();
    }

    private static long partBytes(@Nullable String text) throws CountingException {
        if (text == null) {
            return PART_BYTES_DEFAULT;
        }
        boolean shaped = text.matches("[1-9][0-9]{0,11}");
        if (!shaped) {
            throw new CountingException("'" + text + "' is no number of bytes", "write " + PART_BYTES + "=67108864");
        }
        return Long.parseLong(text);
    }

    private static SparkConf configuration(SortedMap<String, String> settings) throws CountingException {
        SparkConf configuration = new SparkConf(false)
                .setAppName("maftia detect mine")
                .set(MASTER, "local[*]")
                .set("spark.ui.enabled", "false");
        settings.forEach(configuration::set);
        String master = configuration.get(MASTER);
        if (master.startsWith("local")) {
            // Spark listens even where it talks to itself; it then draws the secret.
            configuration
                    .set("spark.driver.host", LOOPBACK)
                    .set("spark.driver.bindAddress", LOOPBACK)
                    .set("spark.authenticate", "true");
        } else {
            configuration.set("spark.jars", String.join(",", archives()));
        }
        return configuration;
    }

    /** What workers of a cluster lack: they have Spark and its libraries. */
    private static List<String> archives() throws CountingException {
        List<String> archives = new ArrayList<>();
        for (String entry : System.getProperty("java.class.path", "").split(File.pathSeparator)) {
            String name = String.valueOf(Path.of(entry).getFileName());
            if (name.startsWith("maftia-") && name.endsWith(".jar")) {
                archives.add(entry);
            }
        }
        if (archives.isEmpty()) {
            throw new CountingException(
                    "the workers of a cluster can only be sent archives, and none of Maftia is on the class path",
                    "start it with bin/maftia");
        }
        return archives;
    }

    private static CountedPart count(CountingTask task, List<byte[]> groups, SparkConf configuration, Progress progress)
            throws CountingException {
        try (JavaSparkContext spark = new JavaSparkContext(configuration)) {
            LongAccumulator bytes = spark.sc().longAccumulator("bytes");
            LongAccumulator alarms = spark.sc().longAccumulator("alarms");
            spark.sc().addSparkListener(new TaskProgress(bytes, alarms, progress));
            Broadcast<byte[]> shared = spark.broadcast(task.toBytes());
            byte[] counted = spark.parallelize(groups, groups.size())
                    .map(new PartCounter(shared, bytes, alarms))
                    .treeReduce(new PartMerger(shared), depth(groups.size()));
            return CountedPart.of(task.hierarchies(), counted);
        } catch (Exception e) { // Scala throws checked exceptions without saying so
            throw failed(e);
        }
    }

    /** In one sentence what went wrong, from where it began. */
    private static CountingException failed(Exception fault) {
        Throwable cause = fault;
        while (cause.getCause() != null) {
            cause = cause.getCause();
        }
        String what = String.valueOf(cause.getMessage()).lines().findFirst().orElse("");
        CountingException failed = new CountingException(
                "Spark could not count: " + cause.getClass().getSimpleName() + ": " + what,
                "nothing was written; see that each worker reads the files under the same names");
        failed.initCause(fault);
        return failed;
    }

    private static int depth(int parts) {
        int depth = 1;
        for (long merged = MERGE_WIDTH; merged < parts; merged *= MERGE_WIDTH) {
            depth++;
        }
        return depth;
    }
}
