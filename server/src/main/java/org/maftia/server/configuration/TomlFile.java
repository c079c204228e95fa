package org.maftia.server.configuration;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import org.tomlj.Toml;
import org.tomlj.TomlParseError;
import org.tomlj.TomlParseResult;

/** Files of TOML besides a group's configuration. */
final class TomlFile {
    private static final int LENGTH_MAX = 4 << 20;

    private TomlFile() {}

    /** The root of the file. */
    static Section read(Path file) throws ConfigurationException {
        String text;
        try {
            if (Files.size(file) > LENGTH_MAX) {
                throw new ConfigurationException(file + ": longer than 4 MiB", "is it the right file?");
            }
            text = Files.readString(file, StandardCharsets.UTF_8);
        } catch (NoSuchFileException e) {
            throw new ConfigurationException(file + ": no such file", "give its path");
        } catch (IOException e) {
            throw new ConfigurationException(file + ": cannot be read: " + e.getMessage(), "is it a text in UTF-8?");
        }
        TomlParseResult parsed = Toml.parse(text);
        if (parsed.hasErrors()) {
            TomlParseError error = parsed.errors().getFirst();
            throw new ConfigurationException(
                    file + ":" + error.position().line() + ": " + error.getMessage(),
                    "the file is TOML: [table], key = value, texts between quotes");
        }
        return Section.root(new Section.Source(file.toString(), Overrides.none(), new LinkedHashSet<>()), parsed);
    }
}
