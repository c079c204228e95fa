/**
 * The notary: time-stamps by RFC 3161 from a group of replicas. Serials are unique and times strictly increase in the
 * order of the log, whatever gateways and clients do; a token exists only for what the log ordered.
 */
@NullMarked
package org.maftia.services.notary;

import org.jspecify.annotations.NullMarked;
