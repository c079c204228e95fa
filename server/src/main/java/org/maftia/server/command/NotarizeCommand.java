package org.maftia.server.command;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.maftia.core.wire.MalformedException;
import org.maftia.server.cluster.ClusterDirectory;
import org.maftia.server.cluster.Endpoints;
import org.maftia.server.cluster.LocalCluster;
import org.maftia.server.cluster.SecureHttp;
import org.maftia.server.notarize.NotaryClient;
import org.maftia.server.notarize.RegistrationClient;
import org.maftia.server.notarize.TokenVerifier;
import org.maftia.services.registration.Document;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code maftia notarize}. */
@Command(
        name = "notarize",
        description = {
            "Have the group time-stamp a file, or register it.",
            "",
            "Only the file's digest leaves this machine. The time-stamp (RFC 3161) is checked, then written beside the",
            "file; 'maftia verify' and 'openssl ts -verify' check it offline at any later time.",
            "",
            "With --register the group registers the file: its title and digest are encrypted to the whole group, have",
            "their place before anybody can read them, and become public then. The receipt, with the proof that the",
            "registration stands in the group's log, is checked and written beside the file; 'maftia verify' checks it",
            "offline. With --lookup it is fetched of whoever registered the same content first."
        })
final class NotarizeCommand implements Callable<Integer> {
    @Mixin
    private final DirectoryOption directory = new DirectoryOption();

    @Mixin
    private final OutputOption output = new OutputOption();

    @Option(
            names = {"-o", "--out"},
            paramLabel = "TOKEN",
            description = "Where to write the time-stamp or receipt (default: FILE.tsr, FILE.receipt).")
    private @Nullable Path out;

    @Option(names = "--register", description = "Register the file instead of stamping it.")
    private boolean register;

    @Option(names = "--lookup", description = "Fetch the receipt of the earliest registration of this content.")
    private boolean lookup;

    @Option(
            names = "--title",
            paramLabel = "TEXT",
            description = "With --register: the public title (default: the file's name).")
    private @Nullable String title;

    @Option(
            names = "--content-type",
            paramLabel = "TYPE",
            description = "With --register: the media type, such as text/plain (default: none).")
    private @Nullable String contentType;

    @Option(
            names = "--show-content",
            description =
                    "With --register: encrypt the content too (64 KiB at most), so that the receipt says that it was"
                            + " had.")
    private boolean content;

    @Parameters(paramLabel = "FILE", description = "The file to stamp.")
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private Path file;

    @Override
    public Integer call() throws Exception {
        if (!Files.isReadable(file) || Files.isDirectory(file)) {
            throw new CommandException("cannot read " + file, "name an existing file");
        }
        if (register || lookup) {
            return registration();
        }
        if (title != null || contentType != null || content) {
            throw new CommandException("a time-stamp has no title and no content type", "say --register, too");
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

    private int registration() throws Exception {
        if (register && lookup) {
            throw new CommandException("--register and --lookup are two things", "name one of them");
        }
        RegistrationGroup group = RegistrationGroup.open(directory);
        RegistrationClient.Registered registered;
        try {
            registered = register ? group.register(document()) : group.client().find(ReceiptCheck.digest(file));
        } catch (MalformedException e) {
            throw new CommandException(
                    "this cannot be registered: " + e.getMessage(), "name other ones with --title, --content-type");
        } catch (IOException e) {
            throw new CommandException(String.valueOf(e.getMessage()), "'maftia status' tells how the replicas are");
        }
        Path target = out != null ? out : Path.of(file + ".receipt");
        write(target, registered.evidence().toBytes());
        output.print(
                ReceiptCheck.result(registered.verified()).put("written", target.toString()),
                ReceiptCheck.sentence(file, registered.verified()) + "; written " + target);
        return 0;
    }

    private Document document() throws CommandException, IOException {
        String name = title != null ? title : String.valueOf(file.getFileName());
        String type = contentType != null ? contentType : "";
        if (!content) {
            return Document.ofDigest(name, type, ReceiptCheck.digest(file));
        }
        byte[] bytes;
        try (InputStream in = Files.newInputStream(file)) {
            bytes = in.readNBytes(Document.CONTENT_LENGTH_MAX + 1);
        }
        if (bytes.length > Document.CONTENT_LENGTH_MAX) {
            throw new CommandException(
                    "the content of " + file + " is longer than " + Document.CONTENT_LENGTH_MAX + " bytes",
                    "register it without --show-content, by its digest");
        }
        return Document.of(name, type, bytes);
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
