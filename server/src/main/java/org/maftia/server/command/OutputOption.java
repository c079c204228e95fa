package org.maftia.server.command;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.PrintWriter;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** What every command that prints a result has: {@code --help}, {@code --json}, and where the result goes. */
final class OutputOption {
    @Spec(Spec.Target.MIXEE)
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec command;

    @Mixin
    private final HelpOption help = new HelpOption();

    @Option(names = "--json", description = "Print the result as one line of JSON.")
    private boolean json;

    boolean isJson() {
        return json;
    }

    CommandLine commandLine() {
        return command.commandLine();
    }

    PrintWriter writer() {
        return commandLine().getOut();
    }

    /** Prints the result in the form that was asked for. */
    void print(ObjectNode asJson, String... forPeople) {
        if (json) {
            writer().println(asJson);
        } else {
            for (String line : forPeople) {
                writer().println(line);
            }
        }
        writer().flush();
    }
}
