/**
 * Groups whose replicas stand on three continents, in exact simulated time.
 *
 * <p>{@link org.maftia.simulator.wan.WideArea} runs production replicas of one group, with a clock that nothing but events
 * moves: a frame takes half of the published round trip between the two regions, a disk takes a millisecond to sync, and
 * computing takes nothing. So what is measured is the protocol and its timers, in waits for the network, and the same seed
 * gives the same microseconds everywhere. {@link org.maftia.simulator.wan.Bound} computes from the same matrix, with the
 * quorums of the group's fault structure, what no run can be faster than.
 *
 * <pre>{@code
 * Profile profile = Profile.named("continents-4").orElseThrow();
 * Calm.Result calm = Calm.run(profile, trial, 0, 10);          // seeds 0 to 9
 * Killed.Result killed = Killed.run(profile, trial, 0, 100);   // the leader of each stops at some moment
 * }</pre>
 *
 * <p>The scenarios of {@link org.maftia.simulator} ask whether promises are kept under any order of events, and their time
 * is arbitrary; here orders are those of one network, and time is what is asked about.
 */
@NullMarked
package org.maftia.simulator.wan;

import org.jspecify.annotations.NullMarked;
