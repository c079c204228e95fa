package org.maftia.services.exchange;

import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.maftia.core.crypto.Transcript;
import org.maftia.core.wire.Digest;
import org.maftia.core.wire.MalformedException;
import org.maftia.core.wire.Reader;
import org.maftia.core.wire.Writer;
import org.maftia.services.exchange.Case.Open;
import org.maftia.services.exchange.Case.Settled;

/**
 * All exchanges about which the trusted party was asked. What was decided is never forgotten: a forgotten abort could be
 * resolved. So there is room for a number of them, and for so many bytes of items; beyond it nothing new is decided.
 */
final class Cases {
    /** A hundred bytes each, without items. */
    static final int CASES_MAX = 65_536;

    /** With those that found room when their escrows began to be opened. */
    private static final int SETTLED_MAX = CASES_MAX + Exchange.PENDING_MAX;

    /** Of items that wait for A. */
    static final long ITEM_BYTES_MAX = 64L << 20;

    private final SortedMap<Digest, Case> byExchange = new TreeMap<>();
    private long itemBytes;

    /** Changes with every case, by what all changed it: cheaper than to hash them all at each checkpoint. */
    private Digest root = Digest.ZERO;

    Optional<Settled> settled(Digest id) {
        return byExchange.get(id) instanceof Settled settled ? Optional.of(settled) : Optional.empty();
    }

    boolean hasRoomFor(Digest id) {
        return byExchange.containsKey(id)
                || (byExchange.size() < CASES_MAX && itemBytes + ExchangeAnswer.ITEM_LENGTH_MAX <= ITEM_BYTES_MAX);
    }

    /** Whether the acceptance was found to hold a false escrow. */
    boolean isFalse(Digest id, Digest acceptance) {
        return byExchange.get(id) instanceof Open open && open.acceptances().contains(acceptance);
    }

    boolean mayTryMore(Digest id) {
        return !(byExchange.get(id) instanceof Open open) || open.acceptances().size() < Case.FALSE_MAX;
    }

    void markFalse(Digest id, Digest acceptance) {
        Open before = byExchange.get(id) instanceof Open open ? open : new Open(List.of());
        put(id, before.and(acceptance));
    }

    void settle(Digest id, Settled decision) {
        itemBytes += decision.forA().length;
        put(id, decision);
    }

    private void put(Digest id, Case now) {
        @Nullable Case before = byExchange.put(id, now);
        if (before instanceof Settled) {
            throw new IllegalStateException("an exchange was decided twice");
        }
        root = Transcript.of("exchange/case")
                .field(root)
                .field(id)
                .field(Case.CODEC.encode(now))
                .digest();
    }

    Digest root() {
        return root;
    }

    void write(Writer writer) {
        writer.digest(root).u32(byExchange.size());
        byExchange.forEach((id, one) -> Case.CODEC.write(writer.digest(id), one));
    }

    void read(Reader reader) {
        byExchange.clear();
        itemBytes = 0;
        root = reader.digest();
        for (long count = reader.u32(); count > 0; count--) {
            if (byExchange.size() >= SETTLED_MAX) {
                throw new MalformedException("more exchanges than there is room for");
            }
            Digest id = reader.digest();
            Case one = Case.CODEC.read(reader);
            byExchange.put(id, one);
            itemBytes += one instanceof Settled settled ? settled.forA().length : 0;
        }
    }
}
