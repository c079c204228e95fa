package org.maftia.core.crypto;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.maftia.core.wire.Digest;
import org.maftia.core.wire.MalformedException;

/**
 * Ciphertexts that were decoded lately: who opens one decodes it five times, and to find out that two points are in the group
 * costs as much as a third of a proof. A pure function with a memory. May be used by several threads.
 */
final class DecodedCiphertexts {
    /** Some times what a group opens at a time. */
    private static final int COUNT_MAX = 512;

    /** Longer ones are seldom, and are decoded each time: so all take two megabytes at most. */
    private static final int LENGTH_MAX = 4096;

    /** In the order in which they came, the oldest of which is forgotten first. */
    private final Map<Digest, Tdh2Ciphertext> known = new LinkedHashMap<>();

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
        return known.get(name);
    }

    private synchronized void keep(Digest name, Tdh2Ciphertext ciphertext) {
        known.put(name, ciphertext);
        if (known.size() > COUNT_MAX) {
            var oldest = known.entrySet().iterator();
            oldest.next();
            oldest.remove();
        }
    }
}
