/**
 * Frames over mutually authenticated TLS 1.3, driven by one thread.
 *
 * <p>Guarantee: a {@link org.maftia.client.transport.FrameChannel} hands over the frames that its peer sent, in order and
 * unaltered, and only when the peer proved to hold the key of a certificate that was pinned byte by byte. Nothing longer
 * than the declared maximum is ever allocated, no frame is read before the peer is known, and no call blocks: a peer that
 * is slow, silent or hostile costs its own bounded buffers and nothing else.
 *
 * <p>Why one thread with a selector instead of a thread for each connection: waking a thread on another core costs some
 * hundred microseconds where cores sleep, a read that was waited for in the selector costs none. A replica reads what
 * its peers sent, steps its protocols, syncs its journal and writes the answers without a single hand-over.
 */
@NullMarked
package org.maftia.client.transport;

import org.jspecify.annotations.NullMarked;
