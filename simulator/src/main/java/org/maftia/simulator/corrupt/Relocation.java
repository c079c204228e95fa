package org.maftia.simulator.corrupt;

import java.util.ArrayList;
import java.util.List;
import org.maftia.core.ordering.Message;
import org.maftia.core.ordering.Request;
import org.maftia.core.ordering.RequestId;
import org.maftia.core.protocol.Ready;
import org.maftia.simulator.Draw;

/**
 * Hands on signed requests of clients in other places, or with other content, under the true signatures: beside whatever
 * else the corrupted replica does.
 */
public final class Relocation implements Misconduct {
    private static final int ONE_IN = 3;

    private final Grammar grammar;
    private final Misconduct other;

    /** @param other what it does besides */
    public Relocation(Grammar grammar, Misconduct other) {
        this.grammar = grammar;
        this.other = other;
    }

    @Override
    public void saw(int from, byte[] frame) {
        other.saw(from, frame);
    }

    @Override
    public long nextWakeMicros() {
        return other.nextWakeMicros();
    }

    @Override
    public List<Ready.Outgoing> instead(List<Ready.Outgoing> sends, long nowMicros, Draw draw) {
        List<Ready.Outgoing> out = new ArrayList<>();
        for (Ready.Outgoing outgoing : other.instead(sends, nowMicros, draw)) {
            out.add(outgoing);
            Grammar.Sentence sentence = grammar.parse(outgoing.frame()).orElse(null);
            boolean signed = sentence != null
                    && sentence.message() instanceof Message.Bodies bodies
                    && bodies.requests().stream().anyMatch(request -> request.seal() != null);
            if (sentence != null && signed && draw.below(ONE_IN) == 0) {
                List<Request> moved = ((Message.Bodies) sentence.message())
                        .requests().stream()
                                .map(request -> moved(request, draw))
                                .toList();
                grammar.frame(new Grammar.Sentence(sentence.address(), new Message.Bodies(moved)))
                        .ifPresent(frame -> out.add(new Ready.Outgoing(outgoing.to(), frame)));
            }
        }
        return out;
    }

    private static Request moved(Request request, Draw draw) {
        RequestId id = request.id();
        return switch (draw.below(4)) {
            case 0 ->
                new Request(
                        new RequestId(id.client(), id.session() + 1 + draw.below(2), id.sequence()),
                        request.operation(),
                        request.seal());
            case 1 ->
                new Request(
                        new RequestId(id.client(), id.session(), id.sequence() + 1 + draw.below(8)),
                        request.operation(),
                        request.seal());
            case 2 ->
                new Request(
                        new RequestId(id.client() ^ 1, id.session(), id.sequence()),
                        request.operation(),
                        request.seal());
            default -> new Request(id, altered(request.operation(), draw), request.seal());
        };
    }

    private static byte[] altered(byte[] operation, Draw draw) {
        byte[] copy = operation.clone();
        if (copy.length > 0) {
            copy[draw.below(copy.length)] ^= (byte) (1 << draw.below(8));
        }
        return copy;
    }
}
