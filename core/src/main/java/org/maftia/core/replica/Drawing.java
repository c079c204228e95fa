package org.maftia.core.replica;

import org.maftia.core.crypto.Transcript;

/**
 * Agreed randomness: the hash of the group's unique signature of a message that names the draw. No fault set makes it
 * alone, and a correct replica adds its share only when the wish stands in its log; nobody chooses it, as there is one
 * signature. Source: Cachin, Kursawe, Shoup, "Random oracles in Constantinople" (J. Cryptology 2005), as the coin.
 */
public final class Drawing {
    /** The id of the key whose signatures are drawn values, and nothing else: no service has it sign. */
    public static final String KEY_ID = "draws";

    /** The length of what is drawn, in bytes. */
    public static final int LENGTH = 32;

    private Drawing() {}

    /**
     * What is signed. The key is the group's, so it need not name the group.
     *
     * @param slot of the log behind which the signature was begun: those whom it serves had asked by then
     * @param number among all signatures of the group, so that no message comes twice
     */
    public static byte[] message(long slot, long number) {
        return Transcript.of("draw").field(slot).field(number).digest().toBytes();
    }

    /**
     * What is drawn, in {@link #LENGTH} bytes.
     *
     * @param place among the wishes that the signature serves
     */
    public static byte[] value(byte[] signature, int place) {
        return Transcript.of("drawn").field(signature).field(place).digest().toBytes();
    }
}
