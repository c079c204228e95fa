/**
 * The wormhole: a small trusted component beside each replica that fails only by stopping.
 *
 * <p><b>Guarantee.</b> Whatever its host does, a component gives each counter of a lane to one digest at most in its
 * whole epoch, and no epoch number is used with two keys. So a replica that may be Byzantine cannot tell two peers two
 * different things under one counter, and peers see where something is missing.
 *
 * <p><b>Argument.</b> The component raises the counter before it computes the tag, and the tag is over counter, lane,
 * stream, epoch and digest together. A component that lost its counters has lost its key too: it comes back under
 * another epoch, which the group must have ordered.
 *
 * <p>{@link org.maftia.wormhole.Ttcb} is what a host calls; {@link org.maftia.wormhole.Capabilities} says what a back
 * end can promise. The bytes of certificates stand in {@link org.maftia.wormhole.certificate}. Protocols of the core
 * never call this: they ask for a certificate as an effect, and the shell or the simulator maps it to a component.
 *
 * <pre>{@code
 * journal.append(message);                                  // durable before the counter is used
 * Ui ui = ttcb.createUi(stream, 0, digest);
 * journal.append(ui.encoded());                             // durable before it is sent
 * links.sendAll(message, ui.encoded());
 * }</pre>
 *
 * <p>Papers: Correia, Lung, Neves, Verissimo, "Efficient Byzantine-Resilient Reliable Multicast on a Hybrid Failure
 * Model", SRDS 2002; Correia, Neves, Verissimo, "How to Tolerate Half Less One Byzantine Nodes in Practical Distributed
 * Systems", SRDS 2004; Veronese et al., "Efficient Byzantine Fault-Tolerance", IEEE TC 2013.
 */
@NullMarked
package org.maftia.wormhole;

import org.jspecify.annotations.NullMarked;
