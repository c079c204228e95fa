package org.maftia.simulator.corrupt;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.maftia.core.protocol.Ready;
import org.maftia.simulator.Draw;
import org.maftia.simulator.corrupt.Grammar.Sentence;

/**
 * Takes part correctly, but its shares of signatures and coins are wrong: whoever combines without verification gets
 * garbage, and whoever verifies must still find a qualified set without them. A share is what a message calls so.
 */
public final class SpoiledShares implements Misconduct {
    private final Grammar grammar;

    public SpoiledShares(Grammar grammar) {
        this.grammar = grammar;
    }

    @Override
    public List<Ready.Outgoing> instead(List<Ready.Outgoing> sends, long nowMicros, Draw draw) {
        List<Ready.Outgoing> out = new ArrayList<>();
        for (Ready.Outgoing outgoing : sends) {
            out.add(spoiled(outgoing.frame(), draw)
                    .map(frame -> new Ready.Outgoing(outgoing.to(), frame))
                    .orElse(outgoing));
        }
        return out;
    }

    private Optional<byte[]> spoiled(byte[] frame, Draw draw) {
        Sentence sentence = grammar.parse(frame).orElse(null);
        if (sentence == null || !(sentence.message() instanceof Record message)) {
            return Optional.empty();
        }
        Shape shape = Shape.of(message.getClass());
        List<@Nullable Object> parts = shape.parts(message);
        boolean changed = false;
        for (int i = 0; i < parts.size(); i++) {
            boolean named = shape.components().get(i).getName().startsWith("share");
            if (named && parts.get(i) instanceof byte[] share && share.length > 0) {
                byte[] wrong = share.clone();
                wrong[draw.below(wrong.length)] ^= (byte) (1 << draw.below(8));
                parts.set(i, wrong);
                changed = true;
            }
        }
        try {
            return changed ? grammar.frame(new Sentence(sentence.address(), shape.with(parts))) : Optional.empty();
        } catch (Vocabulary.UnknownWord e) {
            // A share of a fixed form refused the change; the correct one leaves.
            return Optional.empty();
        }
    }
}
