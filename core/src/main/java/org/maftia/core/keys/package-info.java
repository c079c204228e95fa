/**
 * Keys that a group makes and renews by itself: the secret exists nowhere, a fault set that an intruder holds at one time
 * and another one that he holds later never have it together, and either everybody who counts has new shares or everybody
 * keeps the old ones.
 *
 * <p><b>How it goes.</b> Everything is said through the log, so all hear the same, and what a dealer sends to some it sends to
 * all. An attempt begins when agreed time says so, or a member wishes it.
 *
 * <ol>
 *   <li>KEY: each member gives a public key of this attempt alone. When all are there, or a quorum is and patience is over, it
 *       is settled who gets shares.
 *   <li>DEAL: each member shares a number, with commitments, and encrypts every share to its recipient.
 *   <li>The dealings that count are the shortest prefix of the log whose dealers are a quorum (of a resharing: whose old shares
 *       suffice), without those that were refuted.
 *   <li>COMPLAINT: a recipient of a false share opens it before all. The dealer is out, what counts is found anew, and what
 *       was acknowledged is void. A false complaint is seen to be one.
 *   <li>ACK: a member has its shares from these dealings on its disk. With equal ones from a quorum, in that slot, the epoch
 *       changes; where the sharing formula is not strong, with those of all members.
 *   <li>If agreed time passes the limit before, everything stays as it was.
 * </ol>
 *
 * <p><b>Why nothing is lost.</b> The epoch changes at one place of the log, so all correct replicas change it together or not
 * at all. A quorum that acknowledged contains all replicas outside some fault set A; without those of it that lied, in a fault
 * set B, it satisfies a strong formula: so the correct ones among them can use the new shares, whoever else crashed. A member
 * that is late opens its shares from the log, in which the dealings stay until everybody has them or the next attempt begins.
 *
 * <p><b>Why nothing is learned.</b> Among the dealings that count is one of a correct member, whose number nobody knows, or
 * whose polynomials nobody knows; so shares of one epoch say nothing about those of the next. What is in the log is encrypted
 * under keys that are erased when the shares are in safety; a copy of a member's disk from later opens nothing. Corruption is
 * static within an epoch. The last dealer can bias the public key of a generation: harmless for signatures of Schnorr's kind,
 * not proven so for coin and cipher.
 *
 * {@snippet lang="java" :
 * KeyLedger ledger = new KeyLedger(trust, care.keys(), listener);       // part of the replicated state
 * KeyMember member = port.nest("keys", Path.NO_INDEX, child -> new KeyMember(child, ledger, care), this::keyEvent);
 * ledger.slot(slot.number(), slot.epoch(), slot.timeMicros());                // each slot
 * ledger.apply(author, message, slot.timeMicros());                          // each message in it
 * member.act();                                                              // then
 * // Event.Order: put it into the log. Event.Present: from now on the key is used with these shares.
 * }
 *
 * <p>Sources: Pedersen (Eurocrypt 1991); Gennaro, Jarecki, Krawczyk, Rabin (J. Cryptology 2007), on the bias; Herzberg and
 * others (CRYPTO 1995), proactive sharing; Cachin, Kursawe, Lysyanskaya, Strobl (CCS 2002), without clocks.
 */
@NullMarked
package org.maftia.core.keys;

import org.jspecify.annotations.NullMarked;
