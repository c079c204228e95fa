/**
 * X.509 of strangers, strictly: public keys, and chains of certificates up to an anchor (RFC 5280) at a time that the caller
 * gives. What is accepted is a function of the bytes, the anchors and that time alone, at every replica: no clock, no
 * randomness, no provider decides an outcome.
 *
 * {@snippet lang="java" :
 * CertificateChain chain = CertificateChain.of(encoded);
 * CertificateChain.Anchor issuer = chain.require(anchors, agreedSeconds); // or throws, with a sentence
 * if (name.isIn(chain)) {
 *     bindTo(chain.leafDigest());
 * }
 * }
 */
@NullMarked
package org.maftia.services.x509;

import org.jspecify.annotations.NullMarked;
