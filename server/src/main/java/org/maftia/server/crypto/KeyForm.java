package org.maftia.server.crypto;

import java.util.Arrays;
import java.util.HexFormat;
import org.maftia.core.crypto.HostVerification;

/** The kinds of keys that OpenSSL verifies under, and how each is written: one header, one length. */
enum KeyForm {
    /** Two coordinates of an uncompressed point (RFC 5480): id-ecPublicKey, prime256v1. */
    P_256(HostVerification.ECDSA_HEADER, 64),

    /** A point (RFC 8410). */
    ED25519(HostVerification.EDWARDS_HEADER, 32);

    private final byte[] header;
    private final int length;

    KeyForm(String header, int length) {
        this.header = HexFormat.of().parseHex(header);
        this.length = length;
    }

    /** Whether a SubjectPublicKeyInfo is of this kind, as far as its header says. */
    boolean fits(byte[] encoded) {
        return encoded.length == header.length + length
                && Arrays.equals(encoded, 0, header.length, header, 0, header.length);
    }
}
