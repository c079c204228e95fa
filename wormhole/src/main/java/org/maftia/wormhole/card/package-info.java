/**
 * A Java Card as the trusted component: the host's side. The applet is {@link org.maftia.wormhole.card.applet}.
 *
 * <p><b>Guarantee.</b> None to others: this code runs on the host. What the card certifies it certifies by signatures
 * that anybody checks; here its answers are only put into the form of certificates.
 *
 * <pre>{@code
 * CardTtcb.setUp(channel, group, 3, 1);                        // once, at the ceremony
 * Ttcb ttcb = CardTtcb.connect(PcscChannel.open(""), peers);
 * Ui ui = ttcb.createUi(stream, 0, digest);
 * }</pre>
 */
@NullMarked
package org.maftia.wormhole.card;

import org.jspecify.annotations.NullMarked;
