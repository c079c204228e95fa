package org.maftia.core.keys;

import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.IntUnaryOperator;
import org.jspecify.annotations.Nullable;
import org.maftia.core.crypto.BlsKey;
import org.maftia.core.crypto.DiscreteLogKey;
import org.maftia.core.protocol.Invariant;
import org.maftia.core.trust.FaultStructure;
import org.maftia.core.trust.ReplicaSet;
import org.maftia.core.wire.MalformedException;
import org.maftia.core.wire.Reader;
import org.maftia.core.wire.Writer;

/**
 * What the log says about keys that the group makes and renews by itself: the same at all replicas after the same slot, and
 * part of the replicated state. It knows no secret.
 */
public final class KeyLedger {
    private final SortedMap<String, KeyLife> keys = new TreeMap<>();

    /** What follows from the log outside the ledger. */
    public interface Listener {
        /** A member broke a rule, as everybody can see. */
        void blame(int replica, String rule);

        default void begun(String keyId, long attempt) {}

        /** From here on the key is the present one, and the epoch before it is over. */
        void finished(DiscreteLogKey key);

        /** Whether another attempt at the key may begin, as far as others than the ledger are concerned. */
        default boolean mayBegin(String keyId) {
            return true;
        }

        /** Everything stays as it was. */
        default void cancelled(String keyId, long attempt) {}
    }

    /** @throws IllegalArgumentException when two of them are for the same key */
    public KeyLedger(FaultStructure trust, List<KeyUpkeep> upkeeps, Listener listener) {
        for (KeyUpkeep upkeep : upkeeps) {
            if (keys.put(upkeep.keyId(), new KeyLife(trust, upkeep, listener)) != null) {
                throw new IllegalArgumentException("one upkeep for a key");
            }
        }
    }

    SortedMap<String, KeyLife> lives() {
        return Collections.unmodifiableSortedMap(keys);
    }

    KeyLife life(String keyId) {
        return Invariant.present(keys.get(keyId), "the group keeps this key");
    }

    /** The key as it is now; null while the group has not made it. */
    public @Nullable DiscreteLogKey present(String keyId) {
        KeyLife life = keys.get(keyId);
        return life == null ? null : life.present();
    }

    /** The same as outsiders see it who verify signatures; null: it is not there, or a ceremony said with what they verify. */
    public @Nullable BlsKey signing(String keyId) {
        KeyLife life = keys.get(keyId);
        return life == null ? null : life.signing();
    }

    /** Whether the group signs with this key and makes it for itself, be it made yet or not. */
    public boolean isOwnSigningKey(String keyId) {
        KeyLife life = keys.get(keyId);
        return life != null && life.upkeep().signs();
    }

    /** The attempt that is under way; 0: none. */
    public long attempt(String keyId) {
        KeyLife life = keys.get(keyId);
        return life == null || life.open() == null ? 0 : life.open().number();
    }

    /** The attempt that made the present key; 0: a ceremony, or there is none. */
    public long madeBy(String keyId) {
        KeyLife life = keys.get(keyId);
        return life == null ? 0 : life.madeBy();
    }

    /** The key as it was before the present one; null: there was none. */
    public @Nullable DiscreteLogKey before(String keyId) {
        KeyLife life = keys.get(keyId);
        return life == null ? null : life.before();
    }

    /**
     * Whether these could hand the key on to other members: as it is shared now, and as it will be when it is shared as the
     * group wants it. A key that the group has not come to make goes on without anybody: the others make it.
     */
    public boolean canGoOn(String keyId, ReplicaSet holders) {
        KeyLife life = keys.get(keyId);
        DiscreteLogKey present = life == null ? null : life.present();
        if (life != null && present == null && life.upkeep().dealt() == null) {
            return true;
        }
        return life != null
                && present != null
                && present.formula().isQualified(holders)
                && life.upkeep().formula().isQualified(holders);
    }

    /** In which slot the present key became that; 0: it was dealt, or there is none. */
    public long changedSlot(String keyId) {
        KeyLife life = keys.get(keyId);
        return life == null ? 0 : life.changed().slot();
    }

    /** Of which epoch of the ordering that slot is; -1: of none. */
    public long changedEpoch(String keyId) {
        KeyLife life = keys.get(keyId);
        return life == null ? -1 : life.changed().epoch();
    }

    /** The same of the key before it. */
    public long changedBeforeEpoch(String keyId) {
        KeyLife life = keys.get(keyId);
        return life == null ? -1 : life.changedBefore().epoch();
    }

    /** Ids of the keys, ascending. */
    public List<String> keyIds() {
        return List.copyOf(keys.keySet());
    }

    /** Where each key stands, by id. */
    public List<KeyStanding> standings() {
        return keys.values().stream().map(KeyLife::standing).toList();
    }

    /** When agreed time alone will change something; {@link Long#MAX_VALUE}: never. */
    public long nextMicros() {
        return keys.values().stream().mapToLong(KeyLife::nextMicros).min().orElse(Long.MAX_VALUE);
    }

    /**
     * A slot begins, before what it holds.
     *
     * @param epoch of the ordering
     * @param micros agreed time
     */
    public void slot(long slot, long epoch, long micros) {
        keys.values().forEach(life -> life.slot(new KeyLife.Place(slot, epoch), micros));
    }

    /** A member says something, as the log has it. What makes no sense, or comes too late, changes nothing. */
    public void apply(int member, KeyMessage message, long micros) {
        KeyLife life = keys.get(message.keyId());
        if (life != null) {
            life.apply(member, message, micros);
        }
    }

    /**
     * Another group of replicas begins, with the keys that were dealt to it and with those that go on; attempts of the group
     * before are nobody's.
     *
     * @param before what {@link #write} gave at the end of that group
     * @param index that a member of it has now
     */
    public void restart(Reader before, IntUnaryOperator index) {
        keys.values().forEach(KeyLife::restart);
        for (int count = before.u8(); count > 0; count--) {
            KeyLife life = keys.get(before.string(KeyMessage.KEY_ID_LENGTH_MAX));
            Reader ended = new Reader(before.opaque32(Integer.MAX_VALUE));
            if (life != null && life.upkeep().carried()) {
                life.inherit(ended, index);
            }
        }
        before.end();
        for (KeyLife life : keys.values()) {
            KeyUpkeep upkeep = life.upkeep();
            boolean begins = !upkeep.carried() || upkeep.dealt() == null || life.present() != null;
            Invariant.check(begins, "who is ready for a configuration knows that its keys can go on");
        }
    }

    /** All of it; equal ledgers give equal bytes. */
    public void write(Writer writer) {
        writer.u8(keys.size());
        keys.forEach((keyId, life) -> {
            Writer inner = new Writer();
            life.write(inner);
            writer.string(keyId).opaque32(inner.toBytes());
        });
    }

    /**
     * Takes over what {@link #write} gave.
     *
     * @throws MalformedException when it was the ledger of other keys
     */
    public void read(Reader reader) {
        if (reader.u8() != keys.size()) {
            throw new MalformedException("a ledger of other keys");
        }
        for (var entry : keys.entrySet()) {
            if (!reader.string(KeyMessage.KEY_ID_LENGTH_MAX).equals(entry.getKey())) {
                throw new MalformedException("a ledger of other keys");
            }
            Reader inner = new Reader(reader.opaque32(Integer.MAX_VALUE));
            entry.getValue().read(inner);
            inner.end();
        }
    }
}
