package org.maftia.server.cluster;

/** Something about a local cluster is not as it must be; the hint says what to do. */
public final class ClusterException extends Exception {
    private final String hint;

    public ClusterException(String message, String hint) {
        super(message);
        this.hint = hint;
    }

    public String hint() {
        return hint;
    }
}
