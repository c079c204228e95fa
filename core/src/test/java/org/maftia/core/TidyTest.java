package org.maftia.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Reads the sources of all modules as a reviewer would; each rule is one that no compiler holds. */
class TidyTest {
    /** What nobody reads in one sitting is divided. */
    private static final int LINES_MAX = 600;

    /** Sources in which the module's own rules on purity hold. */
    private static final List<String> PURE =
            List.of("core/src/main/", "services/src/main/", "wormhole/src/main/java/org/maftia/wormhole/trusted/");

    /** In two parts, so that this file passes its own test. */
    private static final Pattern UNFINISHED = Pattern.compile("\\b(TO" + "DO|FIX" + "ME|XX" + "X|HA" + "CK)\\b");

    private static final Pattern EMPTY_NAME =
            Pattern.compile("\\b(?:class|interface|record|enum) +(\\w*(?:Impl|Manager|Utils?|Helper)|Abstract\\w*)\\b");

    private static final Pattern ACCESSOR =
            Pattern.compile("^ +(?:public |static )*[\\w<>\\[\\], ]+ [gs]et[A-Z]\\w*\\(.*\\{");

    private static final Pattern FLOATING = Pattern.compile("\\b(?:double|float)\\b");

    private static final Pattern HASHED =
            Pattern.compile("(\\w+) *= *new (?:Hash|IdentityHash|WeakHash)(?:Map|Set)\\b");

    private record Source(String path, List<String> lines) {
        boolean isUnder(List<String> roots) {
            return roots.stream().anyMatch(path::startsWith);
        }

        /** Without comments and strings, roughly: enough for words that stand in code. */
        String code(int line) {
            String text = lines.get(line);
            String start = text.strip();
            if (start.startsWith("*") || start.startsWith("/*") || start.startsWith("//")) {
                return "";
            }
            return text.replaceAll("\"(?:[^\"\\\\]|\\\\.)*\"", "\"\"").replaceAll("//.*", "");
        }
    }

    private static final List<Source> SOURCES = sources();

    private static List<Source> sources() {
        String root = System.getProperty("maftia.root");
        assertThat(root).as("the build tells tests where the root is").isNotNull();
        Path top = Path.of(root);
        List<Source> sources = new ArrayList<>();
        try (Stream<Path> modules = Files.list(top)) {
            for (Path module : modules.filter(path -> Files.exists(path.resolve("pom.xml")))
                    .sorted()
                    .toList()) {
                Path src = module.resolve("src");
                if (Files.exists(src)) {
                    try (Stream<Path> files = Files.walk(src)) {
                        for (Path file : files.filter(path -> path.toString().endsWith(".java"))
                                .sorted()
                                .toList()) {
                            sources.add(new Source(
                                    top.relativize(file).toString().replace('\\', '/'), Files.readAllLines(file)));
                        }
                    }
                }
            }
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
        return sources;
    }

    /** Complaints about single lines, as file:line. */
    private interface Rule {
        boolean isBroken(Source source, int line);
    }

    private static void assertNone(List<String> roots, String what, Rule rule) {
        List<String> complaints = new ArrayList<>();
        for (Source source : SOURCES) {
            for (int line = 0; line < source.lines().size(); line++) {
                if (source.isUnder(roots) && rule.isBroken(source, line)) {
                    complaints.add(source.path() + ":" + (line + 1) + ": "
                            + source.lines().get(line).strip());
                }
            }
        }
        assertThat(complaints).as(what).isEmpty();
    }

    private static final List<String> EVERYWHERE = List.of("");

    @Test
    void thereAreSourcesToRead() {
        assertThat(SOURCES).hasSizeGreaterThan(100).anyMatch(source -> source.isUnder(PURE));
    }

    @Test
    void noFileIsLongerThanOneReads() {
        assertThat(SOURCES.stream()
                        .filter(source -> source.lines().size() > LINES_MAX)
                        .map(source -> source.path() + " has " + source.lines().size() + " lines"))
                .isEmpty();
    }

    @Test
    void nothingIsMarkedAsUnfinished() {
        assertNone(
                EVERYWHERE,
                "unfinished",
                (source, line) -> UNFINISHED.matcher(source.lines().get(line)).find());
    }

    @Test
    void namesSayWhatAThingIs() {
        assertNone(
                EVERYWHERE,
                "empty names",
                (source, line) -> EMPTY_NAME.matcher(source.code(line)).find());
    }

    @Test
    void methodsAreNotCalledGetOrSet() {
        assertNone(
                PURE,
                "accessors",
                (source, line) -> ACCESSOR.matcher(source.code(line)).find());
    }

    @Test
    void pureModulesDoNotCalculateInFloatingPoint() {
        assertNone(
                PURE,
                "floating point",
                (source, line) -> FLOATING.matcher(source.code(line)).find());
    }

    @Test
    void everyPackageHasAFaceAndIsNullMarked() {
        Set<String> packages = new TreeSet<>();
        Set<String> marked = new TreeSet<>();
        for (Source source : SOURCES) {
            int slash = source.path().lastIndexOf('/');
            if (source.path().contains("/src/main/")) {
                packages.add(source.path().substring(0, slash));
                if (source.path().endsWith("/package-info.java")
                        && source.lines().contains("@NullMarked")
                        && source.lines().getFirst().startsWith("/**")) {
                    marked.add(source.path().substring(0, slash));
                }
            }
        }
        assertThat(marked).isEqualTo(packages);
    }

    /** Variables that hold hash tables are found by name, file by file: looked up they may be, walked through not. */
    @Test
    void pureModulesDoNotIterateInHashOrder() {
        List<String> complaints = new ArrayList<>();
        for (Source source : SOURCES) {
            if (!source.isUnder(PURE)) {
                continue;
            }
            String code = String.join(
                    "\n",
                    java.util.stream.IntStream.range(0, source.lines().size())
                            .mapToObj(source::code)
                            .toList());
            Matcher hashed = HASHED.matcher(code);
            while (hashed.find()) {
                String name = Pattern.quote(hashed.group(1));
                Matcher walked = Pattern.compile("\\b" + name
                                + "\\s*\\.\\s*(?:forEach|keySet|values|entrySet|iterator|stream|toString|replaceAll)\\("
                                + "|:\\s*(?:this\\.)?" + name + "\\s*\\)|copyOf\\(\\s*" + name + "\\s*\\)")
                        .matcher(code);
                if (walked.find()) {
                    complaints.add(source.path() + ": " + walked.group());
                }
            }
        }
        assertThat(complaints).isEmpty();
    }

    /**
     * The number of replicas is for arrays, rounds of all and turns: it is no operand of a comparison but in the head of
     * a loop, and no operand of arithmetic but of a remainder.
     */
    @Test
    void nobodyCalculatesWithTheNumberOfReplicas() {
        Pattern calculated = Pattern.compile("trust(?:\\(\\))?\\.size\\(\\) *(?:[-+*/<>]|[=!]=)"
                + "|(?:[-+*/>]|[<>=!]=) *(?:\\w+\\.)*trust(?:\\(\\))?\\.size\\(\\)");
        Pattern compared = Pattern.compile("< *(?:\\w+\\.)*trust(?:\\(\\))?\\.size\\(\\)");
        assertNone(
                List.of(
                        "core/src/main/java/org/maftia/core/agreement/",
                        "core/src/main/java/org/maftia/core/broadcast/",
                        "core/src/main/java/org/maftia/core/crypto/",
                        "core/src/main/java/org/maftia/core/ordering/",
                        "core/src/main/java/org/maftia/core/protocol/",
                        "core/src/main/java/org/maftia/core/replica/",
                        "services/src/main/"),
                "arithmetic with n",
                (source, line) -> calculated.matcher(source.code(line)).find()
                        || (compared.matcher(source.code(line)).find()
                                && !source.code(line).strip().startsWith("for (")));
    }
}
