/**
 * The order of a group whose replicas have trusted components beside them: it needs Q2 only, three replicas where one may be
 * corrupt.
 *
 * <p>{@link org.maftia.core.ordering.hybrid.HybridOrdering} guarantees what
 * {@link org.maftia.core.ordering.AtomicBroadcast} promises, as long as no two fault sets cover the group, no trusted
 * component gives a counter twice, and messages get through within the patience of some correct leader some day. Timing
 * matters for progress only. Two quorums may have nobody correct in common; what they do have in common is a component that
 * counts.
 *
 * <p><b>Normal case.</b> In view v with leader L(v), four steps from client to client:
 *
 * <ol>
 *   <li>PREPARE(v, t, batch): the leader has its component certify it. Which slot t a counter stands for follows from the
 *       counters at its last fence ({@code Placement}), so there is one PREPARE for a slot in a view. It goes by the names of
 *       the batches in which clients signed their requests, where they gave them to all ({@code Proposals}).
 *   <li>COMMIT(v, t, h): on a valid PREPARE whose requests all carry their clients' signatures; certified, too.
 *   <li>Votes of a quorum for the same proposal decide, a PREPARE being one. The votes themselves prove that to others.
 * </ol>
 *
 * <p>Votes need not be heard in the order of their counters: each carries the marks of its component, which say in which view
 * and after which checkpoint it was made, and a vote under other marks than its own does not count.
 *
 * <p><b>Checkpoints.</b> Who holds the state of a slot that is a multiple of the interval raises the mark CHECKPOINT to it:
 * nobody votes past it before, nor up to it after. The state itself is certified as in the other order, by signatures that
 * clients can check.
 *
 * <p><b>Another leader.</b> Whoever loses patience says so; a kernel convinces, a quorum moves everybody. To move is to raise
 * the mark VIEW for the digest of an <em>account</em>: everything that was certified in the last view in which the replica
 * took part, or since a checkpoint that is stable, counter by counter, so that nothing can be left out. The next leader opens
 * its view with the accounts of a quorum, from which everybody computes the same proposals ({@code Selection}, with the
 * argument). Who found the opening valid keeps what it begins with and signs so, and a kernel of these lets all take part. So
 * an account need not carry what its view followed from: somebody correct has seen it. And accounts do not grow from view to view. Nobody votes again for what it has
 * delivered: the votes that decided it prove that to those who lack it.
 *
 * <p><b>Memory.</b> What a component is asked for is in the journal before, and its answer before it is sent. A replica whose
 * component has counted more than its journal knows certifies nothing until a later checkpoint is stable, and fences that:
 * whatever it voted for and forgot lies below.
 *
 * <p><b>Eras.</b> A component that lost its counters begins a new epoch. Its replica orders what the component says of itself, and
 * some slots later an era begins in which the new epoch counts ({@link org.maftia.core.ordering.hybrid.HybridEras}): another
 * instance, with accounts behind a fence that says where each component's counters stood. An era ends, too, where a kernel has proof that a
 * replica is corrupt: what its component certifies counts no more.
 *
 * <pre>{@code
 * TrustedComponents components = new TrustedComponents(verifier, 1, List.of(0L, 0L, 0L), 1);
 * HybridEras ordering = port.nest(
 *         "order", Path.NO_INDEX,
 *         child -> new HybridEras(child, components, certifier, clients, configuration, sessions, null),
 *         event -> execute(event));
 * ordering.submit(request);     // under its client's signature
 * ordering.stable(checkpoint);  // every few slots, when a quorum signed
 * }</pre>
 *
 * <p>Sources: Correia, Neves, Verissimo, "How to tolerate half less one Byzantine nodes in practical distributed systems"
 * (SRDS 2004); Veronese et al., "Efficient Byzantine fault tolerance" (MinBFT, IEEE TC 2013); Behl, Distler, Kapitza,
 * "Hybrids on steroids" (EuroSys 2017). Theirs for thresholds; here for any fault structure with Q2.
 */
@NullMarked
package org.maftia.core.ordering.hybrid;

import org.jspecify.annotations.NullMarked;
