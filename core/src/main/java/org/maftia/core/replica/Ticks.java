package org.maftia.core.replica;

import org.jspecify.annotations.Nullable;
import org.maftia.core.protocol.Port;

/**
 * Sees to it that agreed time goes on while a service waits for it: when the own clock says that the time has come and
 * no slot has, something is ordered, once a second until one does. Clocks decide only when somebody asks; what time it is
 * the log says. Where nothing else goes on one replica asks, as the others leave it a lead.
 */
final class Ticks {
    /** Agreed time may be a little behind the own clock: asked again after this time. */
    private static final long AGAIN_MICROS = 1_000_000;

    /** Some times what an ordered slot takes; the last of 64 replicas has a lead of twelve seconds to leave. */
    private static final long TURN_MICROS = 200_000;

    private final Port<?, ?> port;
    private final Execution execution;
    private final OwnRequests own;
    private Port.@Nullable Timer timer;
    private OwnRequests.@Nullable Statement asked;

    /** What the timer is set for. */
    private long dueMicros = Long.MAX_VALUE;

    Ticks(Port<?, ?> port, Execution execution, OwnRequests own) {
        this.port = port;
        this.execution = execution;
        this.own = own;
    }

    /** The state has moved: a service may wait for another time. */
    void consider() {
        long due = execution.dueMicros();
        if (due == dueMicros) {
            return;
        }
        dueMicros = due;
        if (timer != null) {
            timer.cancel();
            timer = null;
        }
        if (due < Long.MAX_VALUE) {
            long until = Math.max(0, due - port.nowMicros());
            timer = port.wake(until + turn() * TURN_MICROS, this::late);
        }
    }

    /** It goes around, so that no one replica bears the load, nor holds up every tick when it is away. */
    private long turn() {
        return Math.floorMod(port.self() + execution.slot(), port.trust().size());
    }

    private void late() {
        timer = null;
        if (execution.dueMicros() == Long.MAX_VALUE) {
            return;
        }
        OwnRequests.Statement before = asked;
        if (before == null || !before.isUnderWay()) {
            asked = own.command(new GroupCommand.Mark(false));
        }
        timer = port.wake(AGAIN_MICROS, this::late);
    }
}
