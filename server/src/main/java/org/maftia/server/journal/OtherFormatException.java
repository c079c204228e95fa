package org.maftia.server.journal;

import java.io.IOException;
import java.nio.file.Path;

/** What a replica wrote is written as another version of this program writes it; nothing of it was touched. */
public final class OtherFormatException extends IOException {
    private static final long serialVersionUID = 1;

    /**
     * @param where it lies
     * @param what is written otherwise, as the end of a sentence
     */
    public OtherFormatException(Path where, String what) {
        super(where + " was written by another version of this program: " + what);
    }

    /** What to do. */
    public String hint() {
        return "run the replica with the version that wrote it; in a group that needs nothing of it, remove the"
                + " cluster's directory";
    }
}
