/**
 * The formats of ACME (RFC 8555): JSON that is read strictly, JOSE (RFC 7515, 7517, 7638) of the few algorithms that are
 * taken, problem documents (RFC 9457). The only package of the authority that touches the library for JSON.
 */
@NullMarked
package org.maftia.services.authority.acme;

import org.jspecify.annotations.NullMarked;
