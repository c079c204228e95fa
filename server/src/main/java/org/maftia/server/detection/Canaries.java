package org.maftia.server.detection;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.SortedSet;
import java.util.TreeSet;
import org.maftia.server.sensor.OutputFile;
import org.maftia.services.detection.Alarm;

/** Types of alarms that recorded attacks have raised, one a line, beside the filters of a machine. */
public final class Canaries {
    /** More types than sensors have rules. */
    public static final int COUNT_MAX = 200_000;

    private Canaries() {}

    /**
     * Those of a file; none if there is no file.
     *
     * @throws IOException if a line is no type, or there are too many: a gate that is not understood is no gate
     */
    public static SortedSet<String> read(Path file) throws IOException {
        if (!Files.exists(file)) {
            return Collections.emptySortedSet();
        }
        SortedSet<String> types = new TreeSet<>();
        try (BufferedReader reader = Files.newBufferedReader(file, StandardCharsets.UTF_8)) {
            long number = 0;
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                number++;
                if (!Alarm.isClean(line) || types.size() > COUNT_MAX) {
                    throw new IOException(file + ":" + number + " is no type of alarms");
                }
                if (!line.isEmpty()) {
                    types.add(line);
                }
            }
        }
        return types;
    }

    /** Replaces the file, whole or not at all. */
    public static void write(Path file, SortedSet<String> types) throws IOException {
        OutputFile.write(file, writer -> {
            for (String type : types) {
                writer.write(type + "\n");
            }
        });
    }
}
