package org.maftia.core.replica;

import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.maftia.core.crypto.DiscreteLogKey;
import org.maftia.core.crypto.DiscreteLogShares;
import org.maftia.core.crypto.Renewable;
import org.maftia.core.keys.HeldKey;
import org.maftia.core.protocol.Invariant;
import org.maftia.core.protocol.Port;

/**
 * One key as this replica uses it, in every epoch that somebody may still need: the present one, and those before it until they
 * are released. Shares of released epochs are overwritten, as soon as no computation uses them.
 *
 * <p>A key that the group does not renew has one epoch, 0.
 *
 * @param <T> the scheme that stands on the key
 */
final class UsedKey<T> {
    private static final long UNKNOWN = -1;

    /** Null: the key stays what it is, or the group has not made it. */
    private @Nullable Renewable<T> pattern;

    /** How many there are at most is bounded by the window of slots that no stable checkpoint covers. */
    private final TreeMap<Long, Epoch> epochs = new TreeMap<>();

    private UsedKey(@Nullable Renewable<T> pattern) {
        this.pattern = pattern;
    }

    /** A key that stays what it is, with this replica's shares, if it has any. */
    static <T> UsedKey<T> fixed(T scheme, boolean holding) {
        UsedKey<T> used = new UsedKey<>(null);
        used.epochs.put(0L, used.new Epoch(scheme, true, holding));
        return used;
    }

    /** A key that the group renews. Its shares come by {@link #told}, those of the beginning, too. */
    static <T> UsedKey<T> renewed(Renewable<T> pattern, DiscreteLogKey dealt) {
        UsedKey<T> used = new UsedKey<>(pattern);
        used.begin(dealt);
        return used;
    }

    /**
     * A key that the group renews, and that goes on from the configuration before. In which epoch it comes the state tells that
     * this replica begins with; until then it verifies, with what was dealt once, and no share counts.
     */
    static <T> UsedKey<T> awaited(Renewable<T> pattern, DiscreteLogKey dealt) {
        UsedKey<T> used = new UsedKey<>(pattern);
        used.epochs.put(UNKNOWN, used.new Epoch(pattern.in(dealt, null), false, false));
        return used;
    }

    /** A key that the group makes for itself: nobody uses it before {@link #make}. */
    static <T> UsedKey<T> unmade() {
        return new UsedKey<>(null);
    }

    /** The group has made it, or made it long ago, as the log says. */
    void make(Renewable<T> made) {
        if (pattern == null) {
            Invariant.check(epochs.isEmpty(), "only what is not there is made");
            pattern = made;
        }
    }

    /** The present epoch; -1 while it is not known. */
    long epoch() {
        return epochs.isEmpty() ? UNKNOWN : epochs.lastKey();
    }

    /** Whether the epoch has begun here and is not released. */
    boolean knows(long epoch) {
        return epoch != UNKNOWN && epochs.containsKey(epoch);
    }

    /** The scheme in an epoch that this replica {@link #knows}: with its shares where it {@link #holds} them. */
    T in(long epoch) {
        return known(epoch).scheme;
    }

    /** Whether it was found out if this replica has shares of the epoch. */
    boolean isSought(long epoch) {
        Epoch known = epochs.get(epoch);
        return known != null && known.sought;
    }

    /** Whether this replica has shares of the epoch. */
    boolean holds(long epoch) {
        Epoch known = epochs.get(epoch);
        return known != null && known.holding;
    }

    private Epoch known(long epoch) {
        return Invariant.present(epochs.get(epoch), "only epochs that are known are used");
    }

    /** Computes with the shares of an epoch, which are not overwritten meanwhile. */
    <R> void compute(Port<?, ?> port, long epoch, Function<T, R> task, Consumer<R> then) {
        Epoch used = known(epoch);
        T scheme = used.scheme;
        used.users++;
        port.<R>compute(() -> task.apply(scheme), result -> {
            used.users--;
            used.closeIfOver();
            then.accept(result);
        });
    }

    /** The log has come to this epoch. False when that is no news. */
    boolean begin(DiscreteLogKey key) {
        boolean old = !epochs.isEmpty() && key.epoch() <= epochs.lastKey();
        if (old) {
            return false;
        }
        T scheme =
                Invariant.present(pattern, "only keys that are renewed change").in(key, null);
        epochs.put(key.epoch(), new Epoch(scheme, false, false));
        return true;
    }

    /** The shares of the epoch that this replica has, if any: taken over. False when nobody uses the epoch any more. */
    boolean told(DiscreteLogKey key, Optional<HeldKey> held) {
        Epoch known = epochs.get(key.epoch());
        if (known == null || known.holding) {
            held.ifPresent(HeldKey::close);
            return false;
        }
        known.sought = true;
        held.ifPresent(own -> known.take(key, own.shares()));
        return true;
    }

    /** Nobody needs anybody any more who uses an epoch below this one. */
    void release(long below) {
        var over = epochs.headMap(below);
        over.values().forEach(Epoch::release);
        over.clear();
    }

    /** One epoch. */
    private final class Epoch {
        private T scheme;
        private @Nullable DiscreteLogShares shares;
        private boolean sought;
        private boolean holding;
        private boolean released;
        private int users;

        Epoch(T scheme, boolean sought, boolean holding) {
            this.scheme = scheme;
            this.sought = sought;
            this.holding = holding;
        }

        void take(DiscreteLogKey key, DiscreteLogShares own) {
            shares = own;
            holding = true;
            scheme = Invariant.present(pattern, "only keys that are renewed change")
                    .in(key, own);
        }

        void release() {
            released = true;
            closeIfOver();
        }

        void closeIfOver() {
            DiscreteLogShares own = shares;
            if (released && users == 0 && own != null) {
                own.close();
                shares = null;
            }
        }
    }
}
