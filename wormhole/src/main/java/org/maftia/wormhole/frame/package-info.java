/**
 * What passes between a host and its component: frames of exactly 512 bytes, one request and one reply at a time.
 *
 * <p><b>Guarantee.</b> A reader never allocates, never guesses a length, and never meets a nested structure: that is the
 * whole surface that an intruder on the host can touch.
 *
 * <pre>
 * request  operation u8 | 0    u8 | length u16 | slot u16 | 0 u16 | sequence u64 | payload, at most 464 | MAC 32
 * reply    operation u8 | code u8 | length u16 | slot u16 | 0 u16 | sequence u64 | payload, at most 464 | MAC 32
 * </pre>
 *
 * <p>The code is 0, or that of a {@link org.maftia.wormhole.Refusal}. The MAC is HMAC-SHA256 under the session's key of
 * that direction, over header and payload; before there is a session it is zero.
 */
@NullMarked
package org.maftia.wormhole.frame;

import org.jspecify.annotations.NullMarked;
