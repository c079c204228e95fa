/**
 * X.509 as the authority needs it: keys and names, requests that are read, certificates, revocation lists and OCSP answers
 * that are put together around signatures from elsewhere. The only package of the authority that touches the library for
 * ASN.1 and curves. Pure functions: no clock, no randomness, no provider decides an outcome here, so every replica
 * gives the same bytes and the same verdicts.
 */
@NullMarked
package org.maftia.services.authority.pki;

import org.jspecify.annotations.NullMarked;
