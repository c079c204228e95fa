package org.maftia.services.authority;

import org.maftia.core.wire.Reader;
import org.maftia.core.wire.Writer;

/** One revocation list of many, so that none grows large. */
final class Shard {
    /** A fresh list each hour, changed or not. */
    static final long REFRESH_MICROS = Agreed.HOUR_MICROS;

    /** A list may be used for a day: so long the group may be down before clients that insist on one refuse everything. */
    static final long LIFE_SECONDS = 86_400;

    /** Revocations are gathered for so long. */
    static final long GATHER_MICROS = 5 * Agreed.SECOND_MICROS;

    private static final int LENGTH_MAX = 16 << 20;

    /** Counts its lists. */
    long number;

    /** When the next list is due. */
    long dueMicros;

    boolean signing;

    /** In DER; empty before the first is signed. */
    byte[] list = {};

    Shard(long dueMicros) {
        this.dueMicros = dueMicros;
    }

    void write(Writer writer) {
        writer.u64(number).u64(dueMicros).bool(signing).opaque32(list);
    }

    static Shard read(Reader reader) {
        long number = reader.count();
        Shard shard = new Shard(reader.count());
        shard.number = number;
        shard.signing = reader.bool();
        shard.list = reader.opaque32(LENGTH_MAX);
        return shard;
    }
}
