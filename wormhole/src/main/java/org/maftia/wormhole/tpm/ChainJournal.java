package org.maftia.wormhole.tpm;

import java.io.IOException;
import java.util.List;

/**
 * What the host writes down so that its chain goes on when its process starts again while the machine runs on. It is the
 * host's alone: who alters it harms nobody else, since the register tells what was really extended.
 */
public interface ChainJournal {
    /** Keeps nothing: a process that starts again must wait for a reset of its machine. */
    ChainJournal NONE = new ChainJournal() {
        @Override
        public List<Entry> read() {
            return List.of();
        }

        @Override
        public void append(Entry entry) {}

        @Override
        public void replace(List<Entry> entries) {}
    };

    /** One step. */
    sealed interface Entry {
        /** The register is about to be extended by a statement; {@code bytes}: the register before, 32, the statement. */
        record Intent(byte[] bytes) implements Entry {}

        /** The TPM has quoted it; {@code bytes}: the certificate. */
        record Sealed(byte[] bytes) implements Entry {}

        byte[] bytes();
    }

    /** All entries, from the first. */
    List<Entry> read() throws IOException;

    /** Writes one more, and returns when it is durable. */
    void append(Entry entry) throws IOException;

    /** Puts these in the place of all, at once. */
    void replace(List<Entry> entries) throws IOException;
}
