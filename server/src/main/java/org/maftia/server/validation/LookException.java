package org.maftia.server.validation;

import org.maftia.services.authority.acme.Problem;

/** What a replica saw speaks against the name; it becomes the replica's vote. */
final class LookException extends Exception {
    private final Problem.Kind kind;
    private final String address;

    LookException(Problem.Kind kind, String address, String detail) {
        super(detail, null, false, false);
        this.kind = kind;
        this.address = address;
    }

    LookException(Problem.Kind kind, String detail) {
        this(kind, "", detail);
    }

    Problem.Kind kind() {
        return kind;
    }

    /** Where the replica looked; empty where it came to no address. */
    String address() {
        return address;
    }
}
