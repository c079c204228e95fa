package org.maftia.server.command;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.maftia.core.wire.MalformedException;
import org.maftia.server.notarize.RefusedTokenException;
import org.maftia.server.notarize.TokenVerifier;
import org.maftia.server.notarize.VerifiedToken;
import org.maftia.services.log.LogPolicy;
import org.maftia.services.log.SignedCheckpoint;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code maftia verify}. */
@Command(
        name = "verify",
        description = {
            "Check offline that a time-stamp is for a file and by the group's notary, that a file is registered, or"
                    + " that it",
            "is in the log.",
            "",
            "Needs the file, the time-stamp and the group's root certificate, nothing else: no replica is asked.",
            "For a proof of the log (/log/proof?index=N) it needs the policy of the log instead; for the receipt of a",
            "registration both.",
            "",
            "Two heads of the log (/log/checkpoint) in the place of FILE and TOKEN: whether the log of the second begins",
            "with that of the first, by the log's tiles."
        })
final class VerifyCommand implements Callable<Integer> {
    @Mixin
    private final DirectoryOption directory = new DirectoryOption();

    @Mixin
    private final OutputOption output = new OutputOption();

    @Option(
            names = "--ca",
            paramLabel = "PEM",
            description = "The group's root certificate (default: that of the cluster in D).")
    private @Nullable Path root;

    @Option(
            names = "--policy",
            paramLabel = "FILE",
            description = "The policy of the log (default: that of the cluster in D).")
    private @Nullable Path policy;

    @Option(
            names = "--tiles",
            paramLabel = "FOLDER",
            description = "With two heads: where tile/ of the log is (default: the gateways of the cluster in D).")
    private @Nullable Path tiles;

    @Parameters(index = "0", paramLabel = "FILE", description = "The file that was stamped.")
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private Path file;

    @Parameters(
            index = "1",
            paramLabel = "TOKEN",
            description = "The time-stamp: a reply of a notary, or a token; or a receipt; or a proof of the log.")
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private Path token;

    @Override
    public Integer call() throws Exception {
        if (LogCheck.isProof(token)) {
            return LogCheck.of(file, token, policy, directory).print(output);
        }
        Optional<SignedCheckpoint> later = ConsistencyCheck.head(token);
        if (later.isPresent()) {
            return consistency(earlier(), later.get());
        }
        Path trusted = root != null ? root : directory.existing().ceremony().resolve("ca.pem");
        if (ReceiptCheck.isReceipt(token)) {
            return ReceiptCheck.print(file, token, trusted, policy, directory, output);
        }
        try {
            VerifiedToken verified = TokenVerifier.trusting(trusted).verify(file, read(token));
            output.print(result(verified).put("valid", true), sentence(file, verified));
            return 0;
        } catch (RefusedTokenException e) {
            if (output.isJson()) {
                output.print(Json.object().put("valid", false).put("reason", e.getMessage()));
                return Maftia.EXIT_FAILURE;
            }
            throw new CommandException(
                    "the time-stamp is refused: " + e.getMessage(),
                    "check that file, time-stamp and root certificate belong together");
        } catch (IOException e) {
            throw new CommandException("cannot read: " + e.getMessage(), "name existing files");
        }
    }

    private SignedCheckpoint earlier() throws CommandException, IOException {
        Optional<SignedCheckpoint> earlier = ConsistencyCheck.head(file);
        if (earlier.isEmpty()) {
            throw new CommandException(
                    token + " is a head of a log, and " + file + " is none",
                    "give two heads (/log/checkpoint), the older first; for one entry give its proof (/log/proof?index=N)");
        }
        return earlier.get();
    }

    private int consistency(SignedCheckpoint earlier, SignedCheckpoint later) throws CommandException {
        try {
            LogPolicy rule = LogCheck.policy(policy, directory);
            return ConsistencyCheck.of(earlier, later, rule, tiles, directory).print(output);
        } catch (MalformedException e) {
            throw new CommandException("the policy is none: " + e.getMessage(), "take it anew: GET /log/policy");
        } catch (IOException e) {
            throw new CommandException("cannot read: " + e.getMessage(), "name existing files");
        }
    }

    private static byte[] read(Path token) throws IOException {
        try (InputStream in = Files.newInputStream(token)) {
            return in.readNBytes(TokenVerifier.TOKEN_LENGTH_MAX);
        }
    }

    static ObjectNode result(VerifiedToken verified) {
        return Json.object()
                .put("time", verified.time().toString())
                .put("serial", verified.serial().toString())
                .put("accuracySeconds", verified.accuracySeconds())
                .put("policy", verified.policy())
                .put("signer", verified.signer());
    }

    static String sentence(Path file, VerifiedToken verified) {
        return file + " existed at " + verified.time() + " (within " + verified.accuracySeconds() + " s), serial "
                + verified.serial();
    }
}
