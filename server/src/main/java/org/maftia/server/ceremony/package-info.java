/**
 * How a group's keys come into being, and how each replica keeps its own: enrolment, ceremony, installation.
 *
 * <p><b>Guarantee.</b> A secret lies on disk only sealed, at the replica that uses it; what the ceremony made is bound
 * to one public document, {@code transcript.json}, whose SHA-256 every replica takes as its configuration. A replica
 * that installs shares of another ceremony, or shares that contradict the transcript, is refused.
 *
 * <p><b>Argument.</b> {@link org.maftia.server.ceremony.Enrolment} makes link, HTTPS, signing and sealing keys where
 * they live; only public halves travel, and people compare their fingerprints.
 * {@link org.maftia.server.ceremony.Ceremony} runs offline, since who deals an RSA key knows it for a moment: it makes
 * the root and the threshold keys, writes the transcript, and seals each replica's shares to that replica (HPKE) with
 * the transcript's hash as associated data, so that shares and transcript cannot be mixed. It signs with every minimal
 * set of shares before it lets go. {@link org.maftia.server.ceremony.Installation} checks the shares against the
 * transcript's verification keys and erases the key that opened them.
 *
 * <p>What seals a directory of secrets is for its owner to choose: a passphrase, a credential, a token, or officers together
 * ({@link org.maftia.server.ceremony.Unlock}). Shares that change with time have a
 * {@link org.maftia.server.ceremony.ShareKeeper}. Each key says for which service it signs
 * ({@link org.maftia.server.ceremony.KeyPurpose}), and {@link org.maftia.server.ceremony.KeyAudit} checks all that is
 * public, with the ceremony's own record, for anybody.
 *
 * <pre>{@code
 * Enrolment r1 = Enrolment.create(Path.of("r1/keys"), "r1", List.of("tsa.example"), unlock);   // at each replica
 * GroupTranscript t = Ceremony.perform(plan, Path.of("ceremony"), officers, System.out::println); // offline
 * Installation.install(Path.of("r1/keys"), transcriptFile, sharesFile, unlock);                 // at each replica
 * ReplicaKeys keys = ReplicaKeys.load(Path.of("r1/keys"));                                      // at each start
 * }</pre>
 *
 * <p>Sources: RFC 9180 (HPKE), RFC 9106 (Argon2), RFC 8785 (canonical JSON), RFC 5280 (X.509).
 */
@NullMarked
package org.maftia.server.ceremony;

import org.jspecify.annotations.NullMarked;
