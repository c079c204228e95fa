package org.maftia.server.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.maftia.server.simulate.KnownScenarios;
import picocli.CommandLine;

class MaftiaTest {
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    private int run(String... arguments) {
        CommandLine line = Maftia.commandLine(arguments);
        line.setOut(new PrintWriter(out));
        line.setErr(new PrintWriter(err));
        int code = line.execute(arguments);
        line.getOut().flush();
        return code;
    }

    @Test
    void helpNamesEveryCommandWithASentence() {
        assertThat(run("--help")).isZero();
        for (CommandLine command : Maftia.commandLine().getSubcommands().values()) {
            if (!command.getCommandSpec().usageMessage().hidden()) {
                assertThat(out.toString()).contains("  " + command.getCommandName() + " ");
            }
            assertThat(command.getCommandSpec().usageMessage().description()).isNotEmpty();
        }
    }

    @ParameterizedTest
    @CsvSource({"No space left on device, 1", "Broken pipe, 0"})
    void aResultThatIsNotWrittenIsAnError(String fault, int code) {
        ByteArrayOutputStream said = new ByteArrayOutputStream();
        OutputStream output = new OutputStream() {
            @Override
            public void write(int b) throws IOException {
                throw new IOException(fault);
            }
        };
        assertThat(Maftia.unwritten(output, new PrintStream(said, true, StandardCharsets.UTF_8)))
                .isEqualTo(code);
        assertThat(said.toString(StandardCharsets.UTF_8)).contains(code == 0 ? "" : "written whole: " + fault);
    }

    /** What is built for one command is that command as it is among all. */
    @Test
    void aCommandByItselfIsTheOneAmongAll() {
        assertSameHelp(Maftia.commandLine(), List.of());
    }

    private static void assertSameHelp(CommandLine command, List<String> path) {
        CommandLine alone = Maftia.commandLine(path.toArray(String[]::new));
        if (!path.isEmpty()) {
            assertThat(alone.getSubcommands()).containsOnlyKeys(path.getFirst());
        }
        for (String word : path) {
            alone = Objects.requireNonNull(alone.getSubcommands().get(word), path::toString);
        }
        assertThat(alone.getUsageMessage()).as(path.toString()).isEqualTo(command.getUsageMessage());
        command.getSubcommands().forEach((name, below) -> {
            List<String> further = new ArrayList<>(path);
            further.add(name);
            assertSameHelp(below, further);
        });
    }

    @Test
    void everyCommandHasHelpForEveryOption() {
        for (CommandLine command : Maftia.commandLine().getSubcommands().values()) {
            assertThat(run(command.getCommandName(), "--help")).isZero();
            command.getCommandSpec()
                    .options()
                    .forEach(option -> assertThat(option.description())
                            .as(command.getCommandName() + " " + option.longestName())
                            .isNotEmpty());
        }
    }

    @Test
    void helpOfSimulationsNamesEveryScenario() {
        assertThat(run("simulate", "--help")).isZero();
        assertThat(out.toString()).contains(KnownScenarios.names());
    }

    @Test
    void aMistypedCommandGetsTheNearestOne() {
        assertThat(run("stauts")).isEqualTo(Maftia.EXIT_USAGE);
        assertThat(err.toString()).isEqualTo("""
            maftia: error: there is no command 'stauts'
            maftia: hint: did you mean 'status'?
            """);
    }

    @Test
    void statusOfNoClusterSaysHowToMakeOne(@TempDir Path directory) {
        assertThat(run("status", "--dir", directory.toString())).isEqualTo(Maftia.EXIT_FAILURE);
        assertThat(err.toString()).isEqualTo("""
            maftia: error: there is no cluster in %s
            maftia: hint: 'maftia up' makes one; --dir or MAFTIA_DIR names its directory
            """.formatted(directory));
    }

    @Test
    void moreClientsThanOneProcessHasCreditsForAreRefusedWithTheBound(@TempDir Path directory) {
        assertThat(run("bench", "--dir", directory.toString(), "--clients", "1,513"))
                .isEqualTo(Maftia.EXIT_FAILURE);
        assertThat(err.toString()).isEqualTo("""
            maftia: error: one client process may have 512 requests under way
            maftia: hint: ask for at most 512 clients; further load needs client keys of its own
            """);
    }
}
