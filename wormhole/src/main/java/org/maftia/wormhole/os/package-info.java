/**
 * The few calls of Linux that the component's process makes itself: its socket, its clocks, its place with the
 * scheduler, and the filter that takes all other calls away.
 *
 * <p><b>Guarantee.</b> Each feature is either in force or named by one English sentence why not; nothing is assumed. On
 * a system other than Linux on x86-64 or aarch64 the process back end does not start.
 *
 * <p>Why not the JDK's channels: they look up the <em>name</em> of the peer's user, for which the C library may connect
 * to a name service, and that call must not exist here. And a wait with a time-out in nanoseconds keeps everything on
 * one thread.
 *
 * <pre>{@code
 * Optional<String> whyNot = RealTime.promote(80);
 * Optional<String> open = Sandbox.close(Sandbox.Mode.KILL);
 * }</pre>
 *
 * <p>Manuals: seccomp(2), sched(7), mlock(2), unix(7), ppoll(2).
 */
@NullMarked
package org.maftia.wormhole.os;

import org.jspecify.annotations.NullMarked;
