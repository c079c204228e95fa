/**
 * Channels and agreements for use alone: processes that want to agree on something, or to talk in an order that liars among
 * them cannot upset, without a replicated service.
 *
 * <p>Each member runs one engine: links to the others over mutual TLS, a journal, and one protocol of {@code core} on a
 * thread of its own. What is guaranteed is the guarantee of the protocol, as long as the corrupted members lie in one fault
 * set; what travels between correct ones comes from whom it says. Across a crash a member contradicts nothing that it said,
 * as its journal is durable before anything leaves. One that lost its journal is refused, but for the atomic channels, where
 * it abstains until what it may have said is void.
 *
 * <p>All is bounded. {@link org.maftia.server.channel.BlockingChannel#send} waits for room; a member that does not receive for
 * long holds up nobody, and is told how much it {@linkplain org.maftia.server.channel.Received.Missed missed}.
 *
 * <p><b>A reliable channel in causal order.</b>
 *
 * <pre>{@code
 * try (BlockingChannel channel = BlockingChannel.reliable(setup, Channel.Order.CAUSAL, 1000)) {
 *     channel.send(text("hello"));
 *     while (channel.receive() instanceof Received.Payload heard) {
 *         note(heard.sender(), heard.payload());
 *         channel.end();                         // it ends when a kernel of members has asked
 *     }
 * }
 * }</pre>
 *
 * <p><b>A consistent channel</b>, each payload of which has a proof.
 *
 * <pre>{@code
 * try (BlockingChannel channel = BlockingChannel.consistent(setup, Channel.Order.FIFO, 1000)) {
 *     channel.send(text("I owe you one"));
 *     if (channel.receive() instanceof Received.Payload note) {
 *         byte[] proof = channel.proof(note).orElseThrow();
 *         boolean holds = other.prove(note.sender(), note.number(), proof);
 *     }
 * }
 * }</pre>
 *
 * <p><b>One sequence for all</b>, in which nobody reads a payload before it has its place.
 *
 * <pre>{@code
 * try (BlockingChannel channel = BlockingChannel.confidential(setup, cipher.holder(shares))) {
 *     channel.send(text("I bid 1000"));
 *     Received first = channel.receive();        // the same at all members
 *     channel.endWait();
 * }
 * }</pre>
 *
 * <p>{@code BlockingChannel.atomic(setup)} is the same without encryption.
 *
 * <p><b>One bit</b>, with a proof that the application accepts.
 *
 * <pre>{@code
 * var terms = new BinaryAgreement.Terms((value, proof) -> proves(value, proof), 100, Optional.empty());
 * try (var agreement = BlockingAgreement.binary(setup, terms)) {
 *     agreement.propose(new BinaryAgreement.Decision(true, text("proof of true")));
 *     boolean all = agreement.decision().value();
 * }
 * }</pre>
 *
 * <p><b>One value of many</b>, which the application accepts.
 *
 * <pre>{@code
 * try (var agreement = BlockingAgreement.multivalued(setup, value -> accepts(value))) {
 *     agreement.propose(text("plan of member " + self));
 *     byte[] plan = agreement.decision();
 * }
 * }</pre>
 *
 * <p>Source: Cachin, Poritz, "Secure intrusion-tolerant replication on the Internet" (DSN 2002), for channels with a blocking
 * face.
 */
@NullMarked
package org.maftia.server.channel;

import org.jspecify.annotations.NullMarked;
