package org.maftia.server.cluster;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Starts the process of one replica: this same program, with the options of a long-lived small server. */
final class ReplicaProcess {
    /** What is said on standard error is rare: a failure before logging is set up, or of the virtual machine. */
    private static final String CONSOLE_FILE = "console";

    /**
     * Names a program that is given the replica's id and the command of its process, and must become it: so that each
     * replica can run in a place of its own, such as a network namespace, under limits, or under a tool that watches it.
     */
    private static final String LAUNCHER = "MAFTIA_LAUNCHER";

    /**
     * With so many replicas on each core only the quick compiler runs: the other one, which pays after minutes of load,
     * would take more of the cores than everything else of the start, in each of them for itself.
     */
    private static final int CROWD = 8;

    /**
     * With more than one replica on a core, which all compile the same, the other compiler takes what is called ten times as often
     * as it would wait for: for the rest of the code it costs more in the first minutes of a load than it gains in ten. What a load
     * of tens of thousands of requests a second needs is there at once all the same.
     */
    private static final List<String> COMPILED_LATER = List.of(
            "-XX:Tier4InvocationThreshold=50000",
            "-XX:Tier4MinInvocationThreshold=6000",
            "-XX:Tier4CompileThreshold=150000",
            "-XX:Tier4BackEdgeThreshold=400000");

    /**
     * Ciphers, hashes and long numbers become instructions of the processor only where the optimising compiler has been at
     * their callers; before that they take many times as long, and they are a third of what a replica under load does.
     */
    private static final List<String> COMPILED_SOONER = List.of(
            "-XX:CompileCommand=quiet",
            sooner("com.sun.crypto.provider"),
            sooner("sun.security.provider"),
            sooner("sun.security.util.math.intpoly"),
            sooner("java.math"));

    private ReplicaProcess() {}

    /** How long a replica lives. */
    enum Life {
        /** Until its parent ends, in whatever way: it watches its standard input. */
        OF_PARENT,
        /** Until somebody stops it, or the {@code maftia up} ends that runs the cluster now. */
        OF_ITS_OWN
    }

    /** @param neighbours replicas on this machine, with this one */
    static Process start(ClusterDirectory directory, String id, List<String> overrides, Life life, int neighbours)
            throws IOException {
        Optional<ProcessHandle> up = PidFile.read(directory.upPidFile());
        Path log = directory.log(id);
        Files.createDirectories(log);
        List<String> command = new ArrayList<>();
        if (life == Life.OF_ITS_OWN && Files.isExecutable(Path.of("/usr/bin/setsid"))) {
            command.add("/usr/bin/setsid"); // away from the terminal, whose end would end it
        }
        @Nullable String launcher = System.getenv(LAUNCHER);
        if (launcher != null) {
            command.addAll(List.of(launcher, id));
        }
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(options());
        int processors = Runtime.getRuntime().availableProcessors();
        if (neighbours >= CROWD * processors) {
            command.add("-XX:TieredStopAtLevel=1");
        } else {
            command.addAll(COMPILED_SOONER);
            command.addAll(neighbours > processors ? COMPILED_LATER : List.of());
        }
        command.add("org.maftia.server.command.Maftia");
        command.add("replica");
        command.add("--dir");
        command.add(directory.root().toString());
        for (String override : overrides) {
            command.add("--set");
            command.add(override);
        }
        if (life == Life.OF_PARENT) {
            command.add("--while-parent");
        } else if (up.isPresent()) {
            command.add("--while-process");
            command.add(Long.toString(up.get().pid()));
        }
        command.add(id);
        Path words = log.resolve(CONSOLE_FILE);
        if (Files.exists(words)) {
            Files.move(words, log.resolve(CONSOLE_FILE + ".before"), StandardCopyOption.REPLACE_EXISTING);
        }
        File console = words.toFile();
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.redirectOutput(ProcessBuilder.Redirect.appendTo(console));
        builder.redirectError(ProcessBuilder.Redirect.appendTo(console));
        builder.redirectInput(
                life == Life.OF_PARENT
                        ? ProcessBuilder.Redirect.PIPE
                        : ProcessBuilder.Redirect.from(new File("/dev/null")));
        // One arena of the C library for all threads: more hold on to memory that nobody uses.
        builder.environment().put("MALLOC_ARENA_MAX", "2");
        return builder.start();
    }

    /** The last words of a replica that ended before it could log. */
    static String lastWords(ClusterDirectory directory, String id) {
        try {
            List<String> lines = Files.readAllLines(directory.log(id).resolve(CONSOLE_FILE));
            return String.join(" / ", lines.subList(Math.max(0, lines.size() - 3), lines.size()));
        } catch (IOException e) {
            return "it left no word";
        }
    }

    private static String sooner(String classes) {
        return "-XX:CompileCommand=CompileThresholdScaling," + classes + ".*::*,0.05";
    }

    private static List<String> options() {
        List<String> options = new ArrayList<>(List.of(
                // One small heap, collected by one thread: sixteen replicas share two cores.
                "-XX:+UseSerialGC",
                "-XX:+UseCompactObjectHeaders", // bin/maftia makes its cache with it
                // Beside the young generation the first heap has room for the objects in the cache, or that is refused.
                "-Xms44m",
                "-Xmx192m",
                // Under load a request leaves some ten kilobytes of garbage: with eight megabytes a fifth of the
                // speed is lost.
                "-Xmn20m",
                "-Xss512k",
                "-XX:MinHeapFreeRatio=15",
                "-XX:MaxHeapFreeRatio=30",
                "-XX:-ShrinkHeapInSteps", // the collection after the start gives back all that the start needed
                "-XX:MaxMetaspaceSize=96m",
                "-XX:ReservedCodeCacheSize=64m",
                "-XX:MaxDirectMemorySize=64m",
                // What compiling at the start needed goes back to the system; more often would cost a busy replica some
                // per cent.
                "-XX:TrimNativeHeapInterval=30000",
                "-XX:-UsePerfData",
                // A thread would keep a buffer as large as the largest read, of a whole segment of the journal.
                "-Djdk.nio.maxCachedBufferSize=65536",
                // Shares of keys lie in this memory.
                "-XX:+DisableAttachMechanism",
                "-XX:-HeapDumpOnOutOfMemoryError",
                "-XX:-CreateCoredumpOnCrash",
                "-XX:+ExitOnOutOfMemoryError",
                "--enable-native-access=ALL-UNNAMED",
                "-Djava.awt.headless=true",
                "-Dfile.encoding=UTF-8"));
        for (String property : List.of("maftia.root", "maftia.cache")) {
            @Nullable String value = System.getProperty(property);
            if (value != null) {
                options.add("-D" + property + "=" + value);
            }
        }
        @Nullable String cache = System.getProperty("maftia.cache");
        if (cache != null && Files.isRegularFile(Path.of(cache))) {
            options.add("-XX:AOTCache=" + cache);
            // At the address where it was made its pages are shared between replicas, not copied.
            options.add("-XX:+UnlockDiagnosticVMOptions");
            options.add("-XX:ArchiveRelocationMode=0");
            // A cache that does not fit is not used, which is slower and nothing to worry about.
            options.add("-Xlog:disable");
            options.add("-Xlog:all=error:stderr");
        }
        options.add("-cp");
        options.add(System.getProperty("java.class.path"));
        return options;
    }
}
