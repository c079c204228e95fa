/**
 * The group as one server, for applications.
 *
 * <p>Guarantee: a result that {@link org.maftia.client.GroupClient#submit} gives was given, at the same slot of the log,
 * by replicas of which at least one is correct; the operation was executed exactly once. Replicas that lie, crash, stay
 * silent or come back are not noticed while a quorum works, and the client may start before the group does.
 *
 * {@snippet :
 * try (GroupClient client = GroupClient.connect(setup)) {
 *     byte[] result = client.submit("register", operation).get();
 * }
 * }
 *
 * <p><b>Confidential requests.</b> A sealed bid must not be read, and outbid, by a replica that sees it first. {@link
 * org.maftia.client.GroupClient#submitConfidential} encrypts the operation to the whole group: replicas give it its place
 * in the log first, and open it together then. The group's key and the client's number come from the group's transcript.
 *
 * {@snippet :
 * var confidentiality = new GroupClientSetup.Confidentiality(keys.number(), keys.group().cipher());
 * var setup = new GroupClientSetup(
 *         trust, limits, configuration, replicas, identity, timeoutMicros, Optional.of(confidentiality));
 * try (GroupClient client = GroupClient.connect(setup)) {
 *     byte[] receipt = client.submitConfidential("auction", bid).get();
 * }
 * }
 */
@NullMarked
package org.maftia.client;

import org.jspecify.annotations.NullMarked;
