/**
 * Runs a whole group deterministically from a seed, with adversaries, faults and checkers.
 *
 * <p>What runs is the code of production: automata that get events and state effects. Network, clocks, disks and crashes
 * are drawn from a seed, so are the group's fault structure, the corrupted fault set and how each of its members lies
 * ({@link org.maftia.simulator.corrupt}). A run has two phases: faults rage; then a random quorum of correct replicas is
 * healed, and must converge within bounded steps. Invariants are checked after each event, validations at the end. The
 * same seed gives the same run, bit for bit, on every machine.
 *
 * <p>A failing seed is shrunk: decisions of the run (faults, odd choices of the scheduler, corruptions) are taken back
 * while it still fails, and one line says how to repeat it.
 *
 * <p>To test a service of one's own, say how its operations are drawn:
 *
 * <pre>{@code
 * ServiceTrial trial = new ServiceTrial() {
 *     public String name() { return "counter"; }
 *     public StateMachine create() { return new Counter(); }
 *     public byte[] operation(Draw draw) { return new byte[] {(byte) draw.below(10)}; }
 * };
 * Simulations.Result result = Simulations.run(Scenarios.replica(trial), 0, 1_000, outcome -> {});
 * assertThat(result.failures()).isEmpty();
 * }</pre>
 *
 * <p>Models: the simulators of FoundationDB and TigerBeetle. What they teach: few seeds prove little, the adversary
 * matters more than the number of runs, and a simulator that misses planted bugs proves nothing; so a ledger of broken
 * variants of the code is hunted in every build.
 */
@NullMarked
package org.maftia.simulator;

import org.jspecify.annotations.NullMarked;
