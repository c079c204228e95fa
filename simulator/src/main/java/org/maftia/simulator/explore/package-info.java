/**
 * Tries every schedule of a small group, with the code of production.
 *
 * <p>A {@link org.maftia.simulator.explore.Model} says which processes there are, what each of them may meet, and what must
 * never be. {@link org.maftia.simulator.explore.Explorer} then visits every state that any order of events leads to, and
 * reports the first broken promise with the schedule that breaks it, or that there is none within the scope.
 *
 * <p><b>Processes and the board.</b> Processes meet on a {@link org.maftia.simulator.explore.Board} only: whatever one says
 * stays there, and what may happen to the others grows with it. That is an asynchronous network whose messages may be
 * late, reordered, repeated, and lost in the sense that nobody is ever forced to hear them. The corrupted are no process:
 * what they can say at all, given what is on the board, is offered to everybody at all times. An ideal part, such as
 * agreement by its specification, can stand in for a protocol that has a model of its own.
 *
 * <p><b>Real code, replayed.</b> What a process is, its own history decides alone. The explorer therefore learns each
 * process as an automaton, once: it starts a fresh one, replays a shortest history, applies one event, and takes the
 * {@link org.maftia.simulator.explore.Fingerprint} of all that the code holds. The product of these automata is then
 * searched without running code again, so millions of global states cost thousands of replays.
 *
 * <p><b>Steps.</b> What a process takes in without saying anything is glued to the next event that makes it speak: nobody
 * can tell when it happened, and the board only grows, so it can be put off until then. Of two ways to say the same, the
 * one that has taken in less stands for the one that can still be reached from it in silence. Both reductions keep every
 * board that can come to be, and for every state also what can come of it.
 *
 * <p><b>What it is worth.</b> Within its scope a complete search is a proof about the code, up to collisions of 64-bit
 * fingerprints of global states (for ten million states about one in half a million). Beyond the scope it is evidence, and an argument has
 * to do the rest.
 *
 * <pre>{@code
 * Exploration result = Explorer.of(model).statesMax(10_000_000).run();
 * assertThat(result.finding()).isEmpty();
 * assertThat(result.complete()).isTrue();
 * }</pre>
 *
 * <p>Sources: Godefroid, "Partial-Order Methods for the Verification of Concurrent Systems" (1996) for the reductions that
 * this one is a simple kin of; Lamport, "Specifying Systems" (2002) for messages that stay; Wolper, Leroy, "Reliable hashing
 * without collision detection" (CAV 1993).
 */
@NullMarked
package org.maftia.simulator.explore;

import org.jspecify.annotations.NullMarked;
