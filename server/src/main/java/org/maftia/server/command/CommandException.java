package org.maftia.server.command;

/** A command could not do what was asked; the message says what is wrong, the hint what to do. */
public final class CommandException extends Exception {
    private final String hint;

    public CommandException(String message, String hint) {
        super(message);
        this.hint = hint;
    }

    public String hint() {
        return hint;
    }
}
