package org.maftia.server.sensor;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Assumptions;

/**
 * Finds the alarms and logs that tests read where they are: the folder {@code alarms} named by the property or
 * variable {@code maftia.alarms} ({@code MAFTIA_ALARMS}), else {@code shared/data/alarms} beside a directory above the
 * module. It is no part of the project; tests that want it are skipped without it.
 */
final class AlarmData {
    private AlarmData() {}

    static Path folder() {
        Path found = located();
        Assumptions.assumeTrue(
                Files.isDirectory(found), "no alarm data: name its folder with -Dmaftia.alarms or MAFTIA_ALARMS");
        return found;
    }

    private static Path located() {
        String named = System.getProperty("maftia.alarms", System.getenv().getOrDefault("MAFTIA_ALARMS", ""));
        if (!named.isEmpty()) {
            return Path.of(named);
        }
        Path above = Path.of("").toAbsolutePath();
        while (above != null) {
            Path candidate = above.resolve("shared/data/alarms");
            if (Files.isDirectory(candidate)) {
                return candidate;
            }
            above = above.getParent();
        }
        return Path.of("shared/data/alarms");
    }
}
