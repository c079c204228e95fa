/**
 * Keys that no single replica holds, and signatures that name their signers.
 *
 * <p><b>Threshold signatures.</b> {@link org.maftia.core.crypto.RsaThreshold} signs with plain RSA, so that any X.509 or
 * RFC 3161 verifier accepts the result, while the private exponent is shared over a formula of replicas ({@code
 * trust}): a qualified set signs, no fault set does. Why that is so:
 *
 * <ul>
 *   <li><em>Secrecy.</em> From an ordinary signature y of x, a simulator that knows the secrets of an unqualified set
 *       computes every other share, as each exponent is a known integer times the private one plus a known integer. So
 *       shares tell nothing that the signature does not, and forging is as hard as forging RSA.
 *   <li><em>Robustness.</em> Nothing leaves {@code combine} unless its e-th power is x. If it is not, each share used
 *       comes with a proof of equal logarithms on demand; a false one fails, whoever cannot prove is replaced, and
 *       nobody searches subsets.
 *   <li><em>Uniqueness.</em> Encoding and exponent fix the bytes, so replicas may compare results, and a proposer can
 *       neither choose nor hide anything in a signature.
 * </ul>
 *
 * The first point is a theorem of Shoup for one gate; for nested gates it is an argument of this design that awaits
 * independent review. Corruption is static, hashes are random oracles.
 *
 * {@snippet lang="java" :
 * // Once, offline: two safe primes, then shares for every replica; the dealer forgets.
 * RsaDealer.Dealing dealing = RsaDealer.generate("tsa", RsaEncoding.PKCS1_SHA256, trust.sharing(), 3072, entropy, power, progress);
 * // At every replica: the public half, and the own secret.
 * RsaThreshold key = new RsaThreshold(dealing.key());
 * RsaSigner signer = key.signer(ownShares, power);
 * // For the signature at a log index: the designated leaves send their shares to the owner of the first.
 * List<Integer> designated = key.designated(index);
 * byte[] share = signer.share(message, leaf);
 * Optional<byte[]> signature = key.combine(message, sharesByLeaf);   // checked, or empty
 * // Empty: ask key.selection(leaves) for proofs, blame those that fail, go on with others.
 * boolean honest = key.verifyShare(message, leaf, share, proof);
 * }
 *
 * <p><b>Certificates.</b> {@link org.maftia.core.crypto.Ed25519Certifier} makes the signatures that replicas show each
 * other; a {@link org.maftia.core.crypto.Certificate} is several of them over one digest, and a protocol asks the fault
 * structure whether its signers are a quorum or a kernel.
 *
 * <p><b>Coin.</b> {@link org.maftia.core.crypto.ThresholdCoin} tosses one coin a name for the whole group: a hash of A^s,
 * where the name hashes to the point A and s is shared. Each share is proved, so whoever lies is known at once, and any
 * qualified set of verified shares gives the same value. That nobody knows it earlier is the decision of those who hold
 * shares: an agreement releases its share only when the adversary can no longer use what comes up.
 *
 * {@snippet lang="java" :
 * try (DiscreteLogDealer.Dealing dealing = DiscreteLogDealer.deal(group, "coin", trust.sharing(), entropy)) {
 *     publish(dealing.key());                                   // once, offline
 *     dealing.shares().forEach(ceremony::sealFor);
 * }
 * Coin coin = new ThresholdCoin(key, ownShares);                // at every replica
 * Coin.Name name = new Coin.Name(port.path().toString(), round);
 * port.sendAll(new Share(round, coin.share(name)));             // after the binding point
 * if (!coin.verify(name, from, share)) {
 *     port.blame(from, "shows a false coin share");
 * }
 * boolean up = coin.combine(name, verifiedByReplica).bit();     // once isQualified(their senders)
 * }
 *
 * <p><b>BLS signatures.</b> {@link org.maftia.core.crypto.BlsThreshold} stands behind the same interface as RSA. Its shares
 * are those of the coin, a power in G1 with its proof, so one dealing serves both; the public key lies in G2, where anyone
 * checks the result by a pairing. What is checked first is the combined value; a share that was false convicts its sender.
 *
 * {@snippet lang="java" :
 * BlsKey key = BlsKey.of(dealing);                              // once, offline; its public half is 96 bytes
 * BlsThreshold scheme = new BlsThreshold(key);
 * byte[] share = scheme.signer(ownShares).share(message, leaf); // 112 bytes: power and proof
 * Optional<byte[]> signature = scheme.combine(message, sharesByLeaf);
 * boolean genuine = BlsSignature.verify(key.publicKey(), message, signature.get());   // any outsider
 * }
 *
 * <p><b>Passwords.</b> {@link org.maftia.core.crypto.ReplicatedOprf} evaluates a function on an input that no replica learns,
 * under a key for each user that exists nowhere; a fault set with all its keys cannot try passwords alone. Here a share has
 * no proof: several keep each summand, and what a kernel of them says is true.
 *
 * {@snippet lang="java" :
 * BlindedInput input = BlindedInput.of(password, entropy);      // the client
 * byte[] part = holder.part(user, input.toBytes());             // every replica, after it has counted the attempt
 * var evaluation = function.combine(partsByReplica).get();      // and who lied
 * byte[] secret = input.finish(evaluation.element()).get();     // the client: 32 bytes, the same each time
 * }
 *
 * <p><b>Confidential messages.</b> {@link org.maftia.core.crypto.Tdh2Cipher} encrypts to a group: anybody checks without a
 * key that a ciphertext was made, for this label, by who knew what is inside, so that nobody can have another's ciphertext
 * opened as his own, whole or altered; then a qualified set opens it. As with the coin, when a share may leave is for those
 * who hold it to say: the secure causal channel of {@code replica} releases it once the ciphertext is ordered.
 *
 * {@snippet lang="java" :
 * ThresholdCipher cipher = new Tdh2Cipher(key);                 // anybody
 * byte[] ciphertext = cipher.encrypt(message, label, entropy);
 * Holder holder = new Tdh2Cipher(key).holder(ownShares);        // at every replica
 * if (cipher.isValid(ciphertext, label)) {                      // before anything else is done with it
 *     port.sendAll(new Share(holder.share(ciphertext, label))); // once it may be read
 * }
 * Optional<byte[]> shown = cipher.open(ciphertext, label, byReplica); // as they came: what comes out shows that it is right
 * if (!cipher.verify(ciphertext, label, from, share)) {               // where nothing does
 *     port.blame(from, "sends a false share of a ciphertext");
 * }
 * Optional<byte[]> message = cipher.combine(ciphertext, label, verifiedByReplica);   // empty: garbage inside
 * }
 *
 * <p><b>Pure.</b> Randomness comes in as {@link org.maftia.core.crypto.Entropy}, arithmetic as {@link
 * org.maftia.core.crypto.ModularPower}, heavy work runs as an effect of the protocol that wants it. Signing uses no
 * randomness at all: a replica that is set back in time repeats itself, and gives nothing away.
 *
 * <p>Sources: Shoup, "Practical threshold signatures" (Eurocrypt 2000); RFC 8017 (RSA), RFC 8032 (Ed25519), RFC 9180
 * (share boxes); Cachin, Kursawe, Shoup (J. Cryptology 2005), RFC 9380 (coin); Shoup, Gennaro (J. Cryptology 2002),
 * confidential messages; Boldyreva (PKC 2003), BLS; Jarecki, Kiayias, Krawczyk (Asiacrypt 2014) and RFC 9497, passwords.
 */
@NullMarked
package org.maftia.core.crypto;

import org.jspecify.annotations.NullMarked;
