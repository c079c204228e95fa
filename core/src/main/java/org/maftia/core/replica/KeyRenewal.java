package org.maftia.core.replica;

import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.maftia.core.keys.KeyLedger;
import org.maftia.core.keys.KeyMember;
import org.maftia.core.keys.KeyMessage;
import org.maftia.core.protocol.Path;
import org.maftia.core.protocol.Port;

/**
 * Keys that the group makes and renews by itself, at this replica: carries what its member says into the log, and what the log
 * says to its member; tells the shell of every epoch; and has old shares erased once a checkpoint certifies that their epoch is
 * over. Parts of oblivious functions, too, it says in the log only; and it tells of services that want keys which are not
 * theirs.
 */
final class KeyRenewal {
    private final Port<ReplicaSnapshot, Output> port;
    private final Execution execution;
    private final OwnRequests own;
    private final KeyMember member;
    private final Evaluating evaluating;

    /** The attempt that made each key, as last seen. */
    private final SortedMap<String, Long> makers = new TreeMap<>();

    /** By key: a slot in whose state the present epoch has begun, until a checkpoint covers it. */
    private final SortedMap<String, Long> begun = new TreeMap<>();

    private long stableSlot;

    /** Nothing is done about what is still being read from the journal: it may be long over. */
    private boolean started;

    KeyRenewal(Port<ReplicaSnapshot, Output> port, Genesis genesis, Execution execution, OwnRequests own) {
        this.port = port;
        this.execution = execution;
        this.own = own;
        this.evaluating = new Evaluating(port, genesis, execution, own);
        this.member = port.<KeyMember.Nothing, KeyMember.Event, KeyMember>nest(
                "keys", Path.NO_INDEX, child -> new KeyMember(child, execution.ledger(), genesis.care()), this::said);
    }

    /** A renewal is wanted. */
    void wish(String keyId) {
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
        if (started && !execution.isOver()) {
            release();
            member.act();
            evaluating.act();
        }
    }

    /** Exactly when each epoch began: the group may be idle from then on, and no other checkpoint come. */
    private void note() {
        KeyLedger ledger = execution.ledger();
        for (String keyId : ledger.keyIds()) {
            Long before = makers.put(keyId, ledger.madeBy(keyId));
            if (before == null || before != ledger.madeBy(keyId)) {
                begun.put(keyId, execution.slot());
            }
        }
    }

    /** The states up to the slot are certified: nobody needs what only they know. */
    void stable(long slot) {
        stableSlot = Math.max(stableSlot, slot);
        note();
        if (started) {
            release();
        }
    }

    private void release() {
        for (Map.Entry<String, Long> entry : new TreeMap<>(begun).entrySet()) {
            if (entry.getValue() <= stableSlot) {
                begun.remove(entry.getKey());
                member.release(entry.getKey());
            }
        }
    }

    private void said(KeyMember.Event event) {
        switch (event) {
            case KeyMember.Event.Order order -> own.command(new GroupCommand.AboutKey(order.message()));
            case KeyMember.Event.Present now -> port.output(new Output.Renewed(now.key(), now.held()));
        }
    }
}
