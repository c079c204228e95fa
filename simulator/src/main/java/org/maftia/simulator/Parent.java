package org.maftia.simulator;

import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.IntConsumer;
import org.maftia.core.protocol.Path;
import org.maftia.core.protocol.Port;
import org.maftia.core.protocol.Protocol;
import org.maftia.core.wire.Codec;

/**
 * The smallest parent of a protocol under test: it passes on what it is given, and repairs losses as ordering does, by a
 * nudge when a link is up again and every second.
 *
 * @param <V> what the protocol is given
 */
final class Parent<V, O> implements Protocol.Root<Parent.Input<V>, Void> {
    /** What a parent hears. */
    sealed interface Input<V> {
        /** A value for the protocol, such as a proposal. */
        record Give<V>(V value) implements Input<V> {}

        /** A link is up again. */
        record Connected<V>(int peer) implements Input<V> {}
    }

    private static final long STATUS_MICROS = 1_000_000;

    private final Port<Void, O> port;
    private final Consumer<V> give;
    private final IntConsumer nudge;

    private Parent(Port<Void, O> port, Consumer<V> give, IntConsumer nudge) {
        this.port = port;
        this.give = give;
        this.nudge = nudge;
        port.wake(STATUS_MICROS, this::status);
    }

    /**
     * Nests the protocol at the path {@code tag}.
     *
     * @param give hands a value to the protocol
     * @param nudge asks it to send a peer again what that may have missed
     */
    static <M, V, O, C extends Protocol<M>> Parent<V, O> of(
            Port<Void, O> port,
            String tag,
            Function<Port<M, O>, C> factory,
            BiConsumer<C, V> give,
            BiConsumer<C, Integer> nudge) {
        C child = port.nest(tag, Path.NO_INDEX, factory, port::output);
        return new Parent<>(port, value -> give.accept(child, value), peer -> nudge.accept(child, peer));
    }

    private void status() {
        for (int peer = 0; peer < port.trust().size(); peer++) {
            if (peer != port.self()) {
                nudge.accept(peer);
            }
        }
        port.wake(STATUS_MICROS, this::status);
    }

    @Override
    public void input(Input<V> input) {
        switch (input) {
            case Input.Give<V> given -> give.accept(given.value());
            case Input.Connected<V> connected -> nudge.accept(connected.peer());
        }
    }

    @Override
    public void receive(int from, Void message) {
        throw new IllegalStateException("no bytes are a message of the parent");
    }

    @Override
    public Codec<Void> codec() {
        return Codec.ofNothing();
    }
}
