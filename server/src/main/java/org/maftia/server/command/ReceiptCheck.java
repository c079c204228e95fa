package org.maftia.server.command;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.maftia.core.wire.Digest;
import org.maftia.core.wire.MalformedException;
import org.maftia.server.configuration.ConfigurationException;
import org.maftia.server.notarize.RefusedReceiptException;
import org.maftia.server.notarize.RegistrationEvidence;
import org.maftia.server.notarize.RegistrationEvidence.Verified;
import org.maftia.server.notarize.TokenVerifier;
import org.maftia.services.log.LogPolicy;
import org.maftia.services.registration.Receipt;

/** Whether a file is registered, as a receipt and its proof say; offline. */
final class ReceiptCheck {
    private static final String HINT = "'maftia notarize --lookup FILE' fetches the receipt anew";

    private ReceiptCheck() {}

    /** Whether it begins as receipts do. */
    static boolean isReceipt(Path file) throws IOException {
        return Files.isRegularFile(file) && RegistrationEvidence.isEvidence(read(file, 1));
    }

    private static byte[] read(Path file, int lengthMax) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            return in.readNBytes(lengthMax);
        }
    }

    /**
     * Checks it and gives the exit code.
     *
     * @param root certificate of the group, in PEM
     * @param policy file; null: of the cluster in the directory
     */
    static int print(
            Path file, Path receipt, Path root, @Nullable Path policy, DirectoryOption directory, OutputOption output)
            throws CommandException, ConfigurationException {
        try {
            List<LogPolicy> policies = policy == null
                    ? RegistrationGroup.policies(directory)
                    : List.of(LogPolicy.parsed(
                            new String(read(policy, LogPolicy.LENGTH_MAX + 1), StandardCharsets.UTF_8)));
            RegistrationEvidence evidence =
                    RegistrationEvidence.parsed(read(receipt, RegistrationEvidence.LENGTH_MAX + 1));
            Verified verified = verified(evidence, certificate(root), policies);
            if (!verified.receipt().description().sha256().equals(digest(file))) {
                return refused("it is one for another file, or the file was changed", output);
            }
            output.print(result(verified).put("valid", true), sentence(file, verified));
            return 0;
        } catch (RefusedReceiptException e) {
            return refused(String.valueOf(e.getMessage()), output);
        } catch (MalformedException e) {
            throw new CommandException("the receipt or the policy is none: " + e.getMessage(), HINT);
        } catch (IOException e) {
            throw new CommandException("cannot read: " + e.getMessage(), "name existing files");
        }
    }

    static Digest digest(Path file) throws IOException {
        return Digest.of(TokenVerifier.sha256(file));
    }

    private static X509Certificate certificate(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            return (X509Certificate) CertificateFactory.getInstance("X.509").generateCertificate(in);
        } catch (GeneralSecurityException e) {
            throw new IOException(file + " holds no certificate", e);
        }
    }

    /** By the present policy, or by a former one; where none believes it the present one says why. */
    private static Verified verified(RegistrationEvidence evidence, X509Certificate root, List<LogPolicy> policies)
            throws RefusedReceiptException {
        try {
            return evidence.verify(root, policies.getFirst());
        } catch (RefusedReceiptException e) {
            for (LogPolicy former : policies.subList(1, policies.size())) {
                Optional<Verified> verified = believed(evidence, root, former);
                if (verified.isPresent()) {
                    return verified.get();
                }
            }
            throw e;
        }
    }

    private static Optional<Verified> believed(RegistrationEvidence evidence, X509Certificate root, LogPolicy policy) {
        try {
            return Optional.of(evidence.verify(root, policy));
        } catch (RefusedReceiptException e) {
            return Optional.empty(); // of another configuration
        }
    }

    private static int refused(String reason, OutputOption output) throws CommandException {
        if (output.isJson()) {
            output.print(Json.object().put("valid", false).put("reason", reason));
            return Maftia.EXIT_FAILURE;
        }
        throw new CommandException(
                "the receipt is refused: " + reason, "check that file, receipt and root certificate belong together");
    }

    static ObjectNode result(Verified verified) {
        Receipt receipt = verified.receipt();
        ObjectNode json = Json.object()
                .put("id", receipt.id().toString())
                .put("sequence", receipt.sequence())
                .put("time", verified.time().toString())
                .put("title", receipt.description().title())
                .put("contentType", receipt.description().contentType())
                .put("sha256", receipt.description().sha256().toString());
        receipt.description().contentLength().ifPresent(length -> json.put("contentLength", length));
        return json.put("firstSequence", receipt.first())
                .put("since", receipt.since())
                .put("logIndex", verified.entry())
                .put("logSize", verified.size());
    }

    static String sentence(Path file, Verified verified) {
        Receipt receipt = verified.receipt();
        String place = file + " is registered as number " + receipt.sequence() + ", at " + verified.time();
        String title = receipt.description().title();
        return place
                + (title.isEmpty() ? "" : ", as \"" + title + "\"")
                + (receipt.first() == receipt.sequence()
                        ? ", the first since number " + receipt.since()
                        : "; the same content was registered before, as number " + receipt.first())
                + "; entry " + verified.entry() + " of the log";
    }
}
