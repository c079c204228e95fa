/**
 * Registration of documents, whose content nobody knows before it has its place: a document, or its digest, is encrypted to
 * the whole group; the log orders the ciphertext, and <em>that</em> place and time are the registration; only then do the
 * replicas open it together. What became of it stands in the transparency log, and the group signs a receipt for who asks.
 *
 * <p>Why nobody can be faster: who sees a ciphertext under way, gateways and replicas included, learns nothing from it but its
 * length, as no share leaves a correct replica before the log has it, and those of a fault set do not open it. A copy under
 * another reference is refused, an altered one too; an unaltered one <em>is</em> the registration, whoever brings it. Documents
 * are decided in the order of their ciphertexts, not in that in which these happen to be opened, so the first of two
 * registrations of one document is the first everywhere.
 *
 * {@snippet lang="java" :
 * byte[] sealed = SealedDocument.seal(document, addressee, cipher, entropy);    // POST /notary/registrations
 * Digest id = SealedDocument.id(sealed);                                       // GET /notary/registrations/{id}
 * Receipt receipt = Receipt.verify(CompactJws.decode(text), groupKey);
 * proof.verify(policy, proof.entry(receipt.payload()));                        // it stands in the log, too
 * }
 *
 * <p>What it does not do: it tells nothing about who registers. Titles and digests become public. Contents are compared with
 * their digest and not kept.
 *
 * <p>Source: V. Shoup, R. Gennaro: Securing threshold cryptosystems against chosen ciphertext attack. J. Cryptology 15 (2002),
 * for the cipher; M. K. Reiter, K. P. Birman: How to securely replicate services. ACM TOPLAS 16 (1994), for the causal order.
 */
@NullMarked
package org.maftia.services.registration;

import org.jspecify.annotations.NullMarked;
