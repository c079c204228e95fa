package org.maftia.server.gateway;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What follows {@code tile/} in the address of a tile or a bundle. Source: C2SP tlog-tiles.
 *
 * @param level of the tile; {@link #ENTRIES}: a bundle of entries
 * @param width 1 to 256
 */
public record LogPath(int level, long index, int width) {
    public static final int ENTRIES = -1;

    /** Those of a full one. */
    public static final int WIDTH_MAX = 256;

    private static final Pattern FORM = Pattern.compile(
            "(entries|0|[1-9]|[1-5][0-9]|6[0-3])/((?:x[0-9]{3}/){0,4}[0-9]{3})(?:\\.p/([1-9][0-9]{0,2}))?");

    /** Empty where the text is none. */
    public static Optional<LogPath> parsed(String text) {
        Matcher form = FORM.matcher(text);
        if (!form.matches()) {
            return Optional.empty();
        }
        String digits = form.group(2).replace("x", "").replace("/", "");
        boolean padded = digits.length() > 3 && digits.startsWith("000");
        int width = form.group(3) == null ? WIDTH_MAX : Integer.parseInt(form.group(3));
        if (padded || form.group(3) != null && width >= WIDTH_MAX) {
            return Optional.empty();
        }
        int level = form.group(1).equals("entries") ? ENTRIES : Integer.parseInt(form.group(1));
        return Optional.of(new LogPath(level, Long.parseLong(digits), width));
    }

    /** The text. */
    public String text() {
        StringBuilder path = new StringBuilder();
        long rest = index;
        String last = "";
        do {
            String part = Long.toString(1_000 + rest % 1_000).substring(1);
            path.insert(0, last.isEmpty() ? part : "x" + part + "/");
            last = part;
            rest /= 1_000;
        } while (rest > 0);
        String prefix = level == ENTRIES ? "entries/" : level + "/";
        return prefix + path + (width == WIDTH_MAX ? "" : ".p/" + width);
    }
}
