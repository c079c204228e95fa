package org.maftia.services.authority.acme;

import org.maftia.services.x509.SubjectKey;

/**
 * The wish to give an account another key: signed with the new key within what the old key signed (RFC 8555, section 7.3.5).
 *
 * @param account its URL
 */
public record KeyChange(SubjectKey newKey, SubjectKey oldKey, String account) {
    /**
     * Reads and checks the inner request.
     *
     * @param url of the outer request, which the inner one repeats
     * @throws Refusal when it is none
     */
    public static KeyChange decode(byte[] payload, String url) {
        Jws inner = Jws.of(Json.object(payload, "the inner request"));
        inner.requireAlgorithm();
        SubjectKey newKey =
                inner.key().orElseThrow(() -> Json.malformed("the inner request holds the new key as \"jwk\""));
        if (inner.nonce().isPresent() || !inner.url().equals(url)) {
            throw Json.malformed("the inner request has the url of the outer one and no nonce");
        }
        if (!inner.isSignedBy(newKey)) {
            throw Json.malformed("the inner request is not signed with the new key");
        }
        Json content = Json.object(inner.payload(), "the content of the inner request");
        SubjectKey oldKey = content.child("oldKey")
                .map(AccountKey::of)
                .orElseThrow(() -> Json.malformed("the inner request lacks \"oldKey\""));
        return new KeyChange(newKey, oldKey, content.requiredText("account"));
    }
}
