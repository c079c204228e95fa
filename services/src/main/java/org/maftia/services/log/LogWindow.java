package org.maftia.services.log;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.maftia.core.wire.Reader;
import org.maftia.core.wire.Writer;

/**
 * The newest entries: all that no published head covers, and some more for replicas that come a little late. What is older
 * is on the disks of a quorum.
 */
final class LogWindow {
    /** What waits for a head: some seconds of the largest rate. */
    static final int WAITING_COUNT_MAX = 16_384;

    /** The same, in bytes. */
    static final int WAITING_BYTES_MAX = 8 << 20;

    /** What is published and still here. */
    private static final int KEPT_COUNT = 1_024;

    private static final int KEPT_BYTES = 1 << 20;

    private final ArrayDeque<byte[]> entries = new ArrayDeque<>();
    private long first;
    private long bytes;

    /** How many entries at the end no published head covers, and their bytes. */
    private long waiting;

    private long waitingBytes;

    long first() {
        return first;
    }

    boolean hasRoom(int length) {
        return waiting < WAITING_COUNT_MAX && waitingBytes + length <= WAITING_BYTES_MAX;
    }

    /** The same for what clients bring: half of the room is kept for services, which clients that flood the log would stop else. */
    boolean hasRoomForClients(int length) {
        return waiting < WAITING_COUNT_MAX / 2 && waitingBytes + length <= WAITING_BYTES_MAX / 2;
    }

    void add(byte[] entry) {
        entries.add(entry);
        bytes += entry.length;
        waiting++;
        waitingBytes += entry.length;
    }

    /** A head of this size is published. */
    void published(long size) {
        long end = first + entries.size();
        waiting = Math.max(0, end - size);
        waitingBytes = 0;
        Iterator<byte[]> newest = entries.descendingIterator();
        for (long i = 0; i < waiting && newest.hasNext(); i++) {
            waitingBytes += newest.next().length;
        }
        while (entries.size() - waiting > KEPT_COUNT || entries.size() > waiting && bytes - waitingBytes > KEPT_BYTES) {
            bytes -= entries.removeFirst().length;
            first++;
        }
    }

    /** Entries from this index on, no more bytes than this but at least one entry; none where it has none there. */
    List<byte[]> from(long index, int bytesMax) {
        List<byte[]> found = new ArrayList<>();
        if (index < first) {
            return found;
        }
        long at = first;
        long length = 0;
        for (byte[] entry : entries) {
            if (at++ >= index) {
                length += entry.length;
                if (length > bytesMax && !found.isEmpty()) {
                    break;
                }
                found.add(entry);
            }
        }
        return found;
    }

    void write(Writer writer) {
        writer.u64(first).u64(waiting).u32(entries.size());
        entries.forEach(writer::opaque32);
    }

    static LogWindow read(Reader reader) {
        LogWindow window = new LogWindow();
        window.first = reader.count();
        long waiting = reader.count();
        for (long count = reader.u32(); count > 0; count--) {
            window.add(reader.opaque32(LogEntry.LENGTH_MAX));
        }
        window.published(window.first + window.entries.size() - waiting);
        return window;
    }
}
