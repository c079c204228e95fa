/**
 * The host's side of a component: {@link org.maftia.wormhole.host.FramedTtcb} turns calls into frames and replies into
 * certificates, over any {@link org.maftia.wormhole.host.Transport}.
 *
 * <p><b>Guarantee.</b> None to others: this code runs on the host and shares its fate. To its own host it guarantees
 * that it speaks with the component whose identity key it was given, and that no reply is taken for that of another
 * request.
 *
 * <pre>{@code
 * Ttcb ttcb = FramedTtcb.connect(transport, identityKey, random);
 * Ui ui = ttcb.createUi(stream, 0, digest);
 * }</pre>
 */
@NullMarked
package org.maftia.wormhole.host;

import org.jspecify.annotations.NullMarked;
