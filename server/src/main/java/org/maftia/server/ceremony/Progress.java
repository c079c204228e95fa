package org.maftia.server.ceremony;

/** Hears what a long ceremony is doing: a safe prime takes seconds, and nobody should wonder. */
@FunctionalInterface
public interface Progress {
    /** A step begins, in words for a terminal. Any thread may call. */
    void step(String text);

    /** Tells nobody. */
    Progress SILENT = text -> {};
}
