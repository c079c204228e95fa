package org.maftia.core.replica;

import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.maftia.core.crypto.Coin;
import org.maftia.core.crypto.DiscreteLogKey;
import org.maftia.core.keys.KeyLedger;
import org.maftia.core.keys.KeyMember;
import org.maftia.core.keys.KeyMessage;
import org.maftia.core.ordering.Epoch;
import org.maftia.core.protocol.Path;
import org.maftia.core.protocol.Port;

/**
 * Keys that the group makes and renews by itself, at this replica: carries what its member says into the log, and what the log
 * says to its member; gives every epoch, and this replica's shares of it, to those who use the key; and has old shares erased
 * once a checkpoint certifies that their epoch is over. Parts of oblivious functions, too, it says in the log only; and it tells of
 * services that want keys which are not theirs.
 */
final class KeyRenewal {
    private final Port<ReplicaSnapshot, Output> port;
    private final Execution execution;
    private final OwnRequests own;
    private final KeyUses uses;
    private final Consumer<String> changed;
    private final KeyMember member;
    private final Evaluating evaluating;

    /** Ids of keys of oblivious functions. */
    private final Set<String> functions;

    /** The attempt that made each key, as last seen. */
    private final SortedMap<String, Long> makers = new TreeMap<>();

    /** By key: the shares of attempts below this one are given up. */
    private final SortedMap<String, Long> released = new TreeMap<>();

    /** Epochs of the coin's key, by the epoch of the ordering in which each began: without a gap, down to what is known. */
    private final TreeMap<Long, Long> coins = new TreeMap<>();

    private long stableSlot;
    private long stableEpoch = -1;

    /** Nothing is done about what is still being read from the journal: it may be long over. */
    private boolean started;

    /** @param changed hears which key in use has another epoch, or other shares here */
    KeyRenewal(
            Port<ReplicaSnapshot, Output> port,
            Genesis genesis,
            Execution execution,
            OwnRequests own,
            KeyUses uses,
            Consumer<String> changed) {
        this.port = port;
        this.execution = execution;
        this.own = own;
        this.evaluating = new Evaluating(port, genesis, execution, own);
        this.uses = uses;
        this.functions = genesis.evaluators().keySet();
        this.changed = changed;
        this.member = port.<KeyMember.Nothing, KeyMember.Event, KeyMember>nest(
                "keys", Path.NO_INDEX, child -> new KeyMember(child, execution.ledger(), genesis.care()), this::said);
    }

    /** A renewal is wanted. */
    void wish(String keyId) {
        if (!execution.ledger().keyIds().contains(keyId)) {
            port.output(new Output.Notice("key " + keyId
                    + (functions.contains(keyId)
                            ? " is not renewed: its values are sums of hashes of its seeds, so no other seeds give the"
                                    + " same"
                            : " is none that the group renews by itself")));
            return;
        }
        own.command(new GroupCommand.AboutKey(new KeyMessage.Wish(keyId)));
    }

    void start() {
        started = true;
        act();
    }

    /** The state has moved on by a slot, or was replaced. */
    void act() {
        note();
        execution.refusals().untold().forEach(text -> port.output(new Output.Notice(text)));
        if (!started) {
            return;
        }
        if (execution.isOver()) {
            member.end();
        } else {
            release();
            evaluating.act();
        }
        member.act();
    }

    /** Nobody misses an epoch, so that whoever is behind is answered under the one that he is in. */
    private void note() {
        KeyLedger ledger = execution.ledger();
        member.note();
        for (String keyId : ledger.keyIds()) {
            if (ledger.present(keyId) == null) {
                continue; // not made yet, or the state is not here that tells how the configuration before left it
            }
            Long last = makers.put(keyId, ledger.madeBy(keyId));
            if (last == null || last != ledger.madeBy(keyId)) {
                boolean news = begin(ledger.before(keyId)) | begin(ledger.present(keyId));
                if (uses.isCoin(keyId)) {
                    noteCoin(ledger, keyId);
                }
                if (news) {
                    changed.accept(keyId);
                }
            }
        }
    }

    private void noteCoin(KeyLedger ledger, String keyId) {
        DiscreteLogKey before = ledger.before(keyId);
        DiscreteLogKey present = ledger.present(keyId);
        if (before != null && !coins.containsValue(before.epoch())) {
            coins.clear(); // a state from elsewhere has passed over others
            coins.put(ledger.changedBeforeEpoch(keyId), before.epoch());
        }
        if (present != null) {
            coins.put(ledger.changedEpoch(keyId), present.epoch());
        }
    }

    private boolean begin(@Nullable DiscreteLogKey key) {
        return key != null && uses.begin(key, execution.ledger().signing(key.keyId()));
    }

    /**
     * The states up to the slot are certified: nobody needs what only they know.
     *
     * @param epoch of the ordering that the certificate names; -1: one of another configuration
     */
    void stable(long slot, long epoch) {
        stableSlot = Math.max(stableSlot, slot);
        stableEpoch = Math.max(stableEpoch, epoch);
        note();
        if (started && !execution.isOver()) {
            release();
        }
    }

    /** The coin of before serves the recovery of the ordering epoch in which it was renewed: that must be over. */
    private boolean isPassed(String keyId) {
        return !uses.isCoin(keyId) || execution.ledger().changedEpoch(keyId) < stableEpoch;
    }

    private void release() {
        KeyLedger ledger = execution.ledger();
        for (String keyId : ledger.keyIds()) {
            DiscreteLogKey present = ledger.present(keyId);
            long madeBy = ledger.madeBy(keyId);
            boolean certified = ledger.changedSlot(keyId) <= stableSlot;
            if (present != null && certified && isPassed(keyId) && released.getOrDefault(keyId, 0L) < madeBy) {
                released.put(keyId, madeBy);
                uses.release(keyId, present.epoch());
                member.release(keyId);
            }
        }
    }

    private void said(KeyMember.Event event) {
        switch (event) {
            case KeyMember.Event.Order order -> own.command(new GroupCommand.AboutKey(order.message()));
            case KeyMember.Event.Present now -> {
                port.output(new Output.Renewed(now.key(), now.held().isPresent()));
                if (uses.told(now.key(), now.held())) {
                    changed.accept(now.key().keyId());
                }
            }
        }
    }

    /**
     * The coin of the recovery that ends an epoch of the ordering: as it was where that epoch began. All who leave the epoch know
     * that place, and what comes up is the same in all epochs of the key; but shares of different ones do not combine.
     *
     * @return null while this replica has not come so far, or its shares are still being read; and where that coin is given up,
     *     as a checkpoint names a later epoch, with which this replica can begin
     */
    @Nullable
    Coin coin(Epoch ending) {
        if (uses.coinId() == null) {
            return uses.coin().in(0);
        }
        Map.Entry<Long, Long> serving = coins.lowerEntry(ending.number());
        boolean reached = execution.slot() >= ending.start() - 1;
        return reached && serving != null && uses.coin().isSought(serving.getValue())
                ? new EpochCoin(uses.coin(), serving.getValue())
                : null;
    }
}
