package org.maftia.server.command;

import picocli.CommandLine.Option;

/** {@code --json}. */
final class JsonOption {
    @Option(names = "--json", description = "Print the result as one line of JSON.")
    private boolean json;

    boolean isGiven() {
        return json;
    }
}
