package org.maftia.bench.wormhole;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.maftia.wormhole.TrustedView;
import org.maftia.wormhole.Ttcb;
import org.maftia.wormhole.certificate.Stream;
import org.maftia.wormhole.certificate.TagProfile;
import org.maftia.wormhole.os.RealTime;
import org.maftia.wormhole.process.ComponentLauncher;
import org.maftia.wormhole.process.ComponentProcess;
import org.maftia.wormhole.process.ProcessOptions;

/** One component as a process, alone in its trusted view; in the small image if {@code maftia.image} names one. */
final class TestedComponent implements AutoCloseable {
    static final Stream STREAM = new Stream(1, 2, 5);

    private final Path directory;
    private final ComponentLauncher process;
    private final Ttcb ttcb;

    TestedComponent(TagProfile profile, String... options) throws IOException {
        directory = Files.createTempDirectory("maftia-wormhole");
        List<String> arguments = new ArrayList<>(List.of(
                "socket=" + directory.resolve("socket"),
                "state=" + directory,
                "group=00000000000000010000000000000002",
                "ttcb=0",
                "epoch=1",
                "profile=" + (profile == TagProfile.HMAC ? "hmac" : "p256"),
                "allowed-user=" + RealTime.user(),
                "lifeline=true"));
        arguments.addAll(List.of(options));
        Path java = Path.of(System.getProperty("maftia.image", System.getProperty("java.home")), "bin", "java");
        process = ComponentLauncher.start(java, place(), ProcessOptions.of(arguments.toArray(String[]::new)));
        ttcb = process.connect(null);
        TrustedView view = new TrustedView(
                0,
                0,
                List.of(new TrustedView.Member(0, 1, ttcb.identity().evidence().keys())),
                List.of());
        ttcb.install(view, new byte[0], List.of());
    }

    private static Path place() {
        return Path.of(ComponentProcess.class
                .getProtectionDomain()
                .getCodeSource()
                .getLocation()
                .getPath());
    }

    Ttcb ttcb() {
        return ttcb;
    }

    @Override
    public void close() throws IOException {
        ttcb.close();
        process.close();
        Files.deleteIfExists(directory.resolve("socket"));
        Files.deleteIfExists(directory.resolve("identity"));
        Files.delete(directory);
    }
}
