package org.maftia.bench.cluster;

import java.util.Locale;

/** What survives a crash of all machines at once. Both sides of a comparison run under the same. */
enum Durability {
    /** Votes, or the log of decisions, are on the disk before an answer leaves. */
    SYNCED,
    /** They are handed to the system, which writes them when it likes. */
    WRITTEN,
    /** For the peer only, which can do without a log; Maftia always keeps its journal. */
    MEMORY;

    String ofMaftia() {
        return this == SYNCED ? "every vote synced before it leaves" : "every vote written, no sync";
    }

    String ofPeer() {
        return switch (this) {
            case SYNCED -> "log of decided batches synced (log_to_disk, sync_log)";
            case WRITTEN -> "log of decided batches written, no sync (log_to_disk)";
            case MEMORY -> "log in memory";
        };
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
