/**
 * Values of an oblivious function for anybody who asks, so often for each user and no more: what a login with a password
 * rests on. Neither password nor value is seen by any replica, and no fault set computes a value by itself.
 *
 * <p>Why that is so: what a client sends is blinded, and {@link org.maftia.core.crypto.ObliviousFunction} is computed by
 * replicas of which every fault set lacks a summand of the key. Each evaluation is counted in the log before it takes place,
 * under the name of its user, whose key is his own; so who guesses his password gets ten tries an hour, then ever fewer, through
 * whatever gateways he asks, and gets none offline. Names that nobody has are answered like others.
 *
 * <p>A client must not take a gateway's word for the value: one that answered under a key of its own could try passwords
 * against it at leisure. So the group signs {@linkplain org.maftia.services.evaluation.EvaluationReceipt a receipt}.
 *
 * {@snippet lang="java" :
 * try (BlindedInput input = BlindedInput.of(password, entropy)) {
 *     byte[] element = ...;  byte[] signature = ...;               // from any gateway, for user and input.toBytes()
 *     byte[] receipt = EvaluationReceipt.message(functionDigest, user, input.toBytes(), element);
 *     if (BlsSignature.verify(receiptsKey, receipt, signature)) {
 *         byte[] value = input.finish(element).orElseThrow();      // the same each time, for this user and password
 *     }
 * }
 * }
 *
 * <p>Source: RFC 9497, mode OPRF, P256-SHA256; Jarecki, Kiayias, Krawczyk (Asiacrypt 2014).
 */
@NullMarked
package org.maftia.services.evaluation;

import org.jspecify.annotations.NullMarked;
