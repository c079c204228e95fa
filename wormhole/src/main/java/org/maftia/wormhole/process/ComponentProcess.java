package org.maftia.wormhole.process;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.KeyPair;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import org.maftia.wormhole.Agreement;
import org.maftia.wormhole.Capabilities;
import org.maftia.wormhole.EpochSource;
import org.maftia.wormhole.UnmetClaimException;
import org.maftia.wormhole.certificate.Stream;
import org.maftia.wormhole.certificate.TagProfile;
import org.maftia.wormhole.frame.Frame;
import org.maftia.wormhole.os.NativeClocks;
import org.maftia.wormhole.os.PeerSocket;
import org.maftia.wormhole.os.RealTime;
import org.maftia.wormhole.os.Sandbox;
import org.maftia.wormhole.trusted.Component;
import org.maftia.wormhole.trusted.CounterRecord;
import org.maftia.wormhole.trusted.DurableRecord;
import org.maftia.wormhole.trusted.Guard;
import org.maftia.wormhole.trusted.RelayedChannel;
import org.maftia.wormhole.trusted.Setup;

/**
 * The program of the component's process. It gets its keys and files, rehearses so that nothing is left to load, gives
 * up what it does not need, and then does nothing but answer frames, on this one thread.
 *
 * <p>Exit codes: 0 the lifeline ended, 1 it could not start, 3 it stopped itself.
 */
public final class ComponentProcess {
    /** What it prints when it answers. */
    static final String READY = "ready";

    private static final int PRIORITY = 80;

    /** How often a timely component has itself woken to see whether it still is timely. */
    private static final long MEASURED_INTERVAL_NANOS = 1_000_000;

    private static final long IDLE_INTERVAL_NANOS = 20_000_000;

    /**
     * What hosts on busy machines usually take to carry a message. It decides when somebody tries again, and for how long the first
     * proposal of an agreement waits for what others proposed.
     */
    private static final long RELAY_MICROS = 200_000;

    private ComponentProcess() {}

    /** Runs until the component stops. */
    public static void main(String[] arguments) {
        int code = 1;
        try {
            code = run(ProcessOptions.of(arguments));
        } catch (IOException | IllegalArgumentException | UnmetClaimException e) {
            System.err.println("maftia: error: the trusted component does not start: " + e.getMessage());
        }
        Runtime.getRuntime().halt(code); // an orderly end would start threads, which the filter forbids
    }

    private static int run(ProcessOptions options) throws IOException {
        SecureRandom random = random();
        List<String> caveats = new ArrayList<>();
        KeyPair identity = KeyFile.identity(options.state(), random);
        AttestedStart start = options.tpm().isEmpty() ? null : AttestedStart.make(options, random);
        CounterRecord record = options.persistent() ? new DurableRecord(counters(options.state())) : CounterRecord.NONE;
        Setup.Kept kept =
                options.persistent() ? KeyFile.epoch(options.state(), random) : start != null ? start.keys() : null;
        Files.deleteIfExists(options.socket());
        PeerSocket socket = new PeerSocket(options.socket().toString(), options.allowedUser(), Frame.LENGTH);
        // Who connects is decided by the peer's user, not by who can reach the file.
        Files.setPosixFilePermissions(options.socket(), PosixFilePermissions.fromString("rw-rw-rw-"));
        boolean timely = options.realTime();
        if (options.realTime()) {
            timely = granted(RealTime.lockMemory(), caveats) & granted(RealTime.promote(PRIORITY), caveats);
        } else {
            caveats.add("no real-time scheduling: it was not asked for");
        }
        long interval = timely || !options.enforce() ? MEASURED_INTERVAL_NANOS : IDLE_INTERVAL_NANOS;
        if (!options.enforce()) {
            timely = false;
            caveats.add("its bounds are measured and not enforced");
        }
        if (options.user() >= 0) {
            granted(RealTime.become(options.user(), options.user()), caveats);
        }
        if (RealTime.user() == options.allowedUser() || RealTime.user() == 0) {
            caveats.add("no user of its own: whoever has its user can stop it and read its files");
        }
        granted(Sandbox.hideMemory(), caveats);
        NativeClocks clocks = new NativeClocks(options.clockErrorMicros());
        FrameHandler handler = new FrameHandler();
        rehearse(options, identity, random, clocks, handler);
        boolean sandboxed = sandboxed(options.sandbox(), caveats);
        Capabilities capabilities = capabilities(options, timely, sandboxed, caveats);
        capabilities.with(Agreement.PARTIAL).require(options.require());
        Setup setup = new Setup(
                options.group(),
                options.ttcb(),
                options.previousEpoch(),
                start != null ? start.evidence().epoch() : options.epoch(),
                options.profile(),
                capabilities,
                identity,
                kept,
                start != null ? start.evidence().toBytes() : null,
                null);
        Guard guard = new Guard(clocks, timely, options.boundMicros() * 1_000);
        Component component = new Component(
                setup, random, record, clocks, guard, new RelayedChannel(RELAY_MICROS, options.clockErrorMicros()));
        handler.handOver(component);
        serve(component, handler, socket, clocks, interval, options.lifeline());
        return socket.isAbandoned() ? 0 : 3;
    }

    /**
     * The counters of the one epoch. They are there before its keys are, so keys without counters mean that these were lost:
     * who began to count anew would give one counter to two digests.
     */
    static FileDisk counters(Path state) throws IOException {
        Path file = state.resolve("counters");
        if (!Files.exists(file) && KeyFile.hasEpoch(state)) {
            throw new IOException("the keys of its epoch are in " + state
                    + ", but not its counters: it would count anew," + " and contradict what it has certified");
        }
        return FileDisk.open(file);
    }

    private static void rehearse(
            ProcessOptions options, KeyPair identity, SecureRandom random, NativeClocks clocks, FrameHandler handler)
            throws IOException {
        ClassPath.loadAll();
        Path scratch = options.state().resolve("rehearsal");
        Files.deleteIfExists(scratch);
        CounterRecord record = options.persistent() ? new DurableRecord(FileDisk.open(scratch)) : CounterRecord.NONE;
        Rehearsal.run(options, identity, random, clocks, record, handler);
        Files.deleteIfExists(scratch);
    }

    private static boolean granted(Optional<String> whyNot, List<String> caveats) {
        whyNot.ifPresent(caveats::add);
        return whyNot.isEmpty();
    }

    private static boolean sandboxed(String mode, List<String> caveats) {
        return switch (mode) {
            case "kill" -> granted(Sandbox.close(Sandbox.Mode.KILL), caveats);
            case "learn" -> {
                granted(Sandbox.close(Sandbox.Mode.LEARN), caveats);
                caveats.add("no filter of system calls: it only learns which ones are made");
                yield false;
            }
            default -> {
                caveats.add("no filter of system calls: it was not asked for");
                yield false;
            }
        };
    }

    private static SecureRandom random() throws IOException {
        try {
            return SecureRandom.getInstance("NativePRNGNonBlocking");
        } catch (NoSuchAlgorithmException e) {
            throw new IOException("this Java does not offer the kernel's random numbers", e);
        }
    }

    static Capabilities capabilities(ProcessOptions options, boolean timely, boolean sandboxed, List<String> caveats) {
        if (options.persistent()) {
            caveats.add("not rollback-proof: a restored copy of its counters makes it equivocate");
        }
        return new Capabilities(
                options.profile() == TagProfile.HMAC ? 15_000 : 4_500,
                options.persistent()
                        ? EpochSource.PERSISTENT
                        : options.tpm().isEmpty() ? EpochSource.GROUP : EpochSource.TPM,
                !options.persistent(),
                timely,
                options.persistent(),
                Stream.LANES,
                true,
                sandboxed,
                EnumSet.of(options.profile()),
                caveats);
    }

    private static void serve(
            Component component,
            FrameHandler handler,
            PeerSocket socket,
            NativeClocks clocks,
            long interval,
            boolean lifeline) {
        if (lifeline) {
            socket.watchStandardInput();
        }
        System.out.println(READY);
        long tick = clocks.monotonicNanos() + interval;
        while (component.stopped() == null && !socket.isAbandoned()) {
            long due = component.nextWakeNanos(tick);
            long now = clocks.monotonicNanos();
            if (due > now) {
                socket.serve(due - now, handler);
            }
            if (clocks.monotonicNanos() >= due && component.stopped() == null) {
                component.wake(due);
                tick = clocks.monotonicNanos() + interval;
            }
        }
        if (component.stopped() != null) {
            System.err.println("maftia: the trusted component has stopped: " + component.stopped());
        }
    }
}
