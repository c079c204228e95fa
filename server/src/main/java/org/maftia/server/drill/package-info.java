/**
 * Intrusion drills against a cluster that {@code maftia up} made: replicas are started again in an intruder's hands while
 * clients go on working, and afterwards the drill says what the intruder gained and what the clients noticed.
 *
 * <p>What is checked is what a client can check without trusting anybody: every token verifies under the group's key, no
 * two tokens carry one serial, and time never goes back from a token that was in hand before another was asked for.
 */
@NullMarked
package org.maftia.server.drill;

import org.jspecify.annotations.NullMarked;
