/**
 * The messages of fair exchange: what two parties sign for each other, what they ask the trusted party, and what it answers.
 * Everything here is a function of bytes; nothing is read that is not signed by whom it names.
 *
 * <p>A message is named by the SHA-256 of its signing input ({@link org.maftia.services.jose.CompactJws#digest}), an exchange
 * by the name of its first message. Each kind has a type of its own in its header, so none can pass for another.
 *
 * <p>Source: N. Asokan, V. Shoup, M. Waidner: Asynchronous protocols for optimistic fair exchange. IEEE Symposium on Security
 * and Privacy, 1998; with the third message bound to the second, after V. Shmatikov, J. C. Mitchell: Finite-state analysis of
 * two contract signing protocols. Theoretical Computer Science 283, 2002.
 */
@NullMarked
package org.maftia.services.exchange.message;

import org.jspecify.annotations.NullMarked;
