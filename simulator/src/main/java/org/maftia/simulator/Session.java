package org.maftia.simulator;

import java.util.function.Consumer;
import org.maftia.core.trust.ReplicaSet;

/** The connection of two replicas: when it comes up again, both are told, before any later frame. */
final class Session extends Action {
    final Link there;
    final Link back;
    private final Consumer<Session> connect;

    Session(Link there, Link back, int priority, Consumer<Session> connect) {
        super(ReplicaSet.of(there.from(), there.to()), priority);
        this.there = there;
        this.back = back;
        this.connect = connect;
    }

    boolean open() {
        return there.open;
    }

    void open(boolean open) {
        there.open = open;
        back.open = open;
    }

    boolean touches(int replica) {
        return there.from() == replica || there.to() == replica;
    }

    void cut() {
        there.cut();
        back.cut();
    }

    @Override
    boolean enabled() {
        return !there.open && there.receiverUp && back.receiverUp && !there.blocked() && !back.blocked();
    }

    @Override
    void perform() {
        connect.accept(this);
    }
}
