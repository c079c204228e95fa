/**
 * One order of requests for the whole group.
 *
 * <p>{@link org.maftia.core.ordering.AsynchronousOrdering} guarantees, under Q3: correct replicas deliver the same
 * {@linkplain org.maftia.core.ordering.Decision slots} in the same order, from 1, without gaps; a slot holds only
 * requests that their clients sent; and what all correct replicas hold for a client is delivered, with probability one, as
 * long as every message between them arrives some day. Nothing here needs time. Timers only say when to give up a leader:
 * with good ones a request takes three steps, and with bad ones it waits for the end of an epoch.
 *
 * <p><b>Requests.</b> A request is <em>acceptable</em> where the body is held and the client's own session, a signature of
 * the client that was judged here ({@link org.maftia.core.ordering.Seal}), or HAVE from a kernel speaks for it; then the
 * replica says HAVE, to the leader at once and to the others if it is still open a little later. It is <em>ripe</em> where the signature was judged or a quorum said HAVE. A signature convinces
 * whoever is shown it, and a quorum minus any fault set is a kernel, so a request that is ripe at one correct replica becomes
 * acceptable at all of them: leaders propose ripe requests only, with the signature where no quorum said HAVE yet, and are
 * never left without votes by a client, or a peer, that shows a request to a few. HAVEs of one turn of the shell's loop leave
 * as one message; bodies above 256 bytes are proposed by reference. A signed request may come to one replica only, which
 * hands it on with the signature.
 *
 * <p><b>Normal case.</b> In epoch e with leader L(e), without a signature:
 *
 * <ol>
 *   <li>PROPOSE(s): a batch of ripe requests, for up to k slots above the last decided one.
 *   <li>WRITE(s, h): on the first valid proposal, when every entry is acceptable; at most one for a slot.
 *   <li>ACCEPT(s, h): on WRITE from a quorum; at most one for a slot. The slot is <em>prepared</em>.
 *   <li>ACCEPT from a quorum decides. DECIDED follows lazily, for those who missed it; a kernel of them decides too.
 * </ol>
 *
 * <p>Two quorums meet in a correct replica, which writes and accepts once: in one epoch a slot is decided one way.
 *
 * <p><b>Another leader.</b> Whoever loses patience says SUSPECT, and goes on voting. A kernel convinces, a quorum ends the
 * epoch: each replica stops voting and signs a COLLECT of its votes.
 * {@linkplain org.maftia.core.agreement.MultivaluedAgreement Agreement} picks a quorum of COLLECTs from which, by the
 * bound rule, each open slot is either bound to what may have been decided, or surely undecided. The set alone determines
 * what these slots hold, what the slot after them holds, and who leads next. {@code BoundRule} gives the argument, and its
 * test enumerates it.
 *
 * <p><b>Without a leader.</b> A COLLECT also names requests that wait at its sender, whose bodies it has written down. The
 * slot after the open ones holds those that a kernel of the chosen COLLECTs names, and the highest time that a kernel of
 * their clocks has reached. So somebody correct got each from its client and can hand over the body; and what all correct
 * replicas hold is among them, as a quorum minus any fault set is a kernel. An adversary who delays every leader until all
 * lose patience thus delays requests by a recovery, but not for ever. {@code Backlog} tells whose turn it is when more
 * waits than a slot holds. And waiting for leaders that do not get through becomes rare: the log tells how many of them
 * failed in a row, and after two the next epochs, up to eight, have none. Whoever waits for something ends such an epoch at
 * once, and its agreement elects all its leaders by the coin. {@code Epoch} counts, and checkpoints certify the count.
 *
 * <p><b>Memory.</b> Own votes, with the proposals that they vouch for, are in the journal before they leave. A stable
 * checkpoint, signed by a quorum, replaces all below it. Every signer must hold the state durably before it signs: the
 * votes below are forgotten on its word. A replica that lost its journal abstains until the epochs in which it may have
 * voted are over. STATUS, not the links, repairs what got lost, so any message may be dropped and every queue is bounded.
 *
 * <p>There are no lanes, that is, no chains of requests of each replica that slots order by their tips: requests are ordered
 * one by one, and a recovery orders a slot's worth of them.
 *
 * <pre>{@code
 * AsynchronousOrdering ordering = port.nest(
 *         "order", Path.NO_INDEX,
 *         child -> new AsynchronousOrdering(child, certifier, coin, configuration, sessions, false),
 *         event -> execute(event));
 * ordering.submit(request);     // in its client's session
 * ordering.stable(checkpoint);  // every few slots, when a quorum signed
 * }</pre>
 *
 * <p>Sources: Kursawe, Shoup, "Optimistic asynchronous atomic broadcast" (ICALP 2005); Castro, Liskov, "Practical
 * Byzantine fault tolerance" (OSDI 1999); Clement et al., "Making Byzantine fault tolerant systems tolerate Byzantine
 * faults" (NSDI 2009).
 */
@NullMarked
package org.maftia.core.ordering;

import org.jspecify.annotations.NullMarked;
