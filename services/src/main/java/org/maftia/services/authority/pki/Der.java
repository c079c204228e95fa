package org.maftia.services.authority.pki;

import java.io.IOException;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1Encoding;
import org.bouncycastle.asn1.ASN1Primitive;
import org.maftia.core.wire.MalformedException;

/** ASN.1 in memory. */
final class Der {
    private Der() {}

    static byte[] of(ASN1Encodable value) {
        try {
            return value.toASN1Primitive().getEncoded(ASN1Encoding.DER);
        } catch (IOException e) {
            throw new IllegalStateException("encoding into memory does not fail", e);
        }
    }

    /**
     * One value, which takes all of the bytes.
     *
     * @throws MalformedException when they are none
     */
    static ASN1Primitive parse(byte[] encoded) {
        try {
            return ASN1Primitive.fromByteArray(encoded);
        } catch (IOException | RuntimeException e) { // the library has many ways to say that bytes are nonsense
            throw new MalformedException("no DER");
        }
    }
}
