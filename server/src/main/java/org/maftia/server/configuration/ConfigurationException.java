package org.maftia.server.configuration;

/** The configuration cannot be used; the message names file and line, the hint what would cure it. */
public final class ConfigurationException extends Exception {
    private final String hint;

    public ConfigurationException(String message, String hint) {
        super(message);
        this.hint = hint;
    }

    public String hint() {
        return hint;
    }
}
