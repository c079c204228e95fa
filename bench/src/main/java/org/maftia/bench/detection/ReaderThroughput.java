package org.maftia.bench.detection;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import java.util.zip.GZIPInputStream;
import org.maftia.server.sensor.AlarmReader;
import org.maftia.server.sensor.Progress;

/**
 * How fast alarms are read on one core, beside the least that could be done: a pass of Jackson's streaming parser over the
 * same bytes that looks at nothing. Both by processor time of the thread, in turns, so that a busy machine harms neither.
 * Goal: 150 MB/s, or half of the plain pass.
 *
 * <p>Arguments: files of EVE, compressed or not. They are decompressed beforehand.
 */
public final class ReaderThroughput {
    private static final int ROUNDS = 9;
    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

    private ReaderThroughput() {}

    public static void main(String[] arguments) throws IOException {
        for (String argument : arguments) {
            measure(Path.of(argument), System.out);
        }
    }

    private static void measure(Path file, PrintStream out) throws IOException {
        byte[] bytes = content(file);
        long plainBest = Long.MAX_VALUE;
        long readerBest = Long.MAX_VALUE;
        long tokens = 0;
        long alarms = 0;
        for (int round = 0; round < ROUNDS; round++) { // the first few warm the compiler up
            long began = THREADS.getCurrentThreadCpuTime();
            tokens = plain(bytes);
            long middle = THREADS.getCurrentThreadCpuTime();
            alarms = reader(bytes);
            plainBest = Math.min(plainBest, middle - began);
            readerBest = Math.min(readerBest, THREADS.getCurrentThreadCpuTime() - middle);
        }
        out.printf(
                Locale.ROOT,
                "%s: %,d MB, %,d tokens, %,d alarms; Jackson alone %,d MB/s, alarms %,d MB/s (%,d alarms/s)%n",
                file.getFileName(),
                bytes.length / 1_000_000,
                tokens,
                alarms,
                bytes.length * 1000L / plainBest,
                bytes.length * 1000L / readerBest,
                alarms * 1_000_000_000L / readerBest);
    }

    private static byte[] content(Path file) throws IOException {
        try (InputStream stream = Files.newInputStream(file)) {
            boolean gzip = file.toString().endsWith(".gz");
            return (gzip ? new GZIPInputStream(stream) : stream).readAllBytes();
        }
    }

    private static long plain(byte[] bytes) throws IOException {
        long tokens = 0;
        try (JsonParser parser = new JsonFactory().createParser(new ByteArrayInputStream(bytes))) {
            while (parser.nextToken() != null) {
                tokens++;
            }
        }
        return tokens;
    }

    private static long reader(byte[] bytes) throws IOException {
        AlarmReader reader = new AlarmReader(Optional.empty(), Optional.empty(), 0, Progress.silent());
        reader.readStream("benchmark", new ByteArrayInputStream(bytes), alarm -> {});
        return reader.total().alarms();
    }
}
