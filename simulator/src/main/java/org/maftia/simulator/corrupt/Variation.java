package org.maftia.simulator.corrupt;

import java.util.Optional;
import org.maftia.simulator.Draw;
import org.maftia.simulator.corrupt.Grammar.Sentence;

/** Another valid message in the place of one that a correct replica would send: one part of it is different. */
final class Variation {
    private static final int ATTEMPTS = 4;

    private Variation() {}

    static Optional<byte[]> of(byte[] frame, Grammar grammar, Vocabulary vocabulary, Draw draw) {
        Sentence sentence = grammar.parse(frame).orElse(null);
        if (sentence == null || !(sentence.message() instanceof Record message)) {
            return Optional.empty();
        }
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            try {
                Object other = vocabulary.varied(message, draw);
                if (!other.equals(message)) {
                    return grammar.frame(new Sentence(sentence.address(), other));
                }
            } catch (Vocabulary.UnknownWord e) {
                // That part cannot be drawn anew: try another one.
                continue;
            }
        }
        return Optional.empty();
    }
}
