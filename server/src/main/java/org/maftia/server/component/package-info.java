/**
 * The trusted components of a hybrid group, as its replicas have them: where the component of a replica lies and runs, how it
 * is asked, and how what others certified is judged.
 *
 * <p>Guarantee: a {@link org.maftia.server.component.ComponentSeals} takes for genuine exactly what the component of the named
 * member sealed, under the key that the group's transcript has for it, for this group and this configuration.
 *
 * <p>The component is a process of its own, which outlives the process of its replica: after a crash of the replica it still
 * knows how far it counted, and the next life of the replica finds it at its socket. Its counters persist, so it may be
 * started again, too. What it seals anybody verifies with its public key, so no component needs to be asked about another
 * one's word.
 *
 * <p>Components of a group know each other by trusted views, into which the log brings them, and agree on something every half
 * minute, so that operators see that they can ({@link org.maftia.server.component.RollCallReport}).
 *
 * <pre>{@code
 * ComponentPlace place = new ComponentPlace(directory);
 * LocalComponent component = LocalComponent.open(place, group, seat, identity);   // finds it, or starts it
 * TrustedComponent calls = component.calls(seating);
 * ...
 * place.end();                                                                    // with the replica, when it is asked to stop
 * }</pre>
 */
@NullMarked
package org.maftia.server.component;

import org.jspecify.annotations.NullMarked;
