package org.maftia.server.command;

import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Help;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/**
 * Help in which sentences flow: the program has them on lines as long as its own, which on narrower ones would break twice. Empty
 * lines part paragraphs, and what is indented keeps its line.
 */
final class FlowingHelp extends Help {
    FlowingHelp(CommandSpec spec, ColorScheme scheme) {
        super(flowing(spec), scheme);
    }

    private static CommandSpec flowing(CommandSpec spec) {
        spec.usageMessage().description(flowing(spec.usageMessage().description()));
        return spec;
    }

    /** One element a paragraph or indented line. */
    static String[] flowing(String[] lines) {
        List<String> paragraphs = new ArrayList<>();
        StringBuilder open = new StringBuilder();
        for (String line : lines) {
            if (!line.isBlank() && !line.startsWith(" ")) {
                open.append(open.isEmpty() ? "" : " ").append(line);
                continue;
            }
            if (!open.isEmpty()) {
                paragraphs.add(open.toString());
                open.setLength(0);
            }
            paragraphs.add(line);
        }
        if (!open.isEmpty()) {
            paragraphs.add(open.toString());
        }
        return paragraphs.toArray(String[]::new);
    }

    @Override
    public IOptionRenderer createDefaultOptionRenderer() {
        IOptionRenderer plain = super.createDefaultOptionRenderer();
        return (option, labels, scheme) -> plain.render(
                OptionSpec.builder(option)
                        .description(flowing(option.description()))
                        .build(),
                labels,
                scheme);
    }

    @Override
    public IParameterRenderer createDefaultParameterRenderer() {
        IParameterRenderer plain = super.createDefaultParameterRenderer();
        return (parameter, labels, scheme) -> plain.render(
                PositionalParamSpec.builder(parameter)
                        .description(flowing(parameter.description()))
                        .build(),
                labels,
                scheme);
    }
}
