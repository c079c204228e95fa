/**
 * Broadcast to a group of which a fault set lies: of one payload, or of sequences of them, in FIFO or causal order if
 * asked. Each can be used alone.
 *
 * <table>
 *   <caption>What each promises of one payload</caption>
 *   <tr><th></th><th>no two deliver differently</th><th>one delivers, so all do</th><th>cost</th></tr>
 *   <tr><td>{@link org.maftia.core.broadcast.ReliableBroadcast}</td><td>yes</td><td>yes</td>
 *     <td>3 delays, O(n²) messages, no signature</td></tr>
 *   <tr><td>{@link org.maftia.core.broadcast.ConsistentBroadcast}</td><td>yes</td><td>no, but the proof of delivery is
 *     transferable</td><td>3 delays, O(n) messages, one signature a replica</td></tr>
 *   <tr><td>{@link org.maftia.core.broadcast.UsigBroadcast}, with trusted components</td><td>yes, whoever is corrupt</td>
 *     <td>yes</td><td>1 delay, O(n) or O(n²) messages, one counter</td></tr>
 *   <tr><td>{@link org.maftia.core.broadcast.TrustedMulticast}, with trusted components that agree in time</td><td>yes,
 *     whoever is corrupt</td><td>yes</td><td>their agreement, O(n) messages where all hold it by then</td></tr>
 * </table>
 *
 * <p><b>Why no two deliver differently.</b> A delivery rests on a quorum of ECHOs (of signatures) for one digest. Two
 * quorums meet in a kernel, so in a correct replica (L1), and that one echoes (signs) the first payload only, also after
 * a crash: it writes down what it says before it says it.
 *
 * <p><b>Why all deliver after reliable broadcast.</b> Delivery takes READY from a quorum, which without any fault set is
 * still a kernel (L4); so every correct replica gets READY from a kernel and is ready for the same digest, as its own
 * ECHO quorum could show no other. The correct replicas are a quorum (L2), so READY from a quorum reaches each.
 *
 * <p><b>A payload that all hear or none.</b>
 *
 * <pre>{@code
 * ReliableBroadcast broadcast = port.nest(
 *         "rb", 7, (Port<ReliableBroadcast.Message, byte[]> child) ->
 *                 new ReliableBroadcast(child, sender, LENGTH_MAX),
 *         payload -> heard(payload));
 * if (port.self() == sender) {
 *     broadcast.broadcast(payload);
 * }
 * }</pre>
 *
 * <p><b>A payload with a proof that can be passed on.</b>
 *
 * <pre>{@code
 * ConsistentBroadcast vouched = port.nest(
 *         "cb", 7, (Port<ConsistentBroadcast.Message, byte[]> child) ->
 *                 new ConsistentBroadcast(child, certifier, configuration, sender, LENGTH_MAX),
 *         payload -> heard(payload));
 * vouched.broadcast(payload);                                  // at the sender
 * byte[] proof = vouched.closing().orElseThrow();              // where it was delivered
 * boolean holds = other.deliverClosing(proof);                 // at any other replica: it delivers there
 * }</pre>
 *
 * <p><b>Sequences.</b> A {@link org.maftia.core.broadcast.Channel} carries many payloads of all replicas.
 *
 * <pre>{@code
 * Channel channel = port.nest(
 *         "chat", 7, (Port<Channel.Message, Channel.Event> child) ->
 *                 Channel.reliable(child, Channel.Order.CAUSAL, LENGTH_MAX),
 *         event -> {
 *             switch (event) {
 *                 case Channel.Delivery m -> heard(m.payload());
 *                 case Channel.Ended m -> ended();
 *             }
 *         });
 * if (channel.canSend()) {
 *     channel.send(payload);
 * }
 * channel.close();                                             // it ends when a kernel has asked
 * }</pre>
 *
 * <p>In a consistent channel every payload has its proof.
 *
 * <pre>{@code
 * Channel vouched = port.nest(
 *         "notes", 7, (Port<Channel.Message, Channel.Event> child) ->
 *                 Channel.consistent(child, certifier, configuration, Channel.Order.FIFO, LENGTH_MAX),
 *         event -> noted(event));
 * vouched.send(payload);                                       // at a sender
 * byte[] proof = vouched.closing(sender, number).orElseThrow();
 * boolean holds = other.deliverClosing(sender, number, proof); // at any other replica: it delivers there
 * }</pre>
 *
 * <p>Sources: Bracha (Information and Computation, 1987); Reiter (CCS 1994); Cachin, Kursawe, Petzold, Shoup (CRYPTO
 * 2001).
 */
@NullMarked
package org.maftia.core.broadcast;

import org.jspecify.annotations.NullMarked;
