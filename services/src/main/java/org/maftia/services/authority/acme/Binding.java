package org.maftia.services.authority.acme;

import java.util.Arrays;
import org.maftia.services.x509.Hash;
import org.maftia.services.x509.SubjectKey;

/**
 * The proof that whoever holds the key of a new account also holds a credential that an officer gave out (RFC 8555, section
 * 7.3.4): a JWS by HS256 over the account's key.
 */
public final class Binding {
    private final Jws inner;

    private Binding(Jws inner) {
        this.inner = inner;
    }

    static Binding of(Json json) {
        Jws inner = Jws.of(json);
        if (!inner.algorithm().equals("HS256")) {
            throw new Refusal(Problem.Kind.BAD_SIGNATURE_ALGORITHM, "a binding is authenticated by HS256");
        }
        if (inner.keyName().isEmpty() || inner.nonce().isPresent()) {
            throw Json.malformed("a binding names its credential by \"kid\" and has no nonce");
        }
        return new Binding(inner);
    }

    /** The name of the credential. */
    public String credential() {
        return inner.keyName().orElseThrow();
    }

    /**
     * Whether the binding is of this account and made with this credential.
     *
     * @param url of the request around it
     */
    public boolean isOf(SubjectKey account, String url, byte[] secret) {
        return inner.url().equals(url)
                && Arrays.equals(Hash.hmac(secret, inner.signed()), inner.signature())
                && AccountKey.of(Json.object(inner.payload(), "the key of the binding"))
                        .equals(account);
    }
}
