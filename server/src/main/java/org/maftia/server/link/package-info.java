/**
 * Authenticated links between the replicas of a group.
 *
 * <p>Guarantee: a frame that {@link org.maftia.server.link.Links} hands over as coming from replica i was sent by the
 * holder of the key that the configuration pins for i, to this replica, in this configuration; frames of one peer come in
 * the order in which it sent them, each at most once in the life of this process. While a peer and the network work, every
 * frame arrives, however often the connection breaks: each has a number, the receiver acknowledges, and what was not
 * acknowledged is sent again over the next connection. What is kept for that is bounded; when a peer stays away longer
 * than the bound lasts, the oldest frames are lost, and {@link org.maftia.server.link.Links.Listener#connected} tells
 * the protocols to repair by state.
 *
 * <p>One connection for each pair: the replica with the higher index dials, the lower accepts. Both could dial, but then
 * two connections meet and one has to be thrown away, by a rule that both must follow while the network reorders what
 * they see of each other. With one dialler there is nothing to settle: a new authenticated connection replaces an old one,
 * which its owner must have given up. Replicas start in any order; the dialler retries for ever.
 */
@NullMarked
package org.maftia.server.link;

import org.jspecify.annotations.NullMarked;
