package org.maftia.server.command;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.maftia.core.wire.MalformedException;
import org.maftia.server.ceremony.GroupTranscript;
import org.maftia.server.log.LogSetup;
import org.maftia.server.succession.Known;
import org.maftia.services.log.LogEntry;
import org.maftia.services.log.LogPolicy;
import org.maftia.services.log.LogProof;
import org.maftia.services.log.RefusedProofException;

/**
 * Whether a file is an entry of the transparency log, as a proof says; offline.
 *
 * @param refusal null where it is
 */
record LogCheck(Path file, LogProof proof, @Nullable String refusal) {
    private static final String HINT = "take the proof anew: GET /log/proof?index=N";
    private static final byte[] BEGINNING = "c2sp.org/tlog-proof@".getBytes(StandardCharsets.US_ASCII);

    /** Whether it begins as proofs do. */
    static boolean isProof(Path file) throws IOException {
        return Files.isRegularFile(file) && Arrays.equals(read(file, BEGINNING.length), BEGINNING);
    }

    private static byte[] read(Path file, int lengthMax) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            return in.readNBytes(lengthMax);
        }
    }

    static String text(Path file, int lengthMax) throws IOException {
        return new String(read(file, lengthMax + 1), StandardCharsets.UTF_8);
    }

    /**
     * The policy of a log.
     *
     * @param policy file; null: of the cluster in the directory
     */
    static LogPolicy policy(@Nullable Path policy, DirectoryOption directory) throws CommandException, IOException {
        return LogPolicy.parsed(
                policy != null
                        ? text(policy, LogPolicy.LENGTH_MAX)
                        : LogSetup.policy(Known.of(GroupTranscript.read(
                                directory.existing().ceremony().resolve(GroupTranscript.FILE)))));
    }

    /** @param policy file; null: of the cluster in the directory */
    static LogCheck of(Path file, Path token, @Nullable Path policy, DirectoryOption directory)
            throws CommandException {
        try {
            LogPolicy rule = policy(policy, directory);
            LogProof proof = LogProof.parsed(text(token, LogProof.LENGTH_MAX));
            return checked(file, proof, rule, read(file, LogEntry.BODY_LENGTH_MAX + 1));
        } catch (MalformedException e) {
            throw new CommandException("the proof or the policy is none: " + e.getMessage(), HINT);
        } catch (IOException e) {
            throw new CommandException("cannot read: " + e.getMessage(), "name existing files");
        }
    }

    private static LogCheck checked(Path file, LogProof proof, LogPolicy policy, byte[] body) {
        try {
            proof.verify(policy, proof.entry(body));
            return new LogCheck(file, proof, null);
        } catch (RefusedProofException e) {
            return new LogCheck(file, proof, e.getMessage());
        }
    }

    /** Tells, and gives the exit code. */
    int print(OutputOption output) throws CommandException {
        if (refusal != null && output.isJson()) {
            output.print(Json.object().put("valid", false).put("reason", refusal));
            return Maftia.EXIT_FAILURE;
        }
        if (refusal != null) {
            throw new CommandException(
                    "the proof is refused: " + refusal, "check that file, proof and policy belong together");
        }
        long size = proof.signed().checkpoint().size();
        output.print(
                Json.object().put("valid", true).put("index", proof.index()).put("size", size),
                file + " is entry " + proof.index() + " of the group's log, under a head of " + size + " entries");
        return 0;
    }
}
