/**
 * One replica of a group, running: its automaton between network, disk, clock and clients.
 *
 * <p>Guarantee: {@link org.maftia.server.runtime.ReplicaRuntime} carries out what the automaton wants in the order that
 * {@link org.maftia.core.protocol.Ready} demands. Nothing leaves, to peers or clients, before all that was recorded up to
 * then is durable; when storage fails, nothing leaves any more.
 *
 * <p>One thread does all of it in turns: take what came in, a bounded share from each peer and client; step the automaton;
 * sync once; send, one write for each peer. Events that come while the disk works are the next batch, so the batch grows
 * with the load and no timer is needed. Heavy cryptography alone runs elsewhere, and comes back as an event.
 *
 * {@snippet :
 * try (ReplicaRuntime runtime = ReplicaRuntime.start(setup)) {
 *     byte[] result = runtime.submission().submit("register", operation).get();
 *     runtime.stopped().get();
 * }
 * }
 */
@NullMarked
package org.maftia.server.runtime;

import org.jspecify.annotations.NullMarked;
