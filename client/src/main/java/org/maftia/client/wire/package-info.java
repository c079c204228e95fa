/** What clients of a group and its replicas say to each other, inside the frames of a channel. */
@NullMarked
package org.maftia.client.wire;

import org.jspecify.annotations.NullMarked;
