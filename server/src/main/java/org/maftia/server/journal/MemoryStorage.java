package org.maftia.server.journal;

import java.util.ArrayList;
import java.util.List;
import org.maftia.core.protocol.Ready;

/** Storage that lives as long as this object does. */
public final class MemoryStorage implements Storage {
    private final List<byte[]> records = new ArrayList<>();
    private long commits;

    @Override
    public Commit commit(List<Ready.Storage> changes) {
        for (Ready.Storage change : changes) {
            switch (change) {
                case Ready.Storage.Append append -> records.add(append.record());
                case Ready.Storage.Replace replace -> {
                    records.clear();
                    records.addAll(replace.records());
                }
            }
        }
        commits++;
        return new Durable();
    }

    /** What a reader would find now, oldest first. */
    public List<byte[]> records() {
        return List.copyOf(records);
    }

    @Override
    public Position position() {
        return new Position(0, 0, commits);
    }

    @Override
    public void close() {}
}
