/**
 * How one replica looks at the world outside for the certification authority: whether an account controls a name (RFC 8555,
 * section 8; RFC 8737), and whether the name's owner lets this authority certify it (RFC 8659, 8657). Every replica looks
 * for itself, from where it is and with its own resolver; what it saw is a vote, and the group decides. All that comes from
 * the network is bounded and believed to prove no more than that it came.
 */
@NullMarked
package org.maftia.server.validation;

import org.jspecify.annotations.NullMarked;
