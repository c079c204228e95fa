package org.maftia.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Makes {@code docs/assurance/attacks.md} from the register and from the tests of all modules that name an attack. With
 * {@code -Dmaftia.rewrite=true} it writes the document, otherwise it compares.
 */
class AttackRegisterTest {
    /** An annotation that names an attack; there may be others between it and the method. */
    private static final Pattern NAMED = Pattern.compile("@Attack\\(\"((?:[^\"\\\\]|\\\\.)*)\"\\)");

    private static final Pattern METHOD = Pattern.compile("^ +(?:\\w+ )*void (\\w+)\\(");

    private static final Path ROOT = Path.of(System.getProperty("maftia.root"));
    private static final Path DOCUMENT = ROOT.resolve("docs/assurance/attacks.md");

    /**
     * One attack.
     *
     * @param missing what of the defence is not there; empty if all is
     */
    private record Entry(String attack, String defence, String missing) {}

    private static List<Entry> register() {
        List<Entry> entries = new ArrayList<>();
        try (InputStream in =
                Objects.requireNonNull(AttackRegisterTest.class.getResourceAsStream("attacks.txt"), "a resource")) {
            String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
            for (String block : text.split("\n\n")) {
                List<String> lines = Arrays.stream(block.split("\n"))
                        .filter(line -> !line.startsWith("#") && !line.isBlank())
                        .toList();
                if (!lines.isEmpty()) {
                    String missing = lines.size() > 2 ? lines.get(2).replaceFirst("^missing: ", "") : "";
                    entries.add(new Entry(lines.get(0), lines.get(1), missing));
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return entries;
    }

    /** Tests by the attack that they name, as {@code Class.method} of a module. */
    private static SortedMap<String, List<String>> tests() {
        SortedMap<String, List<String>> tests = new TreeMap<>();
        try (Stream<Path> modules = Files.list(ROOT)) {
            for (Path module : modules.sorted().toList()) {
                Path sources = module.resolve("src/test/java");
                if (Files.exists(sources)) {
                    try (Stream<Path> files = Files.walk(sources)) {
                        for (Path file : files.filter(path -> path.toString().endsWith("Test.java"))
                                .sorted()
                                .toList()) {
                            read(file, tests);
                        }
                    }
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return tests;
    }

    private static void read(Path file, SortedMap<String, List<String>> tests) throws IOException {
        String module = ROOT.relativize(file).getName(0).toString();
        String type = file.getFileName().toString().replace(".java", "");
        List<String> named = new ArrayList<>();
        for (String line : Files.readAllLines(file)) {
            Matcher attack = NAMED.matcher(line);
            while (attack.find()) {
                named.add(attack.group(1).replace("\\\"", "\""));
            }
            Matcher method = METHOD.matcher(line);
            if (method.find() && !named.isEmpty()) {
                String test = "`" + type + "." + method.group(1) + "` (" + module + ")";
                named.forEach(name ->
                        tests.computeIfAbsent(name, fresh -> new ArrayList<>()).add(test));
                named.clear();
            }
        }
        assertThat(named).as("an attack is named by a method of " + type).isEmpty();
    }

    private static String document(List<Entry> register, SortedMap<String, List<String>> tests) {
        StringBuilder text = new StringBuilder();
        text.append("# Attacks: what was tried\n\n")
                .append(
                        "Made from `core/src/test/resources/org/maftia/core/attacks.txt` and from the tests that name an ")
                .append("attack by `@Attack`,\nby `AttackRegisterTest` with `-Dmaftia.rewrite=true`. ")
                .append("Each build runs these tests.\n");
        long built = register.stream()
                .filter(entry -> tests.containsKey(entry.attack))
                .count();
        text.append("\nOf ")
                .append(register.size())
                .append(" attacks ")
                .append(built)
                .append(" are tried.\n");
        for (Entry entry : register) {
            text.append("\n## ").append(entry.attack).append("\n\n");
            text.append("Defence: ").append(entry.defence).append(".\n");
            List<String> tried = tests.getOrDefault(entry.attack, List.of());
            if (tried.isEmpty()) {
                text.append("\n**Not built**: ").append(entry.missing).append(".\n");
                continue;
            }
            text.append('\n');
            tried.forEach(test -> text.append("* ").append(test).append('\n'));
            if (!entry.missing.isEmpty()) {
                text.append("\n**Missing**: ").append(entry.missing).append(".\n");
            }
        }
        return text.toString();
    }

    @Test
    void everyNameOfATestStandsInTheRegister() {
        assertThat(register()).extracting(Entry::attack).doesNotHaveDuplicates().containsAll(tests().keySet());
    }

    @Test
    void whatNoTestTriesIsSaidToBeMissing() {
        SortedMap<String, List<String>> tests = tests();
        assertThat(register())
                .filteredOn(entry -> !tests.containsKey(entry.attack))
                .allSatisfy(entry -> assertThat(entry.missing).as(entry.attack).isNotBlank());
    }

    @Test
    void theDocumentSaysWhatTheSourcesSay() throws IOException {
        String made = document(register(), tests());
        if (Boolean.getBoolean("maftia.rewrite")) {
            Files.writeString(DOCUMENT, made);
        }
        assertThat(Files.readString(DOCUMENT))
                .as("make it anew: -Dtest=AttackRegisterTest -Dmaftia.rewrite=true")
                .isEqualTo(made);
    }
}
