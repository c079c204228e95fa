/**
 * A service on the ordered log: execution, sessions, checkpoints, state transfer, threshold signing, reads, confidential
 * requests, and the life of the group: who its members are, and whom they trust.
 *
 * <p><b>Secure causal channel.</b> A request may hide its operation ({@link org.maftia.core.replica.ConfidentialCall}): it
 * is encrypted to the group, and opened only when the log holds it. While fewer than a fault set and one correct replica
 * agree, nobody reads it, so nobody can have something that depends on it ordered before it. Why that holds:
 *
 * <ul>
 *   <li><em>Nothing is read early.</em> To open a ciphertext takes the shares of a qualified set, which no fault set is;
 *       and a correct replica releases its share for what its own log holds, and for nothing else.
 *   <li><em>Nothing is passed off.</em> The ciphertext is bound to group, service, client, session and number. A replica
 *       takes from a client only what proves that it was made for this request. An entry of a decided slot was taken so by
 *       some correct replica; so a copy or an altered ciphertext is never ordered, let alone opened for who sent it.
 *   <li><em>All read the same.</em> Shares are verified before they are combined, so every qualified set gives the same
 *       content, or the same garbage, which is executed as nothing with an error as its result.
 *   <li><em>Execution goes on.</em> Slots wait in their order. All correct replicas qualify, all of them see the slot
 *       decided, and a share is a function of the ciphertext, so it can be given again after any crash. A replica that the
 *       others have left behind takes their state, in which the slot is executed.
 * </ul>
 *
 * {@snippet lang="java" :
 * RequestId id = new RequestId(client, session, sequence);
 * byte[] label = ConfidentialCall.label(configuration, "auction", id);
 * byte[] ciphertext = cipher.encrypt(bid, label, entropy);
 * byte[] call = ConfidentialCall.codec(lengthMax).encode(new ConfidentialCall("auction", ciphertext));
 * byte[] operation = ServiceCall.codec(lengthMax).encode(new ServiceCall(ConfidentialCall.SERVICE, call));
 * node.input(new Input.Submit(new Request(id, operation)), nowMicros);   // at every replica
 * // At each of them, once it is ordered and opened: auction.apply(new Command(id, bid), context)
 * }
 *
 * <p><b>Secrets of services.</b> A service may keep what clients encrypted to the group for it, and have it opened when its
 * own rules say so: {@link org.maftia.core.replica.Context#decrypt}. No replica shows its share before the wish stands in its
 * log; one replica orders the shares of a qualified set, everybody checks them, and the message comes to {@link
 * org.maftia.core.replica.StateMachine#decrypted} at one place of the log.
 *
 * {@snippet lang="java" :
 * // A client
 * byte[] sealed = cipher.encrypt(will, ServiceSecret.label("escrow", owner), entropy);
 * // The service: keeps it, and later
 * context.decrypt(sealed, owner, caseNumber);                       // false: ask again at another time
 * // At every replica: escrow.decrypted(caseNumber, will, context)
 * }
 *
 * <p><b>Keys that change.</b> Coin, cipher and keys that sign may be renewed by the group while it uses them ({@link
 * org.maftia.core.keys.KeyCare}): same secret, new shares, and the old ones erased, so that an intruder who moves from replica to
 * replica never has enough of one epoch. Every share says of which epoch it is; those who use a key together use the epoch that the
 * log gives for that use, and who is ahead serves those behind with the shares of theirs until a checkpoint covers them.
 *
 * {@snippet lang="java" :
 * KeyCare care = new KeyCare(List.of(new KeyUpkeep(group, coinKey.keyId(), formula, coinKey, Pace.ON_DEMAND)), keeper, entropy);
 * Genesis genesis = new Genesis(configuration, certifier, ThresholdCoin.bare(coinKey), holder, services, keys, signers).with(care);
 * node.input(new Input.Renew(coinKey.keyId()), nowMicros);          // or by schedule: Pace.every
 * // Output.Renewed at every replica; from then on the coin is tossed with the new shares
 * }
 *
 * <p><b>Atomic channels.</b> An {@link org.maftia.core.replica.AtomicChannel} is the log without services: one sequence of
 * what its members send each other, for use alone.
 *
 * <pre>{@code
 * AtomicChannel channel = port.nest(
 *         "talk", 7, (Port<AtomicChannel.Message, AtomicChannel.Event> child) ->
 *                 AtomicChannel.open(child, new AtomicChannel.Keys(certifier, coin, configuration), amnesiac),
 *         event -> {
 *             switch (event) {
 *                 case AtomicChannel.Delivery m -> heard(m.sender(), m.payload());
 *                 case AtomicChannel.Missed m -> missed(m.payloads());
 *                 case AtomicChannel.Notice m -> noticed(m.text());
 *                 case AtomicChannel.Ended m -> ended();
 *             }
 *         });
 * if (channel.canSend()) {
 *     channel.send(payload, entropy);
 * }
 * channel.close(entropy);                                      // it ends where a kernel has asked
 * }</pre>
 *
 * The secure causal channel is the same with a key to which members encrypt, so that nobody reads what has no place yet.
 *
 * <pre>{@code
 * AtomicChannel sealed = port.nest(
 *         "bids", 7, (Port<AtomicChannel.Message, AtomicChannel.Event> child) -> AtomicChannel.confidential(
 *                 child, new AtomicChannel.Keys(certifier, coin, configuration), cipher.holder(shares), amnesiac),
 *         event -> bid(event));
 * sealed.send(bid, entropy);
 * }</pre>
 *
 * <p><b>Certified reads.</b> A service shows a {@linkplain org.maftia.core.replica.StateMachine#view view} of keys and
 * values; the root of all views is part of what a quorum signs at each checkpoint. A value, or the absence of a key, then
 * proves itself by a path of hashes to the signed root: any one replica, or a cache, may answer, and who knows the {@link
 * org.maftia.core.replica.Charter} of the group checks it offline. Two different answers for one slot do not exist, as two
 * quorums meet in a correct replica, which signs one state. The answer is as old as its checkpoint, which says its slot and
 * its agreed time.
 *
 * {@snippet lang="java" :
 * // At a replica: an Output.Certified brings the newest view; any thread may read it
 * byte[] bytes = CertifiedRead.CODEC.encode(view.read("register", "key").orElseThrow());
 * // Anywhere, at any later time
 * CertifiedRead read = CertifiedRead.CODEC.decode(bytes);
 * read.verify(charter, "register", "key", notBeforeMicros);   // or RefusedReadException, with the reason
 * byte[] value = read.value();                                // null: the view has no such key
 * }
 *
 * <p><b>Quorum reads.</b> A service may answer operations that change nothing from its present state. {@link
 * org.maftia.core.replica.Acceptance} says when a client believes that, and why it is linearizable. One thing more is
 * needed of replicas: none answers from an older state than it answered from before. A restarted one may have forgotten
 * decisions, so it first has a mark of its own ordered, and answers no reads before it executed that.
 *
 * <p><b>Reconfiguration.</b> A group changes its members, keys and fault structure without stopping. Each {@link
 * org.maftia.core.replica.Configuration} has its own tree of protocol instances; a {@link
 * org.maftia.core.replica.Lineage} is a replica through all of them. Officers want the next one, its members order that
 * they are ready, and with a quorum of them the log fixes the last slot of the present one. Why no slot is executed by
 * two configurations, and nothing is lost between them:
 *
 * <ul>
 *   <li><em>One end.</em> The last slot follows from the log below it, so all correct replicas know the same. What votes
 *       cast before may still decide above it, nobody executes.
 *   <li><em>One successor.</em> The last state names it, and a quorum signs that state: two successors would take two
 *       quorums that do not meet in a correct replica.
 *   <li><em>Nothing is lost.</em> Those who signed have the last state on disk, and those who stay are a quorum of the old
 *       configuration, so a correct one of them hands it over. Sessions and results lie in it: what was executed is not
 *       executed again, whoever orders it.
 * </ul>
 *
 * {@snippet lang="java" :
 * Lineage replica = new Lineage(seat, Limits.DEFAULT, configuration, registry, false, nowMicros, life);
 * replica.start(journal);
 * replica.input(new Input.Installed(next), nowMicros);             // at each member of the next configuration
 * byte[] wish = Reconfiguration.CODEC.encode(new Reconfiguration(next, 0, signaturesOfOfficers));
 * replica.input(new Input.Submit(new Request(id, call(Reconfiguration.SERVICE, wish))), nowMicros);
 * // Anywhere, at any later time, with nothing but the configuration that one knew
 * Charter now = Charter.of(configuration, registry);
 * for (ConfigurationCertificate certificate : chain) {
 *     now = now.follow(certificate, registry);                     // or RefusedReadException, with the reason
 * }
 * }
 *
 * <p>Source: Reiter, Birman, "How to securely replicate services" (TOPLAS 1994); Cachin, Kursawe, Petzold, Shoup, "Secure
 * and efficient asynchronous broadcast protocols" (CRYPTO 2001). Castro, Liskov, "Practical Byzantine fault tolerance" (OSDI
 * 1999), for reads; Berger, Reiser, Bessani, "Making reads in BFT state machine replication fast, linearizable, and live"
 * (SRDS 2021). Lamport, Malkhi, Zhou, "Reconfiguring a state machine" (SIGACT News 2010), for stopping a log and going on
 * with another.
 */
@NullMarked
package org.maftia.core.replica;

import org.jspecify.annotations.NullMarked;
