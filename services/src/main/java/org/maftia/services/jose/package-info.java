/**
 * JSON Object Signing of strangers, strictly: one spelling of base64url, no member twice, nothing behind the end, bounded
 * depth and length, no extensions. What is accepted is a function of the bytes alone, at every replica: keys are checked and
 * signatures verified by code without providers.
 *
 * {@snippet lang="java" :
 * CompactJws jws = CompactJws.decode(bytes);
 * JsonWebKey key = JsonWebKey.of(jws.payload().child("key"));
 * if (jws.isSignedBy(key) && jws.type().equals("an-application's-type")) {
 *     String text = jws.payload().text("text");
 * }
 * }
 *
 * <p>Source: RFC 7515 (JWS), RFC 7517 and 7518 (JWK, JWA), RFC 7638 (thumbprint), RFC 8037 (Ed25519).
 */
@NullMarked
package org.maftia.services.jose;

import org.jspecify.annotations.NullMarked;
