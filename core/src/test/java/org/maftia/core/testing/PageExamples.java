package org.maftia.core.testing;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Holds the examples of a package's page and the test that runs them together: every statement between {@code <pre>} tags
 * must stand in the test, letter by letter but for blanks and comments.
 */
public final class PageExamples {
    private static final Pattern EXAMPLE = Pattern.compile("<pre>\\{@code(.*?)\\}</pre>", Pattern.DOTALL);

    private PageExamples() {}

    /**
     * The statements of the page that the test lacks.
     *
     * @param module directory of the module, such as {@code core}
     * @param packagePath of the page, such as {@code org/maftia/core/broadcast}
     * @param test the source file of the test below {@code src/test/java}
     * @throws IOException when one of the two is not there
     * @throws IllegalStateException when the page has no example at all
     */
    public static List<String> missing(String module, String packagePath, String test) throws IOException {
        Path sources =
                Path.of(System.getProperty("maftia.root")).resolve(module).resolve("src");
        String page = Files.readString(sources.resolve("main/java/" + packagePath + "/package-info.java"));
        String here = dense(Files.readString(sources.resolve("test/java/" + test)));
        List<String> missing = new ArrayList<>();
        Matcher examples = EXAMPLE.matcher(page);
        int statements = 0;
        while (examples.find()) {
            String code = examples.group(1).replaceAll("//[^\n]*", "").replaceAll("(?m)^ \\*", "");
            for (String statement : dense(code).split(";")) {
                String bare = statement.replaceAll("^}+|}+$", "");
                statements += bare.isEmpty() ? 0 : 1;
                if (!here.contains(bare)) {
                    missing.add(bare);
                }
            }
        }
        if (statements == 0) {
            throw new IllegalStateException("the page of " + packagePath + " has no example");
        }
        return missing;
    }

    private static String dense(String code) {
        return code.replaceAll("\\s+", "");
    }
}
