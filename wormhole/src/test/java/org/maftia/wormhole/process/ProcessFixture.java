package org.maftia.wormhole.process;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.maftia.wormhole.TrustedView;
import org.maftia.wormhole.Ttcb;
import org.maftia.wormhole.certificate.BigEndian;
import org.maftia.wormhole.certificate.Fence;
import org.maftia.wormhole.certificate.Mark;
import org.maftia.wormhole.certificate.Stream;
import org.maftia.wormhole.certificate.TagProfile;
import org.maftia.wormhole.conformance.Fixture;
import org.maftia.wormhole.os.RealTime;

/** Two components as processes, in one trusted view; who comes back joins with the next view. */
final class ProcessFixture implements Fixture {
    static final Stream GROUP = new Stream(21, 22, 0);

    private final Path directory;
    private final TagProfile profile;
    private final boolean persistent;
    private final String[] options;
    private final ComponentLauncher[] processes = new ComponentLauncher[2];
    private final long[] epochs = {0, 0};
    private @Nullable TrustedView view;
    private @Nullable Path copy;
    private int streams = 100;

    ProcessFixture(TagProfile profile, boolean persistent, String... options) throws IOException {
        this.profile = profile;
        this.persistent = persistent;
        this.options = options;
        this.directory = Files.createTempDirectory("ttcb");
        start(0);
        start(1);
        join(1);
    }

    static Path java() {
        return Path.of(System.getProperty("java.home"), "bin", "java");
    }

    static Path classes() {
        try {
            return Path.of(ComponentProcess.class
                    .getProtectionDomain()
                    .getCodeSource()
                    .getLocation()
                    .toURI());
        } catch (java.net.URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    private Path state(int ttcb) {
        return directory.resolve("state" + ttcb);
    }

    private void start(int ttcb) throws IOException {
        Files.createDirectories(state(ttcb));
        boolean counted = java.util.Arrays.stream(options).anyMatch(option -> option.startsWith("tpm="));
        epochs[ttcb] = counted ? 0 : persistent ? 1 : epochs[ttcb] + 1;
        byte[] group = new byte[16];
        BigEndian.u64(group, 0, GROUP.groupHigh());
        BigEndian.u64(group, 8, GROUP.groupLow());
        List<String> arguments = new ArrayList<>(List.of(
                "socket=" + directory.resolve("s" + ttcb),
                "state=" + state(ttcb),
                "group=" + java.util.HexFormat.of().formatHex(group),
                "ttcb=" + ttcb,
                "epoch=" + epochs[ttcb],
                "previous-epoch=" + Math.max(0, epochs[ttcb] - 1),
                "profile=" + (profile == TagProfile.HMAC ? "hmac" : "p256"),
                "persistent=" + persistent,
                "allowed-user=" + RealTime.user(),
                "real-time=false",
                "lifeline=true"));
        arguments.addAll(List.of(options));
        processes[ttcb] =
                ComponentLauncher.start(java(), classes(), ProcessOptions.of(arguments.toArray(String[]::new)));
    }

    /** Makes a view of both; the dealer was in the one before. */
    private void join(int dealer) {
        try (Ttcb zero = open(0);
                Ttcb one = open(1)) {
            Ttcb[] both = {zero, one};
            List<TrustedView.Member> members = new ArrayList<>();
            for (Ttcb each : both) {
                members.add(new TrustedView.Member(
                        each.identity().header().ttcb(),
                        each.identity().header().epoch(),
                        each.identity().evidence().keys()));
            }
            TrustedView next = new TrustedView(view == null ? 0 : view.number() + 1, dealer, members, List.of(1L, 2L));
            List<Fence> fences = view == null
                    ? List.of()
                    : List.of(both[dealer].raise(
                            GROUP.with(Stream.MEMBERSHIP), Mark.VIEW, next.number(), next.content()));
            both[dealer].install(next, new byte[0], fences);
            int other = 1 - dealer;
            both[other].install(next, profile == TagProfile.HMAC ? both[dealer].wrapKey(other) : new byte[0], fences);
            view = next;
        }
    }

    private Ttcb open(int ttcb) {
        return processes[ttcb].connect(null);
    }

    ComponentLauncher process() {
        return processes[0];
    }

    @Override
    public Stream group() {
        return GROUP;
    }

    @Override
    public Stream stream() {
        streams += 3;
        return GROUP.with(streams);
    }

    @Override
    public Ttcb connect() {
        return open(0);
    }

    @Override
    public Optional<Ttcb> peer() {
        return Optional.of(open(1));
    }

    @Override
    public Ttcb killAndRestart() throws Exception {
        processes[0].kill();
        processes[0].close();
        start(0);
        join(1);
        return open(0);
    }

    @Override
    public void remember() throws IOException {
        copy = directory.resolve("copy");
        Files.createDirectories(copy);
        clear(copy);
        copy(state(0), copy);
    }

    @Override
    public Ttcb restoreAndRestart() throws Exception {
        processes[0].kill();
        clear(state(0));
        copy(java.util.Objects.requireNonNull(copy), state(0));
        return killAndRestart();
    }

    private static void copy(Path from, Path to) throws IOException {
        try (var files = Files.list(from)) {
            for (Path file : files.toList()) {
                Files.copy(file, to.resolve(file.getFileName()));
            }
        }
    }

    private static void clear(Path folder) throws IOException {
        try (var files = Files.list(folder)) {
            for (Path file : files.toList()) {
                Files.delete(file);
            }
        }
    }

    /** Between two tests of a class nothing is closed. */
    @Override
    public void close() {}

    void end() throws IOException {
        for (ComponentLauncher process : processes) {
            process.close();
        }
        Files.walkFileTree(directory, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                Files.delete(file);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path folder, @Nullable IOException failure) throws IOException {
                Files.delete(folder);
                return FileVisitResult.CONTINUE;
            }
        });
    }
}
