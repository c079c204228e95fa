/**
 * Sees that a component was copied, as a virtual machine can be with all that it holds, so that two go under one name.
 *
 * <p><b>Guarantee.</b> A finding is never false while components are sound: it rests on two certificates that one component
 * cannot both have given. The other way round nothing is guaranteed: a copy that its host keeps from everybody, or that it
 * feeds with the same requests, is seen by nobody. That is a stated assumption of the trusted component.
 *
 * <pre>{@code
 * watch.see(ui).ifPresent(this::exclude);               // every genuine certificate that comes
 * Digest nonce = fresh();                               // now and then, to every component
 * watch.answered(counters, nonce).ifPresent(this::suspect);
 * }</pre>
 */
@NullMarked
package org.maftia.wormhole.clones;

import org.jspecify.annotations.NullMarked;
