/**
 * The trusted component: this package, with {@code certificate} and {@code frame}, is all that one must read and believe.
 *
 * <p><b>Guarantee.</b> For a lane of a stream in an epoch, no two UIs with one counter have different digests or marks;
 * counters of UIs come one by one; a FENCE states the counters of all lanes at the instant at which its mark rose.
 *
 * <p><b>Argument.</b> One thread, one request at a time. {@code Usig} writes the intent, raises the counter and only
 * then computes a tag ({@code Usig.createUi}), and it is the only code that seals a UI. The one other place where a UI is sealed is
 * {@code lastUi}, which seals the statement that was kept, byte for byte.
 *
 * <p>It is pure: clocks, randomness and the durable record are handed in, so process, simulation and tests run the same
 * code. After the first use of a stream its counters cost no allocation but what the JDK's {@code Mac} and {@code
 * Signature} make themselves.
 *
 * <pre>{@code
 * Component component = new Component(setup, random, CounterRecord.NONE);
 * component.serve(request, reply);   // 512 bytes each
 * }</pre>
 *
 * <p>Papers: Veronese et al., "Efficient Byzantine Fault-Tolerance", IEEE TC 2013, section 4 (USIG); Verissimo,
 * Casimiro, "The Timely Computing Base Model and Architecture", IEEE TC 2002.
 */
@NullMarked
package org.maftia.wormhole.trusted;

import org.jspecify.annotations.NullMarked;
