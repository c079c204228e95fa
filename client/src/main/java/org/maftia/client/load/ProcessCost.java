package org.maftia.client.load;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * What processes have used so far, by {@code /proc}.
 *
 * @param cpuMicros processor time, in all threads
 * @param writtenBytes bytes written to files and sockets
 */
public record ProcessCost(long cpuMicros, long writtenBytes) {
    /** The kernel counts processor time in hundredths of a second, whatever its own clock does. */
    private static final long TICK_MICROS = 10_000;

    static final ProcessCost NONE = new ProcessCost(0, 0);

    /** The sum over the processes; a process that has ended, or a system without {@code /proc}, adds nothing. */
    public static ProcessCost of(List<Long> pids) {
        ProcessCost sum = NONE;
        for (long pid : pids) {
            try {
                ProcessCost one = read(pid);
                sum = new ProcessCost(sum.cpuMicros + one.cpuMicros, sum.writtenBytes + one.writtenBytes);
            } catch (IOException ended) {
                continue;
            }
        }
        return sum;
    }

    private static ProcessCost read(long pid) throws IOException {
        Path directory = Path.of("/proc", Long.toString(pid));
        String stat = Files.readString(directory.resolve("stat"), StandardCharsets.ISO_8859_1);
        // The second field is the name in brackets, which may hold anything.
        String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
        long ticks = Long.parseLong(fields[11]) + Long.parseLong(fields[12]);
        long written = 0;
        for (String line : Files.readAllLines(directory.resolve("io"), StandardCharsets.US_ASCII)) {
            if (line.startsWith("wchar: ")) {
                written = Long.parseLong(line.substring("wchar: ".length()).strip());
            }
        }
        return new ProcessCost(ticks * TICK_MICROS, written);
    }

    /** What was used since. */
    public ProcessCost minus(ProcessCost before) {
        return new ProcessCost(cpuMicros - before.cpuMicros, writtenBytes - before.writtenBytes);
    }
}
