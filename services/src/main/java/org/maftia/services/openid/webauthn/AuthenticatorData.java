package org.maftia.services.openid.webauthn;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import org.maftia.core.crypto.Transcript;
import org.maftia.core.wire.MalformedException;
import org.maftia.core.wire.Reader;

/**
 * What an authenticator says of itself (Web Authentication, section 6.1).
 *
 * @param counter of signatures
 * @param made the credential, where one was made
 */
record AuthenticatorData(long counter, Optional<NewCredential> made) {
    static final int LENGTH_MAX = 4 << 10;

    /** Of the name of a credential (section 5.1.3). */
    static final int ID_LENGTH_MAX = 1_023;

    /** Of a public key: RSA with 4096 bits and names. */
    static final int KEY_LENGTH_MAX = 1 << 10;

    private static final int PRESENT = 0x01;
    private static final int VERIFIED = 0x04;
    private static final int MAY_BE_COPIED = 0x08;
    private static final int IS_COPIED = 0x10;
    private static final int CREDENTIAL = 0x40;
    private static final int EXTENSIONS = 0x80;
    private static final int MODEL_LENGTH = 16;

    /**
     * Reads and judges it.
     *
     * @throws MalformedException when it is none, is for another place, or nobody was there whom it verified
     */
    static AuthenticatorData of(byte[] bytes, String place) {
        if (bytes.length > LENGTH_MAX) {
            throw new MalformedException("the authenticator says too much");
        }
        Reader reader = new Reader(bytes);
        if (!reader.digest().equals(Transcript.sha256(place.getBytes(StandardCharsets.UTF_8)))) {
            throw new MalformedException("the passkey is one of another place");
        }
        int flags = reader.u8();
        if ((flags & PRESENT) == 0 || (flags & VERIFIED) == 0) {
            throw new MalformedException("the authenticator did not verify that its user is there");
        }
        if ((flags & IS_COPIED) != 0 && (flags & MAY_BE_COPIED) == 0) {
            throw new MalformedException("the authenticator says that it copied what may not be copied");
        }
        long counter = reader.u32();
        int end = bytes.length - reader.remaining();
        Optional<NewCredential> made = Optional.empty();
        if ((flags & CREDENTIAL) != 0) {
            reader.fixed(MODEL_LENGTH);
            byte[] id = reader.fixed(bounded(reader.u16()));
            int begin = bytes.length - reader.remaining();
            end = Cbor.at(bytes, begin).end();
            made = Optional.of(new NewCredential(id, key(bytes, begin, end), counter));
        }
        if ((flags & EXTENSIONS) != 0) {
            Cbor.Found extensions = Cbor.at(bytes, end);
            if (!(extensions.item() instanceof Cbor.Entries)) {
                throw new MalformedException("the extensions are no map");
            }
            end = extensions.end();
        }
        if (end != bytes.length) {
            throw new MalformedException("there is something behind what the authenticator says");
        }
        return new AuthenticatorData(counter, made);
    }

    private static int bounded(int length) {
        if (length == 0 || length > ID_LENGTH_MAX) {
            throw new MalformedException("the name of a passkey has 1 to " + ID_LENGTH_MAX + " bytes");
        }
        return length;
    }

    private static byte[] key(byte[] bytes, int begin, int end) {
        if (end - begin > KEY_LENGTH_MAX) {
            throw new MalformedException("the key of the passkey is too long");
        }
        byte[] key = Arrays.copyOfRange(bytes, begin, end);
        PasskeyKey.of(key); // refuses what it cannot use
        return key;
    }
}
