/**
 * Passkeys: what a browser brings after it registered one or signed with one, judged by every replica alike, without
 * providers. Attestation is not asked for, and a statement of one is refused; keys are ES256, EdDSA or RS256.
 *
 * {@snippet lang="java" :
 * NewCredential credential = PasskeyCheck.registered(clientData, attestation, expected);  // or MalformedException
 * long counter = PasskeyCheck.asserted(clientData, authenticatorData, signature, credential.key(), expected);
 * }
 *
 * <p>Source: W3C Web Authentication, level 2, sections 6.1, 6.5, 7.1 and 7.2; RFC 8949 (CBOR), RFC 9052 and 9053 (COSE).
 */
@NullMarked
package org.maftia.services.openid.webauthn;

import org.jspecify.annotations.NullMarked;
