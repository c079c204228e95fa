package org.maftia.simulator.corrupt;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.maftia.core.protocol.Ready;
import org.maftia.simulator.Draw;
import org.maftia.simulator.corrupt.Grammar.Sentence;

/**
 * Draws valid messages of the protocols' own grammar for any live path, and sends them to anybody, beside or instead of
 * the correct ones. The strongest general intruder: in trials it found bugs that all others missed.
 */
public final class Forgery implements Misconduct {
    /** Lies provoke answers, and answers more lies: more than this and the group does nothing else. */
    private static final int FORGE_ONE_IN = 4;

    private static final int FORGED_MAX = 3;
    private static final int ATTEMPTS = 4;

    private final Grammar grammar;
    private final Vocabulary vocabulary;
    private final int peers;

    /** By address, the type of all messages there: the sealed interface of one that was seen. */
    private final Map<String, Class<?>> languages = new TreeMap<>();

    /**
     * @param signature what verifies as its own signature over anything it makes up; empty where there is no such thing
     * @param peers the size of the group
     */
    public Forgery(Grammar grammar, byte[] signature, int peers) {
        this.grammar = grammar;
        this.peers = peers;
        this.vocabulary = new Vocabulary(peers, signature);
    }

    @Override
    public void saw(int from, byte[] frame) {
        grammar.parse(frame).ifPresent(sentence -> {
            vocabulary.learn(sentence.message());
            languages.putIfAbsent(
                    sentence.address(), language(sentence.message().getClass()));
        });
    }

    /** The outermost sealed interface that the class belongs to: all messages that its protocol knows. */
    private static Class<?> language(Class<?> type) {
        for (Class<?> wider : type.getInterfaces()) {
            if (wider.isSealed()) {
                return language(wider);
            }
        }
        return type;
    }

    @Override
    public List<Ready.Outgoing> instead(List<Ready.Outgoing> sends, long nowMicros, Draw draw) {
        sends.stream().limit(peers).forEach(outgoing -> saw(outgoing.to(), outgoing.frame()));
        List<Ready.Outgoing> out = new ArrayList<>();
        for (Ready.Outgoing outgoing : sends) {
            out.add(draw.below(4) == 0 ? varied(outgoing, draw) : outgoing);
        }
        for (int i = draw.below(FORGE_ONE_IN) == 0 ? 1 + draw.below(FORGED_MAX) : 0; i > 0; i--) {
            Optional<byte[]> frame = forged(draw);
            if (frame.isPresent()) {
                // The same lie to all, or to one.
                int only = draw.below(2 * peers);
                for (int to = 0; to < peers; to++) {
                    if (only >= peers || only == to) {
                        out.add(new Ready.Outgoing(to, frame.get()));
                    }
                }
            }
        }
        return out;
    }

    private Ready.Outgoing varied(Ready.Outgoing outgoing, Draw draw) {
        return Variation.of(outgoing.frame(), grammar, vocabulary, draw)
                .map(frame -> new Ready.Outgoing(outgoing.to(), frame))
                .orElse(outgoing);
    }

    private Optional<byte[]> forged(Draw draw) {
        List<String> addresses = grammar.addresses();
        languages.keySet().retainAll(addresses);
        if (languages.isEmpty()) {
            return Optional.empty();
        }
        String address = draw.of(List.copyOf(languages.keySet()));
        Class<?> language = languages.getOrDefault(address, Object.class);
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            try {
                Object message = vocabulary.any(language, draw, 0);
                Optional<byte[]> frame = grammar.frame(new Sentence(address, message));
                if (frame.isPresent()) {
                    return frame;
                }
            } catch (Vocabulary.UnknownWord e) {
                // That message needs a part never seen: try to say something else.
                continue;
            }
        }
        return Optional.empty();
    }
}
