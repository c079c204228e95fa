/**
 * Signatures for who may have them: each named key of the group has a policy that says who asks, with which hash, in which padding
 * and how often.
 *
 * <p>Guarantee: the group signs a digest only if it stands in the log, in a command that a caller of that key proved to be its
 * own ({@link org.maftia.services.signing.SigningCommand}), within the key's rate. No fault set can have anything else signed, nor
 * use a caller's proof a second time or through another gateway. A signature goes to the gateway that asked, and to no other replica.
 *
 * <p>A caller proves itself with an Ed25519 key. Who holds a token instead has the key {@linkplain
 * org.maftia.services.signing.CallerKey#ofToken derived from it}: replicas know the public half, and never see the token. The gateway
 * that a token is shown to sees it; programs that sign commands themselves show it to nobody.
 */
@NullMarked
package org.maftia.services.signing;

import org.jspecify.annotations.NullMarked;
