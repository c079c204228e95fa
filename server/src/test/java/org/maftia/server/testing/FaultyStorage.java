package org.maftia.server.testing;

import java.util.List;
import org.maftia.core.protocol.Ready;
import org.maftia.server.journal.MemoryStorage;
import org.maftia.server.journal.Position;
import org.maftia.server.journal.Storage;

/** Storage in memory that fails at a commit, and from then on. */
public final class FaultyStorage implements Storage {
    private final MemoryStorage memory = new MemoryStorage();
    private final Cause cause;
    private int goodCommits;

    /** @param goodCommits how many commits succeed first */
    public FaultyStorage(int goodCommits, Cause cause) {
        this.goodCommits = goodCommits;
        this.cause = cause;
    }

    @Override
    public synchronized Commit commit(List<Ready.Storage> changes) {
        if (goodCommits == 0) {
            return new Failed(cause, "as the test wants");
        }
        goodCommits--;
        return memory.commit(changes);
    }

    @Override
    public synchronized Position position() {
        return memory.position();
    }

    /** What was answered for. */
    public synchronized List<byte[]> records() {
        return memory.records();
    }

    @Override
    public void close() {}
}
