package org.maftia.server.gateway;

import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.maftia.core.replica.UndoneCommand;

/** The way of a gateway into the log: its own client session at its own replica. */
public interface Submission {
    /**
     * Orders an operation of a service and gives the result that this replica computed. Any thread may call.
     * What depends on the future may run on the thread of the replica, so it must not block.
     *
     * @return fails with {@link Busy} when too much waits already, with {@link java.util.concurrent.TimeoutException}
     *     when the group did not answer in time, with {@link Undone} when the service failed at it
     */
    CompletableFuture<byte[]> submit(String service, byte[] operation);

    /**
     * What comes of a command under which the group signs something that this gateway alone is to see.
     *
     * @param result as {@link #submit} gives it
     * @param signature comes only where the result says that there is one; fails when it does not come in time
     */
    record Signed(CompletableFuture<byte[]> result, CompletableFuture<byte[]> signature) {}

    /** Orders an operation for which the service has something signed by {@code Context.signFor}. */
    default Signed submitSigned(String service, byte[] operation) {
        Busy busy = new Busy("this replica does not run");
        return new Signed(CompletableFuture.failedFuture(busy), CompletableFuture.failedFuture(busy));
    }

    /**
     * Asks this replica's own copy of a service, without the log: what {@code StateMachine.peek} answers, which nobody else
     * vouches for. Any thread may call; what depends on the future may run on the thread of the replica.
     *
     * @return empty where the copy answers no such question; fails as {@link #submit} does
     */
    default CompletableFuture<Optional<byte[]>> peek(String service, byte[] question) {
        return CompletableFuture.failedFuture(new Busy("this replica does not run"));
    }

    /** The service failed at the operation, everywhere, and nothing of it was done: an error of this program. */
    final class Undone extends RuntimeException {
        public Undone() {
            super(UndoneCommand.SENTENCE, null, false, false);
        }
    }

    /** Too many requests wait: the client should come back. */
    final class Busy extends RuntimeException {
        public Busy(String message) {
            super(message, null, false, false);
        }
    }
}
