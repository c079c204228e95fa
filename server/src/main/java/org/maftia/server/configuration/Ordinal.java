package org.maftia.server.configuration;

/**
 * Where a configuration stands among those of its group.
 *
 * @param number counts from 0
 * @param predecessor digest of the one before, in hex; empty for the first
 */
public record Ordinal(int number, String predecessor) {
    public static final Ordinal FIRST = new Ordinal(0, "");

    /** Beyond it something else is wrong. */
    private static final int NUMBER_MAX = 1_000_000;

    static Ordinal read(Section group) throws ConfigurationException {
        Ordinal ordinal =
                new Ordinal(group.integer("number", 0, 0, NUMBER_MAX), group.text("predecessor", FIRST.predecessor));
        if (!ordinal.predecessor.matches(ordinal.number == 0 ? "" : "[0-9a-f]{64}")) {
            throw group.error(
                    "predecessor",
                    "must be the digest of the configuration before, where number is above 0",
                    "'maftia reconfigure prepare' writes both");
        }
        return ordinal;
    }
}
