package org.maftia.client;

/** The group did not do a request of this client: it cannot take another one now, or the service failed at this one. */
public final class GroupException extends RuntimeException {
    public GroupException(String message) {
        super(message);
    }
}
