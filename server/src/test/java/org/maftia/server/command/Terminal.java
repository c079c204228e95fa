package org.maftia.server.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.Arrays;
import picocli.CommandLine;

/** Where tests type commands. */
public final class Terminal {
    private String errors = "";

    /** Types a command, which must end with this code; gives what it printed. */
    public String type(int expectedCode, Object... words) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        String[] arguments = Arrays.stream(words).map(Object::toString).toArray(String[]::new);
        CommandLine line = Maftia.commandLine(arguments);
        line.setOut(new PrintWriter(out));
        line.setErr(new PrintWriter(err));
        int code = line.execute(arguments);
        line.getOut().flush();
        errors = err.toString();
        assertThat(code).as(String.join(" ", arguments) + ": " + errors).isEqualTo(expectedCode);
        return out.toString();
    }

    /** What the last command printed on standard error. */
    public String errors() {
        return errors;
    }
}
