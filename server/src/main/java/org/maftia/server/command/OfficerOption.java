package org.maftia.server.command;

import org.maftia.server.ceremony.LocalCeremony;
import picocli.CommandLine.Option;

/** Which officer signs. */
final class OfficerOption {
    @Option(
            names = "--officer",
            paramLabel = "NAME",
            defaultValue = LocalCeremony.OFFICER,
            description = "Whose key signs (default: ${DEFAULT-VALUE}).")
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private String name;

    String name() {
        return name;
    }
}
