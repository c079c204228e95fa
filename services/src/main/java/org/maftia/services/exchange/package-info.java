/**
 * Fair exchange: two parties who do not trust each other sign a contract, or swap items, so that in the end both have what
 * they were promised or neither has. As long as both go on, this service hears nothing of it; who waits in vain turns to it,
 * and it aborts or resolves the exchange, once and for all.
 *
 * <p>Why it is fair: the first ordered command about an exchange decides it, at every replica alike, so there is never both
 * an abort token and a resolve token. A aborts only before it has said its last word, B resolves only after it has answered;
 * each of them holds, from its last message on, all that {@link org.maftia.services.exchange.message.Appeal.Resolve} takes.
 * There are no deadlines: fairness rests on no clock. An item in escrow is encrypted to the whole group and opens only in
 * its exchange; nothing is handed over before both escrows were found to hold what the offer names.
 *
 * <p>What it does not do: with {@code optimistic} exchange of items B's escrow is not looked into before A sends its item, so a
 * false one leaves A with a proof of the fraud instead of B's item; {@code checked}, the default of clients, has it opened
 * before. Replicas see what they open. It is not abuse-free: B can show A's offer around.
 *
 * <p>{@link org.maftia.services.exchange.Mailbox} is a service beside it, where parties who cannot reach each other leave their
 * messages. Nothing of this rests on it.
 *
 * {@snippet lang="java" :
 * ContractOffer m1 = ...;  ContractAcceptance m2 = ...;      // signed by A, signed by B; then nothing comes any more
 * byte[] request = ...;                                        // Appeal.resolve(m1.id(), m2.message().digest()), signed by B
 * // POST /exchanges/{m1.id()}/resolve gives a token; ExchangeToken.verify(token, groupKey) says what was decided
 * }
 *
 * <p>Source: N. Asokan, V. Shoup, M. Waidner: Asynchronous protocols for optimistic fair exchange. IEEE Symposium on Security
 * and Privacy, 1998.
 */
@NullMarked
package org.maftia.services.exchange;

import org.jspecify.annotations.NullMarked;
