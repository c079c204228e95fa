package org.maftia.server.gateway;

import java.io.IOException;
import java.util.Optional;
import org.maftia.services.log.LogProof;
import org.maftia.services.log.SignedCheckpoint;

/** The transparency log as this replica has it on its disk. Any thread may ask. */
public interface LogSource {
    /** The newest published head that this replica can prove everything about; empty: none yet. */
    Optional<SignedCheckpoint> published();

    /**
     * A tile of hashes.
     *
     * @param width of them, 1 to 256
     * @return empty where the log here has not so many
     */
    Optional<byte[]> tile(int level, long index, int width) throws IOException;

    /** A bundle of entries; empty where the log here has not so many. */
    Optional<byte[]> bundle(long index, int width) throws IOException;

    /** That an entry is under the newest published head; empty where it is not yet. */
    Optional<LogProof> proof(long index) throws IOException;
}
