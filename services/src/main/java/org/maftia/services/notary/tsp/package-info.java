/**
 * The formats of RFC 3161 time-stamps, as pure functions. The only package that touches the ASN.1 and CMS classes of the
 * library: no clock, no randomness, no provider decides an outcome here, so every replica gives the same bytes.
 */
@NullMarked
package org.maftia.services.notary.tsp;

import org.jspecify.annotations.NullMarked;
