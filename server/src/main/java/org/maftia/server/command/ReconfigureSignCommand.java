package org.maftia.server.command;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.maftia.server.ceremony.GroupTranscript;
import org.maftia.server.ceremony.OfficerKeys;
import org.maftia.server.succession.KeyFolders;
import org.maftia.server.succession.Wish;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code maftia reconfigure sign}. */
@Command(
        name = "sign",
        description = {
            "Sign, as an officer of the present configuration, that the next one be what a transcript says.",
            "",
            "Compare the hash of the transcript with the people of the ceremony first. Groups whose description names no",
            "officers are changed by their replicas: a quorum of their operators sign, each with --replica."
        },
        sortOptions = false)
final class ReconfigureSignCommand implements Callable<Integer> {
    @Mixin
    private final DirectoryOption directory = new DirectoryOption();

    @Mixin
    private final UnlockOption unlock = new UnlockOption();

    @Mixin
    private final OutputOption output = new OutputOption();

    @Mixin
    private final StepOption step = new StepOption();

    @Option(names = "--expect", paramLabel = "HASH", description = "The next transcript's hash as it was read out.")
    private @Nullable String expected;

    @Option(names = "--officer", paramLabel = "NAME", description = "With the key that 'maftia init --officer' made.")
    private @Nullable String officer;

    @Option(names = "--replica", paramLabel = "ID", description = "With the key of a replica that is an officer.")
    private @Nullable String replica;

    @Option(
            names = "--serial",
            paramLabel = "N",
            defaultValue = "0",
            description = "Above that of a wish which this one replaces (default: ${DEFAULT-VALUE}).")
    private long serial;

    @Option(names = "--out", paramLabel = "FILE", required = true, description = "Where the signature goes.")
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private Path out;

    @Override
    public Integer call() throws Exception {
        GroupTranscript group = step.next();
        if (expected != null) {
            group.requireDigest(expected);
        }
        Wish wish = step.wish(serial);
        OfficerKeys.Signed signed;
        if (officer != null && replica == null) {
            signed = OfficerKeys.sign(
                    directory.directory().officers().resolve(officer),
                    wish.digest(),
                    unlock.unlock(directory.directory()));
        } else if (replica != null && officer == null) {
            Path keys = directory.directory().keys(replica);
            signed = OfficerKeys.signAsReplica(
                    KeyFolders.newest(keys), wish.digest(), unlock.unlock(directory.directory()));
        } else {
            throw new CommandException("who signs?", "name one of --officer and --replica");
        }
        String name = wish.officer(signed);
        Files.writeString(out, wish.line(signed) + "\n");
        output.print(
                Json.object().put("officer", name).put("file", out.toString()),
                name + " wants configuration " + wish.next().number() + ": "
                        + String.join(", ", wish.next().group().ids()),
                "transcript " + group.digest(),
                "wrote " + out + "; 'maftia reconfigure submit' takes it, with those of the other officers");
        return 0;
    }
}
