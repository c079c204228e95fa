package org.maftia.server.component;

import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.maftia.wormhole.StoppedException;

/** Has the roll calls of a component held, on a thread of its own: the component may have more urgent things to do. */
final class RollCaller implements AutoCloseable {
    private final RollCall calls;
    private final Consumer<Throwable> failed;

    /** A permit for each reason to look before the time. */
    private final Semaphore hurry = new Semaphore(0);

    private volatile boolean closed;

    /** @param failed told of a fault of this program, once */
    RollCaller(RollCall calls, String name, Consumer<Throwable> failed) {
        this.calls = calls;
        this.failed = failed;
        Thread.ofPlatform().daemon().name(name).start(this::run);
    }

    private void run() {
        try {
            while (!closed) {
                long millis = calls.tick();
                if (hurry.tryAcquire(millis, TimeUnit.MILLISECONDS)) {
                    hurry.drainPermits();
                }
            }
        } catch (StoppedException e) {
            // Whoever asks the component for certificates finds it out, too, and ends the replica.
            closed = true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException | Error e) {
            failed.accept(e);
        }
    }

    RollCall calls() {
        return calls;
    }

    /** Something was delivered. */
    void hurry() {
        hurry.release();
    }

    @Override
    public void close() {
        closed = true;
        hurry.release();
    }
}
