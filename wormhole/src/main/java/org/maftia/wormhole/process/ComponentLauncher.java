package org.maftia.wormhole.process;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.maftia.wormhole.StoppedException;
import org.maftia.wormhole.Ttcb;
import org.maftia.wormhole.certificate.SigningKey;
import org.maftia.wormhole.host.FramedTtcb;
import org.maftia.wormhole.host.SocketTransport;
import org.maftia.wormhole.os.Sandbox;

/**
 * Starts the component's process beside this one, and stops it when it is closed or when this process ends; or starts one
 * that goes on alone ({@link #detach}). In a real deployment the operating system starts the component, under a user of its
 * own; this serves clusters on one machine.
 */
public final class ComponentLauncher implements AutoCloseable {
    /**
     * What the component's virtual machine is told: little memory, one collector without threads of its own, compilers
     * that start no threads later (the filter forbids it), no files and no signals that it does not need.
     */
    public static final List<String> MACHINE = List.of(
            "-Xmx24m",
            "-Xms24m",
            "-Xss512k",
            "-XX:+UseSerialGC",
            "-XX:ReservedCodeCacheSize=24m",
            "-XX:-UsePerfData",
            "-XX:-UseContainerSupport",
            "-XX:-UseDynamicNumberOfCompilerThreads",
            "-XX:+DisableAttachMechanism",
            "-XX:-CreateCoredumpOnCrash",
            "-Xrs",
            "--enable-native-access=ALL-UNNAMED");

    /** Gives a process a session of its own. */
    private static final Path SESSION = Path.of("/usr/bin/setsid");

    private final Process process;
    private final Path socket;

    private ComponentLauncher(Process process, Path socket) {
        this.process = process;
        this.socket = socket;
    }

    /**
     * Starts it, and returns when it answers.
     *
     * @param java the program {@code java}, of the small image or of a whole JDK
     * @param classPath archive or directory of this module
     * @throws IOException if it does not start; its own sentence stands on standard error
     */
    public static ComponentLauncher start(Path java, Path classPath, ProcessOptions options) throws IOException {
        ProcessBuilder builder =
                builder(command(java, classPath, options)).redirectError(ProcessBuilder.Redirect.INHERIT);
        Process process = builder.start();
        requireReady(process, "its own words are on standard error");
        return new ComponentLauncher(process, options.socket());
    }

    /**
     * Starts one that outlives this process and its terminal; whoever starts it ends it. It answers once {@link #awaitReady}
     * has returned.
     *
     * @param options without a lifeline
     * @param words file of what it says on standard error
     */
    public static Process detach(Path java, Path classPath, ProcessOptions options, Path words) throws IOException {
        if (options.lifeline()) {
            throw new IllegalArgumentException("a component with a lifeline does not outlive who started it");
        }
        List<String> command = new ArrayList<>();
        if (Files.isExecutable(SESSION)) {
            command.add(SESSION.toString()); // away from the terminal, whose interrupts would end it
        }
        command.addAll(command(java, classPath, options));
        return builder(command)
                .redirectInput(ProcessBuilder.Redirect.from(new File("/dev/null")))
                .redirectError(ProcessBuilder.Redirect.to(words.toFile()))
                .start();
    }

    /**
     * Waits until a process of {@link #detach} answers.
     *
     * @throws IOException if it ends instead
     */
    public static void awaitReady(Process process) throws IOException {
        requireReady(process, "its own words are in its file");
        process.getInputStream().close(); // it says nothing more there
    }

    private static List<String> command(Path java, Path classPath, ProcessOptions options) {
        List<String> command = new ArrayList<>();
        command.add(java.toString());
        command.addAll(MACHINE);
        command.addAll(List.of("-cp", classPath.toString(), ComponentProcess.class.getName()));
        command.addAll(options.arguments());
        return command;
    }

    private static ProcessBuilder builder(List<String> command) {
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().clear(); // nothing of ours is its business
        builder.environment().put(Sandbox.ARENAS, "1");
        return builder;
    }

    private static void requireReady(Process process, String more) throws IOException {
        BufferedReader out =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
        if (!ComponentProcess.READY.equals(out.readLine())) {
            process.destroyForcibly();
            throw new IOException("the trusted component did not start; " + more);
        }
    }

    /** The archive or directory of this module, as this process has it on its class path. */
    public static Path classPath() {
        try {
            return Path.of(ComponentProcess.class
                    .getProtectionDomain()
                    .getCodeSource()
                    .getLocation()
                    .toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException("the classes of the component lie nowhere", e);
        }
    }

    /**
     * Opens a session.
     *
     * @param identityKey as the group knows it; null takes whoever answers
     * @throws StoppedException if it has stopped
     */
    public Ttcb connect(@Nullable SigningKey identityKey) {
        return FramedTtcb.connect(SocketTransport.connect(socket), identityKey, new SecureRandom());
    }

    public long pid() {
        return process.pid();
    }

    /** Kills it without warning, and returns when it is gone. */
    public int kill() throws InterruptedException {
        process.destroyForcibly();
        return process.waitFor();
    }

    /** Waits until it ends by itself; gives its exit code. */
    public int await() throws InterruptedException {
        return process.waitFor();
    }

    /** Lets go of it, as the end of this process does. */
    public void endLifeline() throws IOException {
        process.getOutputStream().close();
    }

    /** Closes its lifeline and returns when it has ended. */
    @Override
    public void close() throws IOException {
        endLifeline();
        process.destroyForcibly();
        try {
            process.waitFor();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
