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
 */
@NullMarked
package org.maftia.client;

import org.jspecify.annotations.NullMarked;
