/**
 * The parties' side of fair exchange: signing contracts and swapping items with somebody whom one does not trust, with the
 * group as the trusted party that hears of it only when one of them does not go on.
 *
 * {@snippet lang="java" :
 * PartyKeys alice = PartyKeys.create(entropy);
 * var m1 = alice.offer(trusted, bobsParty, textDigest, secret);   // to Bob; abort(m1) while nothing comes back
 * var m3 = alice.confirm(m1, m2, secret);                          // for what Bob answered; from now on resolve(m1, m2)
 * ContractEvidence.opened(text, m1, m2, m3, m4);                   // with what Bob opened: a contract
 * }
 *
 * <p>Whoever signed must, from then on, either go on or turn to the group; what to ask it for depends on how far one is, and
 * the methods here ask for nothing else.
 *
 * <p>Source: N. Asokan, V. Shoup, M. Waidner: Asynchronous protocols for optimistic fair exchange. IEEE Symposium on Security
 * and Privacy, 1998.
 */
@NullMarked
package org.maftia.client.exchange;

import org.jspecify.annotations.NullMarked;
