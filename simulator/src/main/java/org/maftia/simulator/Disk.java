package org.maftia.simulator;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import org.maftia.core.protocol.Ready;

/**
 * The journal of one replica as its disk keeps it. What was declared durable stays, whatever happens, unless the whole
 * disk is lost; of the rest any prefix may survive a crash.
 */
final class Disk {
    private final List<byte[]> durable = new ArrayList<>();
    private final ArrayDeque<Ready.Storage> written = new ArrayDeque<>();
    private boolean everUsed;

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

    /** The disk is replaced by an empty one. */
    void lose() {
        durable.clear();
        written.clear();
    }

    /** Whether this replica has ever written: it knows so from its key file, which a lost disk leaves behind. */
    boolean everUsed() {
        return everUsed;
    }

    List<byte[]> records() {
        return List.copyOf(durable);
    }
}
