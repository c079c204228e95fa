package org.maftia.server.command;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.maftia.server.cluster.ClusterDirectory;
import org.maftia.server.cluster.Endpoints;
import org.maftia.server.cluster.LocalCluster;
import org.maftia.server.cluster.SecureHttp;
import org.maftia.server.notarize.NotaryClient;
import org.maftia.server.notarize.TokenVerifier;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code maftia notarize}. */
@Command(
        name = "notarize",
        description = {
            "Have the group time-stamp a file.",
            "",
            "Only the file's digest leaves this machine. The time-stamp (RFC 3161) is checked, then written beside the",
            "file; 'maftia verify' and 'openssl ts -verify' check it offline at any later time."
        })
final class NotarizeCommand implements Callable<Integer> {
    @Mixin
    private final DirectoryOption directory = new DirectoryOption();

    @Mixin
    private final OutputOption output = new OutputOption();

    @Option(
            names = {"-o", "--out"},
            paramLabel = "TOKEN",
            description = "Where to write the time-stamp (default: FILE.tsr).")
    private @Nullable Path out;

    @Parameters(paramLabel = "FILE", description = "The file to stamp.")
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private Path file;

    @Override
    public Integer call() throws Exception {
        if (!Files.isReadable(file) || Files.isDirectory(file)) {
            throw new CommandException("cannot read " + file, "name an existing file");
        }
        ClusterDirectory cluster = directory.existing();
        Endpoints endpoints = LocalCluster.open(cluster).endpoints();
        String path = endpoints.services().get("tsa");
        if (path == null) {
            throw new CommandException("the group runs no notary", "add the service 'notary' to its configuration");
        }
        List<String> addresses = endpoints.replicas().stream()
                .map(replica -> replica.https() + path)
                .toList();
        Path root = cluster.root().resolve(endpoints.caCertificate());
        NotaryClient client = new NotaryClient(addresses, SecureHttp.trusting(root), TokenVerifier.trusting(root));
        NotaryClient.Stamped stamped;
        try {
            stamped = client.stamp(file);
        } catch (IOException e) {
            throw new CommandException(String.valueOf(e.getMessage()), "'maftia status' tells how the replicas are");
        }
        Path target = out != null ? out : Path.of(file + ".tsr");
        write(target, stamped.reply());
        output.print(
                VerifyCommand.result(stamped.token()).put("written", target.toString()),
                VerifyCommand.sentence(file, stamped.token()) + "; written " + target);
        return 0;
    }

    /** All or nothing: a reader never sees half a token. */
    private static void write(Path target, byte[] bytes) throws CommandException {
        Path draft = target.resolveSibling(
                "." + target.getFileName() + "." + ProcessHandle.current().pid());
        try {
            try (FileChannel channel =
                    FileChannel.open(draft, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
                ByteBuffer buffer = ByteBuffer.wrap(bytes);
                while (buffer.hasRemaining()) {
                    channel.write(buffer);
                }
                channel.force(true);
            }
            Files.move(draft, target, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new CommandException(
                    "cannot write " + target + ": " + e.getMessage(), "name another place with --out");
        }
    }
}
