/**
 * The component as a process of its own: the default back end.
 *
 * <p><b>Guarantee.</b> Whoever owns the replica's process and user, but not the kernel, cannot make the component give
 * one counter to two digests, read its keys, or set its counters back: they are in the memory of a process of another
 * user, and a restart begins another epoch with other keys. Against root, the kernel or the hypervisor this back end
 * claims nothing.
 *
 * <p>What the machine does not grant (real-time scheduling, locked memory, a filter of system calls, a user of its own)
 * is not claimed: {@link org.maftia.wormhole.Capabilities} says so, with a sentence for each.
 *
 * <pre>{@code
 * ProcessOptions options = ProcessOptions.of("socket=/run/maftia/r1", "state=/var/lib/maftia-ttcb", ...);
 * try (ComponentLauncher component = ComponentLauncher.start(image, options)) {
 *     Ttcb ttcb = component.connect(identityKey);
 * }
 * }</pre>
 */
@NullMarked
package org.maftia.wormhole.process;

import org.jspecify.annotations.NullMarked;
