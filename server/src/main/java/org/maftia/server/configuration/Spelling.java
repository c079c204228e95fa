package org.maftia.server.configuration;

import java.util.Collection;
import java.util.List;
import java.util.TreeSet;

/** Hints for names that nobody knows. */
public final class Spelling {
    /** More wrong letters than this is another word. */
    private static final int DISTANCE_MAX = 3;

    private Spelling() {}

    /** Names the nearest known name, or all of them. */
    public static String suggestion(String given, Collection<String> known) {
        String nearest = "";
        int least = DISTANCE_MAX + 1;
        for (String candidate : known) {
            int distance = distance(given, candidate);
            if (distance < least) {
                least = distance;
                nearest = candidate;
            }
        }
        if (!nearest.isEmpty()) {
            return "did you mean '" + nearest + "'?";
        }
        List<String> sorted = List.copyOf(new TreeSet<>(known));
        return sorted.isEmpty() ? "nothing may stand here" : "known here: " + String.join(", ", sorted);
    }

    /** Levenshtein's distance, row by row. */
    private static int distance(String a, String b) {
        int[] row = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            row[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int change = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(change, Math.min(row[j], row[j - 1]) + 1);
            }
        }
        return row[b.length()];
    }
}
