package org.maftia.wormhole.trusted;

/** Bytes that survive: a file in production, a model with torn and lost writes in tests. */
public interface Disk {
    long length();

    /** Reads up to the length; gives the bytes read. */
    int read(long at, byte[] into);

    /** Writes; may be lost or torn by a crash before {@link #force}. */
    void write(long at, byte[] bytes);

    /** Returns when all that was written is durable. */
    void force();
}
