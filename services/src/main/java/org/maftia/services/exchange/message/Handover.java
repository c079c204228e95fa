package org.maftia.services.exchange.message;

import java.util.Arrays;
import org.bouncycastle.crypto.AsymmetricCipherKeyPair;
import org.bouncycastle.crypto.InvalidCipherTextException;
import org.bouncycastle.crypto.hpke.HPKE;
import org.bouncycastle.crypto.hpke.HPKEContextWithEncapsulation;
import org.maftia.core.crypto.Transcript;
import org.maftia.core.wire.Digest;
import org.maftia.core.wire.MalformedException;

/**
 * How an item is handed to the party for whom it is: HPKE (RFC 9180, mode base, X25519, HKDF-SHA256, AES-128-GCM), bound to the
 * exchange. Sealing is a function of its arguments, so that all replicas seal alike: the key of the moment comes from the
 * random bytes in the escrow, which none but the item's owner, and the replicas that opened it, ever saw.
 */
public final class Handover {
    /** What comes before the encrypted item: a public key of X25519. */
    private static final int KEY_LENGTH = 32;

    private static final byte[] NOTHING = new byte[0];

    private Handover() {}

    private static HPKE suite() {
        return new HPKE(HPKE.mode_base, HPKE.kem_X25519_SHA256, HPKE.kdf_HKDF_SHA256, HPKE.aead_AES_GCM128);
    }

    private static byte[] info(Digest exchange) {
        return Transcript.of("exchange/handover").field(exchange).digest().toBytes();
    }

    /**
     * Encrypts an escrowed item.
     *
     * @param to who gets it
     * @throws MalformedException when the party's key is one under which nothing can be sealed
     */
    public static byte[] seal(Digest exchange, Escrowed escrowed, Party to) {
        HPKE hpke = suite();
        byte[] seed = Transcript.of("exchange/handover key")
                .field(exchange)
                .field(escrowed.salt())
                .field(to.seal())
                .digest()
                .toBytes();
        try {
            HPKEContextWithEncapsulation context =
                    hpke.setupBaseS(hpke.deserializePublicKey(to.seal()), info(exchange), hpke.deriveKeyPair(seed));
            byte[] sealed = context.seal(NOTHING, escrowed.item());
            byte[] out = Arrays.copyOf(context.getEncapsulation(), KEY_LENGTH + sealed.length);
            System.arraycopy(sealed, 0, out, KEY_LENGTH, sealed.length);
            return out;
        } catch (InvalidCipherTextException | IllegalArgumentException | IllegalStateException e) {
            throw new MalformedException("nothing can be sealed under the party's key"); // a point of small order
        }
    }

    /**
     * Opens what was sealed for oneself.
     *
     * @param secret of X25519
     * @throws MalformedException when it was sealed for another, for another exchange, or altered
     */
    public static byte[] open(Digest exchange, byte[] sealed, byte[] secret, byte[] publicKey) {
        if (sealed.length < KEY_LENGTH) {
            throw new MalformedException("this is no sealed item");
        }
        HPKE hpke = suite();
        AsymmetricCipherKeyPair own = hpke.deserializePrivateKey(secret, publicKey);
        try {
            return hpke.setupBaseR(Arrays.copyOf(sealed, KEY_LENGTH), own, info(exchange))
                    .open(NOTHING, Arrays.copyOfRange(sealed, KEY_LENGTH, sealed.length));
        } catch (InvalidCipherTextException | IllegalArgumentException | IllegalStateException e) {
            throw new MalformedException("the sealed item does not open: it is another's, or was altered");
        }
    }
}
