/**
 * The certification authority: ACME (RFC 8555) from a group of replicas. Every replica checks every client's signature and
 * looks at every name itself; a certificate exists only for what the log ordered, and no fault set can have one issued, or
 * keep one from being issued. Certificates, revocation lists and OCSP answers are signed with one threshold key.
 */
@NullMarked
package org.maftia.services.authority;

import org.jspecify.annotations.NullMarked;
