package org.maftia.server.journal;

import java.util.List;
import org.maftia.core.protocol.Ready;

/**
 * Durable storage of one replica. {@link Journal} is the one on a disk, {@link MemoryStorage} its twin for tests. One
 * thread at a time.
 */
public interface Storage extends AutoCloseable {
    /**
     * Makes the changes durable, in order, with one sync. After {@link Failed} nothing can be committed any more: the disk
     * holds what was answered for before, perhaps the failed batch too, and the replica must stop.
     */
    Commit commit(List<Ready.Storage> changes);

    /** How far it has come with what is durable. After a failure it stays where it was. */
    Position position();

    @Override
    void close();

    /** How a commit ended. */
    sealed interface Commit {}

    /** Everything is on the disk. */
    record Durable() implements Commit {}

    /**
     * Nothing may be sent that relies on the batch.
     *
     * @param cause why, so that an operator knows what to do
     * @param detail in the words of the system
     */
    record Failed(Cause cause, String detail) implements Commit {
        /** For the operator. */
        public String sentence() {
            return (cause == Cause.DISK_FULL ? "the disk is full: " : "the disk failed: ") + detail;
        }
    }

    /** Why storage fails. */
    enum Cause {
        DISK_FULL,
        DISK_ERROR
    }
}
