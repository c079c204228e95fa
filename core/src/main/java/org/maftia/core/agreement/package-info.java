/**
 * Agreement on one value among replicas of which a fault set lies.
 *
 * <p>{@link org.maftia.core.agreement.MultivaluedAgreement} guarantees, under Q3: no two correct replicas decide
 * differently; what they decide, a correct replica judged valid, even if no correct replica proposed it; and they do
 * decide, with probability one, as soon as every message between them arrives some day. It needs no time; a timer only
 * says when to stop waiting for the first leader.
 *
 * <p>An instance runs in views, each with owners who propose and one leader among them. In view 0 the leader is given and
 * the only owner; in later ones every replica is an owner, and a coin elects the leader when a quorum of owners has
 * finished, too late for anybody to hinder it. The steps of view r:
 *
 * <ol>
 *   <li>PB1: an owner sends its value with a {@linkplain org.maftia.core.agreement.Chain chain} that justifies it. Each
 *       replica signs the first valid value of an owner (SIG1).
 *   <li>PB2: the owner shows the signatures of a quorum, s1. Each replica stores this <em>lock</em>, then signs (SIG2).
 *   <li>FINISH: the owner shows the signatures of a quorum, s2.
 *   <li>DONE, on FINISH from a quorum of owners, seen directly or in another's DONE: stop signing in r, then release a share
 *       of the coin. Shares of a qualified set elect the leader. In view 0: go on at the leader's FINISH or when patience
 *       ends.
 *   <li>HALT with the FINISH of the leader: decide. Without it PREVOTE: the leader's lock, or a signed null.
 *   <li>VOTE, on PREVOTEs of a quorum: yes with the lock if there was any, else no with the nulls.
 *   <li>On VOTEs of a quorum: all yes decides; all no makes a NoCert and opens view r+1, where values are as free as
 *       before; mixed opens it bound to the lock.
 * </ol>
 *
 * <p><b>Why it is safe.</b> Two quorums meet in a kernel, so in a correct replica (L1), and that one signs each stage
 * once. So an owner has at most one s1 in a view. If s2 exists for the leader, a quorum stored the lock before it
 * stopped; every quorum of pre-votes then shows it, no correct replica votes no, and no NoCert of this view can exist.
 * If a quorum voted yes, no quorum voted no: again no NoCert. A value enters a view only if a chain shows how every
 * view since its lock, or since the start, was closed. By induction over views the decided value is the only one that
 * any later chain admits. The last NoCert alone would not do: a decision may be older than it. The coin plays no part in
 * this: votes name their leader, and correct replicas vote about the elected one only.
 *
 * <p><b>Why it ends.</b> The correct replicas are a quorum (L2), so each step of each view ends; the FINISHes inside DONE
 * keep one replica from stopping alone. When the first correct share leaves, a quorum of owners has finished; with the
 * probability of their weight, more than a half under Q3 for equal weights of a threshold structure, the coin elects one of
 * them, and every quorum of pre-votes shows its lock: all vote yes. Whoever leaves a view without having voted passes on
 * the proof that it is over; whoever decides passes on the HALT.
 *
 * <p>Closing votes of the view of a lock travel with the lock in chains, which lets every PB1 bring late replicas along;
 * this asks more than safety needs.
 *
 * <pre>{@code
 * MultivaluedAgreement agreement = port.nest(
 *         "mvba", epoch,
 *         (Port<MultivaluedMessage, byte[]> child) -> new MultivaluedAgreement(
 *                 child, certifier, coin, configuration, new Leadership(leader, 200_000), value -> judge(value)),
 *         value -> decided(epoch, value));
 * agreement.propose(value);
 * agreement.recheck();       // when judge may answer otherwise than UNKNOWN
 * agreement.nudge(peer);     // when the link to the peer was lost, or it says that it waits
 * port.drop("mvba", epoch);  // when nobody needs the answer any more
 * }</pre>
 *
 * <h2>One bit, without a clock</h2>
 *
 * <p>{@link org.maftia.core.agreement.BinaryAgreement} decides a bit that a correct replica proposed, under any order of
 * messages, with probability 1: binding crusader agreement, then a coin, until both show the same.
 *
 * <table>
 *   <caption>Round r</caption>
 *   <tr><th></th><th>action</th><th>when</th></tr>
 *   <tr><td>1</td><td>VAL(est) to all</td><td>start</td></tr>
 *   <tr><td>2</td><td>relay VAL(w), once per w</td><td>VAL(w) from a kernel</td></tr>
 *   <tr><td>3</td><td>w approved</td><td>VAL(w) from a quorum</td></tr>
 *   <tr><td>4</td><td>ECHO(w), one per round</td><td>first approved w</td></tr>
 *   <tr><td>5</td><td>ECHO2(w), one per round</td><td>ECHO(w) from a quorum</td></tr>
 *   <tr><td></td><td>or ECHO2(?)</td><td>both approved and ECHO of approved values from a quorum</td></tr>
 *   <tr><td>6</td><td>all w: out = w; else out = ?</td><td>ECHO2 from a quorum, each consistent: w approved, or ? and
 *     both approved</td></tr>
 *   <tr><td>7</td><td>release the share of the coin</td><td>after 6, never before</td></tr>
 *   <tr><td>8</td><td>out = w: est = w, decide if coin = w; out = ?: est = coin</td><td>coin from a qualified set of
 *     verified shares</td></tr>
 *   <tr><td>9</td><td>decide v, DECIDE(v) once</td><td>own decision, or DECIDE(v) from a kernel</td></tr>
 *   <tr><td>10</td><td>halt; until then keep taking part, in past rounds too</td><td>DECIDE(v) from a quorum</td></tr>
 * </table>
 *
 * <p><b>Why it is safe.</b> ECHO from a quorum for each of two values would need a correct replica that echoed both (L1),
 * so correct ECHO2 name one value or ?, and no two replicas get different values out of line 6. Who decides w at line 8
 * saw the coin show w; all others have est = w, by their own output or by that coin. From then on nobody but the
 * corrupted, who are no kernel, says VAL of anything else.
 *
 * <p><b>Why it ends.</b> When the first correct replica is past line 6, ECHOs of a quorum are sent, and so some value v
 * exists that no quorum can echo any more: nobody will ever output v in this round. No correct share of the coin has
 * left before, so whatever the adversary does with what comes up, with probability 1/2 the coin shows the one value that
 * can be output, and all hold it. A protocol without that binding lets a scheduler see the coin and then make the
 * others output the contrary, for ever: the tests replay that schedule on one.
 *
 * <p><b>The validated form</b> takes a predicate: VAL of round 0 and DECIDE count only with a proof that it accepts.
 * Later rounds know no other values than those of round 0. A fixed coin in round 0, and only there, saves the shares
 * where all propose the favoured value.
 *
 * <pre>{@code
 * BinaryAgreement bit = port.nest(
 *         "ba", index,
 *         (Port<BinaryMessage, BinaryAgreement.Decision> child) -> new BinaryAgreement(child, coin),
 *         decision -> decided(index, decision.value()));
 * bit.propose(true);
 * bit.nudge(peer);           // when the link to the peer was lost, or it says that it waits
 * }</pre>
 *
 * <p>With a validator of the application, what is decided comes with a proof that it accepts.
 *
 * <pre>{@code
 * var terms = new BinaryAgreement.Terms((value, proof) -> proves(value, proof), PROOF_LENGTH_MAX, Optional.empty());
 * BinaryAgreement proved = port.nest(
 *         "ba", index,
 *         (Port<BinaryMessage, BinaryAgreement.Decision> child) -> new BinaryAgreement(child, coin, terms),
 *         decision -> decided(index, decision.value(), decision.proof()));
 * proved.propose(true, proof);
 * }</pre>
 *
 * <p>{@link org.maftia.core.agreement.CommonSubset} has all correct replicas output the same inputs, those of a quorum: a
 * reliable broadcast for each input, then one agreement on the list of those that arrived.
 *
 * <pre>{@code
 * CommonSubset subset = port.nest(
 *         "subset", turn,
 *         (Port<CommonSubset.Nothing, SortedMap<Integer, byte[]>> child) -> new CommonSubset(
 *                 child, certifier, coin, configuration, Leadership.ELECTED, INPUT_LENGTH_MAX),
 *         inputs -> heard(turn, inputs));
 * subset.propose(input);
 * }</pre>
 *
 * <p>Sources: for many values Guo et al., "Speeding Dumbo: Pushing Asynchronous BFT Closer to Practice" (NDSS 2022), for
 * quorums of a general fault structure, with a given first leader and with no-vote chains; for one bit Abraham,
 * Ben-David, Yandamuri (PODC 2022); for subsets Ben-Or, Kelmer, Rabin (PODC 1994).
 */
@NullMarked
package org.maftia.core.agreement;

import org.jspecify.annotations.NullMarked;
