/**
 * Who may be corrupted together, and what follows.
 *
 * <p>The operator writes down which replicas could fall at the same time: a site and an operating system, any two, a
 * named set. {@link org.maftia.core.trust.FaultStructure#compile} turns that into a fault structure, or refuses it with
 * the fault sets that cover the group. A set is a <em>quorum</em> if it holds every replica outside some fault set: one
 * can wait for it, for the corrupted may stay silent. It is a <em>kernel</em> if it lies in no fault set: one of its
 * members is correct.
 *
 * <p>Why protocols can build on these two words alone: let no three fault sets cover the group (Q3). If two quorums met
 * in a fault set, then what the first leaves out, what the second leaves out and this set would cover the group. So two
 * quorums meet in a kernel; and so a quorum less a fault set is a kernel, as the rest of the group is a quorum. With
 * thresholds, quorum reads n-f, kernel f+1, and Q3 n &gt; 3f.
 *
 * <pre>{@code
 * var policy = TrustPolicy.of(Model.ASYNCHRONOUS, List.of("site", "os"),
 *         List.of(new Clause.Joint(new TreeMap<>(Map.of("site", 1, "os", 1)), 0)));
 * FaultStructure trust = FaultStructure.compile(policy, members);   // 4 sites x 4 systems
 * trust.isQuorum(trust.all().minus(zurich).minus(debian));          // true: 9 of 16
 * trust.isKernel(ReplicaSet.of(0, 5, 10));                          // true: three that share nothing
 * System.out.println(trust.describe());
 * }</pre>
 *
 * <p>Secrets are shared over a formula of their own, {@link org.maftia.core.trust.FaultStructure#sharing}: no fault set
 * satisfies it, the complement of each does. {@link org.maftia.core.trust.Planner} answers the question before all
 * others: how many replicas, and where.
 *
 * <p>Sources: Hirt, Maurer (J. Cryptology 2000); Cachin (DSN 2001); Kursawe, Freiling (AIB-2005-09); Alpos, Cachin
 * (SRDS 2020). A separate quorum system: Sousa, Bessani (SRDS 2015).
 */
@NullMarked
package org.maftia.core.trust;

import org.jspecify.annotations.NullMarked;
