/**
 * Real replica processes under real faults, for as long as one likes: {@code bin/benchmark endurance} starts a cluster of
 * its own, lets a dozen clients work on a register, and takes from under the replicas what a drawn seed says: processes
 * (killed, stopped), disks (lost, full, stuck), the network (cut, cut one way, narrow). Then it judges.
 *
 * <p><b>What a run shows, if it ends without a finding.</b> Every history of a key is linearizable, with all operations of
 * unknown outcome allowed for; every addition to a counter took effect exactly once; certified values have one order, that
 * of their slots, and it fits the clients' times; nobody was blamed, as nobody lied; every replica was well again within
 * the patience after each fault, and some operation was acknowledged within it; the replica that no fault killed used no
 * more memory, threads, files and disk at the end than after warming up. One run shows this for one schedule of the real
 * system and the real clock; that it holds for many is the simulator's business.
 *
 * <p><b>The checks.</b> {@link org.maftia.bench.endurance.RegisterCheck} is the search of Wing and Gong (JPDC 1993) with
 * the memory of Lowe (<i>Testing for linearizability</i>, 2017), key by key, which suffices as linearizability is local
 * (Herlihy, Wing, TOPLAS 1990). {@link org.maftia.bench.endurance.CounterCheck} uses that each addition names its place.
 *
 * <p><b>Nothing outside is touched.</b> With root's rights everything runs in a process, a mount and a network namespace
 * of its own, which {@code bin/benchmark} makes: no process outside can be meant by a number, no interface or mount
 * outside is changed, and the kernel takes all away with the last process, however the run ends. Each replica has a
 * network namespace and a file system besides. Without these rights replicas share the loopback interface and the disk,
 * and the faults of network and disk are left out.
 *
 * <pre>
 * bin/benchmark endurance --minutes 30 --layout 4 --seed 7 --record endurance.md --json endurance.json
 * bin/benchmark endurance --minutes 2 --only kill,cut
 * </pre>
 */
@NullMarked
package org.maftia.bench.endurance;

import org.jspecify.annotations.NullMarked;
