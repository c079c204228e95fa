package org.maftia.server.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

class FlowingHelpTest {
    private static final int WIDTH = 100;

    @Test
    void paragraphsFlowAndWhatIsIndentedStays() {
        String[] lines = {"One sentence that", "goes on.", "", "Another:", "  crash  is one", "  slow   is two", "End."
        };
        assertThat(FlowingHelp.flowing(lines))
                .containsExactly(
                        "One sentence that goes on.", "", "Another:", "  crash  is one", "  slow   is two", "End.");
        assertThat(FlowingHelp.flowing(FlowingHelp.flowing(lines))).isEqualTo(FlowingHelp.flowing(lines));
        assertThat(FlowingHelp.flowing(new String[0])).isEmpty();
    }

    /** A line that is broken by its width alone leaves no room for the first word of the next one. */
    @Test
    void noLineOfTheHelpOfKeysIsBrokenTwice() {
        for (String command : List.of("list", "export", "audit", "refresh", "roll", "ceremony", "install")) {
            CommandLine line = below(below(Maftia.commandLine(), "key"), command);
            String text = line.getUsageMessage();
            List<String> description = text.lines()
                    .skip(1)
                    .dropWhile(row -> row.startsWith(" ")) // how it is typed
                    .takeWhile(row -> !row.startsWith("  "))
                    .toList();
            for (int i = 0; i + 1 < description.size(); i++) {
                String next = description.get(i + 1);
                if (!description.get(i).isEmpty() && !next.isEmpty()) {
                    assertThat(description.get(i).length() + 1 + next.split(" ", 2)[0].length())
                            .as("%s: %s", command, Arrays.asList(description.get(i), next))
                            .isGreaterThan(WIDTH - 2);
                }
            }
        }
    }

    @Test
    void whatACommandIsForIsAWholeSentenceInTheList() {
        assertThat(Maftia.commandLine().getUsageMessage().replaceAll("\\s+", " "))
                .doesNotContain("or that it read Read")
                .contains("Check offline that a time-stamp is for a file");
    }

    private static CommandLine below(CommandLine line, String command) {
        return Objects.requireNonNull(line.getSubcommands().get(command));
    }
}
