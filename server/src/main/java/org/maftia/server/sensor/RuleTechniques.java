package org.maftia.server.sensor;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The techniques of ATT&amp;CK that rules say they are about: {@code mitre_technique_id T1110} in the metadata of Suricata,
 * {@code <id>T1110</id>} in Wazuh's, {@code attack.t1110.001} among Sigma's tags. Rules that are commented out by a
 * line do not count.
 */
public final class RuleTechniques {
    /** The largest public rule set has some 40 MB. */
    private static final long LENGTH_MAX = 64L << 20;

    private static final Pattern NAMED =
            Pattern.compile("(?:mitre_technique_id |<id>|attack\\.)([Tt]\\d{4}(?:[._]\\d{3})?)(?!\\d)");

    private RuleTechniques() {}

    /** Reads a file of rules of any of these kinds. */
    public static SortedSet<String> read(Path file) throws IOException {
        if (Files.size(file) > LENGTH_MAX) {
            throw new IOException(file + " is larger than 64 MiB");
        }
        SortedSet<String> techniques = new TreeSet<>();
        new String(Files.readAllBytes(file), StandardCharsets.UTF_8)
                .lines()
                .filter(line -> !line.stripLeading().startsWith("#"))
                .forEach(line -> collect(line, techniques));
        return techniques;
    }

    private static void collect(String line, SortedSet<String> techniques) {
        Matcher matcher = NAMED.matcher(line);
        while (matcher.find()) {
            String id = matcher.group(1).replace('_', '.');
            techniques.add('T' + id.substring(1));
        }
    }
}
