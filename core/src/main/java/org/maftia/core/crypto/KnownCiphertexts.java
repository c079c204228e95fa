package org.maftia.core.crypto;

import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.maftia.core.wire.Digest;
import org.maftia.core.wire.MalformedException;

/**
 * Ciphertexts that were looked at lately: who opens one decodes it five times, and to find out that two points are in the group
 * costs as much as a third of a proof; a gateway checks one before the group does. Pure functions with a memory. May be used by
 * several threads.
 */
final class KnownCiphertexts {
    /** Some times what a group opens at a time. */
    private static final int COUNT_MAX = 512;

    /** Longer ones are seldom, and are decoded each time: so all take two megabytes at most. */
    private static final int LENGTH_MAX = 4096;

    /** In the order in which they came, the oldest of which is forgotten first. */
    private final Map<Digest, Tdh2Ciphertext> decoded = new LinkedHashMap<>();

    /** Names of those that were found valid under a label, in the same order. */
    private final Set<Digest> valid = new LinkedHashSet<>();

    /** @throws MalformedException when it is none */
    Tdh2Ciphertext decode(byte[] ciphertext) {
        if (ciphertext.length > LENGTH_MAX) {
            return Tdh2Ciphertext.CODEC.decode(ciphertext);
        }
        Digest name = Transcript.sha256(ciphertext);
        Tdh2Ciphertext found = find(name);
        if (found == null) {
            found = Tdh2Ciphertext.CODEC.decode(ciphertext);
            keep(name, found);
        }
        return found;
    }

    private synchronized @Nullable Tdh2Ciphertext find(Digest name) {
        return decoded.get(name);
    }

    private synchronized void keep(Digest name, Tdh2Ciphertext ciphertext) {
        decoded.put(name, ciphertext);
        if (decoded.size() > COUNT_MAX) {
            var oldest = decoded.entrySet().iterator();
            oldest.next();
            oldest.remove();
        }
    }

    /**
     * Whether a ciphertext was found valid.
     *
     * @param name of its bytes and its label
     */
    synchronized boolean isValid(Digest name) {
        return valid.contains(name);
    }

    /** It was found valid. What is not is not remembered, so nobody makes this forget by sending it. */
    synchronized void valid(Digest name) {
        valid.add(name);
        if (valid.size() > COUNT_MAX) {
            var oldest = valid.iterator();
            oldest.next();
            oldest.remove();
        }
    }
}
