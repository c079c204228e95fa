package org.maftia.services.registration;

import org.maftia.core.crypto.Entropy;
import org.maftia.core.crypto.ThresholdCipher;
import org.maftia.core.crypto.Transcript;
import org.maftia.core.wire.Codec;
import org.maftia.core.wire.Digest;
import org.maftia.core.wire.MalformedException;
import org.maftia.core.wire.Reader;
import org.maftia.core.wire.Writer;

/**
 * A document that nobody can read before it has its place in the log.
 *
 * @param reference {@link #REFERENCE_LENGTH} random bytes of who registers; the ciphertext is bound to them
 * @param ciphertext of the encoded {@link Document}
 */
public record SealedDocument(byte[] reference, byte[] ciphertext) {
    public static final int REFERENCE_LENGTH = 16;

    /** Bytes of the encoding: what the cipher adds is some hundred bytes. */
    public static final int LENGTH_MAX = REFERENCE_LENGTH + Document.LENGTH_MAX + 1024;

    /** A reference of another length never passes for one with a piece of the ciphertext: all have the same. */
    static final Codec<SealedDocument> CODEC = new Codec<>() {
        @Override
        public void write(Writer writer, SealedDocument value) {
            writer.fixed(value.reference).fixed(value.ciphertext);
        }

        @Override
        public SealedDocument read(Reader reader) {
            byte[] reference = reader.fixed(REFERENCE_LENGTH);
            if (reader.remaining() == 0) {
                throw new MalformedException("a sealed document has a ciphertext");
            }
            return new SealedDocument(reference, reader.fixed(reader.remaining()));
        }
    };

    /** The sealed bytes, to be handed to a gateway. */
    public static byte[] seal(Document document, Addressee addressee, ThresholdCipher cipher, Entropy entropy) {
        byte[] reference = entropy.bytes(REFERENCE_LENGTH);
        byte[] label = addressee.cipherLabel(reference);
        return CODEC.encode(
                new SealedDocument(reference, cipher.encrypt(Document.CODEC.encode(document), label, entropy)));
    }

    /**
     * Whether who made the bytes knew what is inside, and meant this group: what it is nobody knows yet. A gateway keeps the
     * rest out of the log; the group checks it again.
     */
    public static boolean isSealed(byte[] sealed, Addressee addressee, ThresholdCipher cipher) {
        if (sealed.length > LENGTH_MAX) {
            return false;
        }
        try {
            SealedDocument parts = CODEC.decode(sealed);
            return cipher.isValid(parts.ciphertext, addressee.cipherLabel(parts.reference));
        } catch (MalformedException e) {
            return false;
        }
    }

    /** Names the registration. */
    public static Digest id(byte[] sealed) {
        return Transcript.sha256(sealed);
    }
}
