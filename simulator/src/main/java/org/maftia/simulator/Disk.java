package org.maftia.simulator;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import org.maftia.core.protocol.Ready;

/**
 * The journal of one replica as its disk keeps it. What was declared durable stays, whatever happens, unless the whole
 * disk is lost or set back to an older copy; of the rest any prefix may survive a crash.
 */
final class Disk {
    private static final int COPIES_MAX = 3;

    /** No run makes so much durable. */
    private static final int LIFE_SHIFT = 32;

    private final List<byte[]> durable = new ArrayList<>();
    private final ArrayDeque<Ready.Storage> written = new ArrayDeque<>();
    private final ArrayDeque<Copy> copies = new ArrayDeque<>();
    private boolean everUsed;

    /** Counts what became durable in this life of the disk, above the number of the life. */
    private long position;

    /** Backups, and snapshots of machines. */
    private record Copy(List<byte[]> records, long position) {}

    /** Hands a change to the disk; it is not durable yet. */
    void write(Ready.Storage change) {
        written.add(change);
        everUsed = true;
    }

    /** Makes the oldest {@code count} changes durable. */
    void sync(int count) {
        for (int i = 0; i < count; i++) {
            apply(written.remove());
        }
    }

    private void apply(Ready.Storage change) {
        position++;
        switch (change) {
            case Ready.Storage.Append append -> durable.add(append.record());
            case Ready.Storage.Replace replace -> {
                durable.clear();
                durable.addAll(replace.records());
            }
        }
    }

    /**
     * The power goes. The write under way is torn, which the journal notices and cuts; writes before it may have
     * reached the disk although nobody waited for them.
     *
     * @return whether anything was lost
     */
    boolean crash(Draw draw) {
        sync(written.isEmpty() ? 0 : draw.below(written.size() + 1));
        boolean lost = !written.isEmpty();
        written.clear();
        return lost;
    }

    /** The disk is replaced by an empty one, which is newer than whatever was before. */
    void lose() {
        durable.clear();
        written.clear();
        position = ((position >>> LIFE_SHIFT) + 1) << LIFE_SHIFT;
    }

    /** How far it has come: later states of one disk have higher numbers, except for what was set back. */
    long position() {
        return position;
    }

    /** Somebody copies what is durable now. */
    void copy() {
        copies.add(new Copy(records(), position));
        if (copies.size() > COPIES_MAX) {
            copies.remove();
        }
    }

    /** Puts a copy in the place of what is there. False where none is older. */
    boolean setBack(Draw draw) {
        List<Copy> older =
                copies.stream().filter(copy -> copy.position < position).toList();
        if (older.isEmpty()) {
            return false;
        }
        Copy copy = draw.of(older);
        written.clear();
        durable.clear();
        durable.addAll(copy.records);
        position = copy.position;
        return true;
    }

    /** Whether this replica has ever written: it knows so from its key file, which a lost disk leaves behind. */
    boolean everUsed() {
        return everUsed;
    }

    List<byte[]> records() {
        return List.copyOf(durable);
    }
}
