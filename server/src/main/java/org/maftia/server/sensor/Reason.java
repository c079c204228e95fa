package org.maftia.server.sensor;

/** Why a record was refused. */
public enum Reason {
    OVERSIZE("longer than 1 MiB"),
    NESTING("nested deeper than 32"),
    SYNTAX("not well formed"),
    DOCTYPE("declares something in its document type, or uses an entity"),
    TIME("no time that can be read"),
    TYPE("no kind of alarm"),
    ADDRESS("no valid address where one must be"),
    FIELD("a value out of its range"),
    CUT("cut off by the end of its file");

    private final String text;

    Reason(String text) {
        this.text = text;
    }

    /** For people. */
    public String text() {
        return text;
    }
}
