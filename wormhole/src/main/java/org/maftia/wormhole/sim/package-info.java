/**
 * The components of a group from one seed: the production component, with an intruder's and an operator's tools.
 *
 * <p><b>Guarantee.</b> One seed and one order of calls give the same certificates, byte for byte. What is simulated is
 * what surrounds the component (starts, crashes, lost replies, clones, restored copies), never the component itself.
 *
 * <pre>{@code
 * SimulatedWormhole wormhole = new SimulatedWormhole(seed, group, 3, SimulatedWormhole.Variant.MEMORY);
 * Ttcb ttcb = wormhole.connect(0);
 * wormhole.crash(0);                    // the next call on it throws StoppedException
 * Ttcb reborn = wormhole.restart(0);    // another epoch, fresh keys
 * }</pre>
 */
@NullMarked
package org.maftia.wormhole.sim;

import org.jspecify.annotations.NullMarked;
