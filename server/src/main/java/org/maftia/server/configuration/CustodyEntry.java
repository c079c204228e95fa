package org.maftia.server.configuration;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.Optional;
import org.maftia.server.ceremony.Unlock;
import org.tomlj.Toml;
import org.tomlj.TomlParseError;
import org.tomlj.TomlParseResult;

/**
 * {@code custody.toml} of one host: where the key is that opens its private keys. It is no part of {@code group.toml},
 * which all hosts share. Nothing in it is secret.
 *
 * @param passphraseFile whose first line is the passphrase
 * @param tokenLibrary absolute path of a PKCS #11 library; excludes the passphrase
 * @param token its label or serial number; empty: the only one that the library has
 * @param pinFile whose first line is the token's PIN
 */
public record CustodyEntry(
        Optional<Path> passphraseFile, Optional<Path> tokenLibrary, String token, Optional<Path> pinFile) {
    /** Reads the file; every error names its line and the fix. */
    public static CustodyEntry read(Path file) throws ConfigurationException {
        String text;
        try {
            text = Files.readString(file, StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new ConfigurationException(file + ": cannot be read: " + e.getMessage(), "is it a text in UTF-8?");
        }
        return parse(file.toString(), text);
    }

    static CustodyEntry parse(String name, String text) throws ConfigurationException {
        TomlParseResult parsed = Toml.parse(text);
        if (parsed.hasErrors()) {
            TomlParseError error = parsed.errors().getFirst();
            throw new ConfigurationException(
                    name + ":" + error.position().line() + ": " + error.getMessage(),
                    "the file is TOML: [custody], then key = value, texts between quotes");
        }
        Section root = Section.root(new Section.Source(name, Overrides.none(), new LinkedHashSet<>()), parsed);
        Section custody = root.section("custody");
        CustodyEntry entry = new CustodyEntry(
                path(custody, "passphraseFile"),
                path(custody, "tokenLibrary"),
                custody.text("token", ""),
                path(custody, "pinFile"));
        custody.finish();
        root.finish();
        if (entry.passphraseFile.isPresent() == entry.tokenLibrary.isPresent()) {
            throw custody.error(
                    "passphraseFile",
                    "or 'custody.tokenLibrary' must be there, and not both",
                    "one of them says where the key is");
        }
        if (entry.tokenLibrary.isPresent() != entry.pinFile.isPresent()) {
            throw custody.error("pinFile", "belongs to 'custody.tokenLibrary'", "name both, or none of them");
        }
        return entry;
    }

    private static Optional<Path> path(Section custody, String key) throws ConfigurationException {
        Optional<Path> path = custody.text(key).map(Path::of);
        if (path.isPresent() && !path.get().isAbsolute()) {
            throw custody.error(key, "must be an absolute path", "it is read whatever directory a command starts in");
        }
        return path;
    }

    /** What it names, opened. */
    public Unlock unlock() {
        if (tokenLibrary.isPresent() && pinFile.isPresent()) {
            return new Unlock.Token(tokenLibrary.get(), token, Unlock.fromFile(pinFile.get()));
        }
        return Unlock.fromFile(passphraseFile.orElseThrow());
    }
}
