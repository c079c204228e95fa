/**
 * Replicas in the hands of an intruder who holds their keys. Each is an {@link org.maftia.core.protocol.Automaton}
 * around a correct one and alters what leaves it, so that the same intruder serves a simulation and a drill against
 * real processes:
 *
 * <pre>{@code
 * Node<Input, Output> node = ...;
 * Automaton<Input, Output> intruder =
 *         new Corrupted<>(node, new Forgery(new Grammar(node::grammar), signature, peers), new Draw(seed));
 * }</pre>
 *
 * <p>An intruder that only damages frames is weak: it dies at the decoder. {@link
 * org.maftia.simulator.corrupt.Forgery} draws valid messages of the protocol's own grammar for any live path instead,
 * {@link org.maftia.simulator.corrupt.Equivocation} tells every peer a different truth, and {@link
 * org.maftia.simulator.corrupt.TwoFaced} is two correct replicas with one key.
 */
@NullMarked
package org.maftia.simulator.corrupt;

import org.jspecify.annotations.NullMarked;
