package org.maftia.server.command;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;
import org.maftia.server.cluster.ClusterDirectory;
import org.maftia.server.cluster.PidFile;
import org.maftia.server.configuration.Configuration;
import org.maftia.server.configuration.ConfigurationException;
import org.maftia.server.configuration.Overrides;
import org.maftia.server.configuration.ReplicaEntry;
import org.maftia.server.console.LogSetup;
import org.maftia.server.host.HostSetup;
import org.maftia.server.host.Intruder;
import org.maftia.server.host.ReplicaHost;
import org.maftia.server.succession.KeyFolders;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code maftia replica}. */
@Command(
        name = ReplicaCommand.NAME,
        description = {
            "Run one replica in this process, until it is stopped (SIGTERM).",
            "",
            "In D it finds group.toml and ID/keys, and keeps ID/data, which may get lost, and ID/log."
        },
        sortOptions = false)
final class ReplicaCommand implements Callable<Integer> {
    static final String NAME = "replica";

    /** Some forty milliseconds of pause each time. */
    private static final long COLLECTION_MILLIS = 300_000;

    @Mixin
    private final HelpOption help = new HelpOption();

    @Mixin
    private final DirectoryOption directory = new DirectoryOption();

    @Mixin
    private final UnlockOption unlock = new UnlockOption();

    @Option(names = "--config", paramLabel = "FILE", description = "The configuration (default: D/group.toml).")
    private @Nullable Path file;

    @Option(names = "--set", paramLabel = "KEY=VALUE", description = "Override a key of the configuration.")
    private final List<String> settings = new ArrayList<>();

    @Option(
            names = "--while-parent",
            hidden = true,
            description = "End when standard input ends, which it does when the process that made this one is gone.")
    private boolean whileParent;

    @Option(names = "--while-process", hidden = true, description = "End when the process of this number ends.")
    private @Nullable Long watched;

    @Parameters(paramLabel = "ID", description = "The replica, such as r1.")
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private String id;

    private volatile boolean stopping;

    /** Nobody asked it to: its number stays on file, by which others tell the one from the other. */
    private volatile boolean endedByItself;

    @Override
    public Integer call() throws Exception {
        ClusterDirectory place = directory.directory();
        Configuration configuration = configuration(place);
        requireUsable(configuration, place);
        Files.createDirectories(place.data(id));
        Files.createDirectories(place.log(id));
        PidFile.write(place.pidFile(id));
        LogSetup.toFile(place.log(id));
        HostSetup setup = new HostSetup(
                configuration,
                id,
                place.keys(id),
                place.data(id),
                unlock.unlock(place),
                Intruder.of(place.corruptionFile(id)));
        ReplicaHost host = ReplicaHost.start(setup);
        Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(host, place), "stop"));
        if (whileParent) {
            Thread.ofPlatform().daemon().name("parent").start(ReplicaCommand::awaitParent);
        }
        if (watched != null) {
            ProcessHandle.of(watched)
                    .ifPresentOrElse(up -> up.onExit().thenRun(() -> System.exit(0)), () -> System.exit(0));
        }
        Thread.ofPlatform().daemon().name("collector").start(ReplicaCommand::staySmall);
        String reason = host.awaitEnd();
        if (stopping) {
            return 0;
        }
        endedByItself = true;
        throw new CommandException(id + " stopped by itself: " + reason, "its log is in " + place.log(id));
    }

    /**
     * Collects all garbage: after the start, which needs more than running does, and then now and again. What grew old
     * before it was dropped, such as the buffers of a connection, would else stay until the heap is full, as if it leaked.
     */
    private static void staySmall() {
        try {
            System.gc();
            // Replicas that were started together should not stop for it together.
            long pause = ThreadLocalRandom.current().nextLong(COLLECTION_MILLIS);
            while (true) {
                Thread.sleep(pause);
                System.gc();
                pause = COLLECTION_MILLIS;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** The operators' file; where that does not name the replica, as it is new, what its keys were made for. */
    private Configuration configuration(ClusterDirectory place)
            throws IOException, ConfigurationException, CommandException {
        Path group = file == null ? place.groupFile() : file;
        boolean written = Files.exists(group);
        if (written) {
            Configuration configuration = Configuration.read(group, Overrides.parse(settings));
            if (configuration.indexOf(id).isPresent()) {
                return configuration;
            }
        }
        Optional<Configuration> dealt = KeyFolders.described(place.keys(id), Overrides.parse(settings));
        if (dealt.isPresent() && dealt.get().indexOf(id).isPresent()) {
            return dealt.get();
        }
        throw written
                ? new CommandException("the configuration has no replica '" + id + "'", "see [[replica]] in the file")
                : new CommandException(
                        "there is no " + group, "copy the group.toml of the ceremony there, or name it with --config");
    }

    /** Before anything is written: an operator who mistypes leaves no trace. */
    private void requireUsable(Configuration configuration, ClusterDirectory place) throws CommandException {
        for (ReplicaEntry replica : configuration.replicas()) {
            if (!replica.hasPorts()) {
                throw new CommandException(
                        "replica " + replica.id() + " lacks a port in the configuration",
                        "link, client, https and http are needed, and the same file at every replica");
            }
        }
        if (!Files.isDirectory(place.keys(id))) {
            throw new CommandException(
                    "no keys of " + id + " are in " + place.root(),
                    "'maftia init " + id + "' makes them, a ceremony and 'maftia key install " + id
                            + "' complete them");
        }
    }

    private void stop(ReplicaHost host, ClusterDirectory place) {
        if (endedByItself) {
            return;
        }
        stopping = true;
        host.close();
        try {
            Files.deleteIfExists(place.pidFile(id));
        } catch (IOException e) {
            System.err.println("could not remove " + place.pidFile(id) + ": " + e.getMessage());
        }
    }

    /** Whoever holds the other end writes nothing: the end of the stream is the message. */
    private static void awaitParent() {
        try {
            while (System.in.read() != -1) {}
        } catch (IOException e) {
            System.err.println("standard input failed: " + e.getMessage());
        }
        System.exit(0);
    }
}
