package org.maftia.wormhole;

import java.util.List;

/** A configuration asks for what its back end cannot carry: an error of the operator, before anything has begun. */
public final class UnmetClaimException extends RuntimeException {
    private static final long serialVersionUID = 1;

    UnmetClaimException(List<String> sentences) {
        super(String.join("; ", sentences));
    }
}
