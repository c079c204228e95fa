package org.maftia.wormhole.process;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
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
 * Starts the component's process beside this one, and stops it when it is closed or when this process ends. In a real
 * deployment the operating system starts the component, under a user of its own; this serves clusters on one machine.
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
        List<String> command = new ArrayList<>();
        command.add(java.toString());
        command.addAll(MACHINE);
        command.addAll(List.of("-cp", classPath.toString(), ComponentProcess.class.getName()));
        command.addAll(options.arguments());
        ProcessBuilder builder = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT);
        builder.environment().clear(); // nothing of ours is its business
        builder.environment().put(Sandbox.ARENAS, "1");
        Process process = builder.start();
        BufferedReader out =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
        if (!ComponentProcess.READY.equals(out.readLine())) {
            process.destroyForcibly();
            throw new IOException("the trusted component did not start");
        }
        return new ComponentLauncher(process, options.socket());
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
