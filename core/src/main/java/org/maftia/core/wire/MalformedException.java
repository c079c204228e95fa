package org.maftia.core.wire;

/**
 * The bytes are no canonical encoding of the expected type. Thrown by {@link Reader} and by codecs, caught where a
 * frame or a file enters; it never passes through a protocol. It carries no stack trace: hostile input must be cheap
 * to refuse.
 */
public final class MalformedException extends RuntimeException {
    public MalformedException(String reason) {
        super(reason, null, false, false);
    }
}
