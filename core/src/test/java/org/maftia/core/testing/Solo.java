package org.maftia.core.testing;

import java.util.function.Consumer;
import java.util.function.Function;
import org.maftia.core.protocol.Limits;
import org.maftia.core.protocol.Node;
import org.maftia.core.protocol.Port;
import org.maftia.core.protocol.Protocol;
import org.maftia.core.trust.FaultStructure;
import org.maftia.core.wire.Codec;

/**
 * A root whose only child, at the path {@code test0}, is the protocol under test. Inputs are calls on the child; its
 * outputs are the outputs of the node.
 *
 * @param <C> the protocol under test
 */
public final class Solo<C> implements Protocol.Root<Consumer<C>, Solo.Nothing> {
    /** The root sends no messages. */
    public record Nothing() {}

    private final C child;

    private Solo(C child) {
        this.child = child;
    }

    /** A node that runs one protocol. */
    public static <M, O, C extends Protocol<M>> Node<Consumer<C>, O> node(
            int self, FaultStructure trust, long nowMicros, Function<Port<M, O>, C> factory) {
        return new Node<>(
                self,
                trust,
                Limits.DEFAULT,
                nowMicros,
                (Port<Nothing, O> port) -> new Solo<C>(port.nest("test", 0, factory, port::output)));
    }

    @Override
    public void input(Consumer<C> input) {
        input.accept(child);
    }

    @Override
    public Codec<Nothing> codec() {
        return Codec.ofNothing();
    }

    @Override
    public void receive(int from, Nothing message) {}
}
