package org.maftia.client;

/** The group cannot take another request of this client now; later it can. */
public final class GroupException extends RuntimeException {
    public GroupException(String message) {
        super(message);
    }
}
