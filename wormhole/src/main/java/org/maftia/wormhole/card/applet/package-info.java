/**
 * The component as an applet of a Java Card, 3.0.4 and later: its counters and its keys are in a chip that nobody copies.
 *
 * <p><b>Guarantee.</b> Intent, counter and tag of a certificate become durable together, in one transaction of the card,
 * before the answer leaves it: a card that loses its power has given the certificate and remembers it, or has not given
 * it. Statements are typed, and of the one group, number and epoch that the card was set up with.
 *
 * <p>Written in the subset of Java that cards run: bytes and shorts, everything allocated when it is installed.
 */
@NullMarked
package org.maftia.wormhole.card.applet;

import org.jspecify.annotations.NullMarked;
