package org.maftia.server.gateway;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.maftia.core.wire.Digest;

/** The receipts that this gateway has had signed last: a signature is work for the whole group, and always the same. */
final class ReceiptShelf {
    /** Half a kilobyte to two each. */
    private static final int COUNT_MAX = 1024;

    private final Map<Name, String> receipts = new LinkedHashMap<>(64, 0.75f, true) {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Name, String> eldest) {
            return size() > COUNT_MAX;
        }
    };

    /** @param key under which it is signed: the group may get another one */
    private record Name(Digest registration, long sequence, Digest key) {}

    synchronized Optional<String> find(Digest registration, long sequence, Digest key) {
        return Optional.ofNullable(receipts.get(new Name(registration, sequence, key)));
    }

    synchronized void put(Digest registration, long sequence, Digest key, String receipt) {
        receipts.put(new Name(registration, sequence, key), receipt);
    }
}
