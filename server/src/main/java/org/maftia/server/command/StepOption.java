package org.maftia.server.command;

import java.nio.file.Path;
import org.maftia.server.ceremony.GroupTranscript;
import org.maftia.server.configuration.ConfigurationException;
import org.maftia.server.succession.Known;
import org.maftia.server.succession.Wish;
import picocli.CommandLine.Option;

/** {@code --present} and {@code --next}: from which configuration to which. */
final class StepOption {
    @Option(
            names = "--present",
            paramLabel = "TRANSCRIPT",
            required = true,
            description = "The present transcript.json.")
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private Path present;

    @Option(names = "--next", paramLabel = "TRANSCRIPT", required = true, description = "The next one's.")
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private Path next;

    /** What the next configuration is to be. */
    GroupTranscript next() {
        return GroupTranscript.read(next);
    }

    /** The wish for that step, under a serial number. */
    Wish wish(long serial) throws ConfigurationException {
        return new Wish(Known.of(GroupTranscript.read(present)), Known.of(next()), serial);
    }
}
