package org.maftia.core.crypto;

/**
 * The only source of randomness: every call gives bytes that nobody else can predict. The shell passes the operating
 * system's; a test passes a seeded one and gets the same keys again.
 */
public interface Entropy {
    /** Fresh uniform bytes, {@code count} of them; the caller owns the array. */
    byte[] bytes(int count);
}
