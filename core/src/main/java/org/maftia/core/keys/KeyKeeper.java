package org.maftia.core.keys;

import java.util.Optional;

/**
 * Where a replica keeps its secrets of keys, and the only place to which they leave its memory: neither its journal nor the
 * state that others fetch holds any. Called by computations, for one name from one thread at a time. Whoever cannot keep what
 * is asked of him throws, which stops the replica: going on would be to promise what he does not have.
 */
public interface KeyKeeper {
    /**
     * What follows a key's id in the name of the secrets with which a member opens what is dealt to it; its shares have the id
     * itself as their name.
     */
    String RECIPIENTS = "/recipient";

    /**
     * Keeps a secret, in the place of another one of the same name and number: it is durable when this returns.
     *
     * @param name of at most 80 characters
     * @param number of the attempt that it comes from; 0: from a ceremony
     */
    void keep(String name, long number, byte[] secret);

    /** What was kept, unless it was erased. The caller overwrites the array. */
    Optional<byte[]> kept(String name, long number);

    /** Erases the secrets of the name with these numbers, both ends included: nobody can read them again. */
    void erase(String name, long first, long last);
}
