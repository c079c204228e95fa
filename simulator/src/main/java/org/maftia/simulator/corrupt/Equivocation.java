package org.maftia.simulator.corrupt;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.maftia.core.protocol.Ready;
import org.maftia.simulator.Draw;

/**
 * Tells one part of the group something else than the other, in every message that goes to all: what a corrupted leader
 * does with its proposals, and a corrupted voter with its votes. Each part hears a consistent story.
 */
public final class Equivocation implements Misconduct {
    private final Grammar grammar;
    private final Vocabulary vocabulary;
    private final long secondPart;

    /**
     * @param signature what verifies as its own signature over anything it makes up; empty where there is no such thing
     * @param peers the size of the group
     * @param secondPart bit i: replica i hears the other story
     */
    public Equivocation(Grammar grammar, byte[] signature, int peers, long secondPart) {
        this.grammar = grammar;
        this.vocabulary = new Vocabulary(peers, signature);
        this.secondPart = secondPart;
    }

    @Override
    public void saw(int from, byte[] frame) {
        grammar.parse(frame).ifPresent(sentence -> vocabulary.learn(sentence.message()));
    }

    /** A frame as a key: by content, so that what goes to all is varied once. */
    private record Content(int hash, byte[] frame) {
        @Override
        public boolean equals(Object other) {
            return other instanceof Content content && Arrays.equals(frame, content.frame);
        }

        @Override
        public int hashCode() {
            return hash;
        }
    }

    @Override
    public List<Ready.Outgoing> instead(List<Ready.Outgoing> sends, long nowMicros, Draw draw) {
        Map<Content, Optional<byte[]>> others = new HashMap<>();
        List<Ready.Outgoing> out = new ArrayList<>();
        for (Ready.Outgoing outgoing : sends) {
            byte[] frame = outgoing.frame();
            if ((secondPart >>> outgoing.to() & 1) == 1) {
                Content key = new Content(Arrays.hashCode(frame), frame);
                Optional<byte[]> other = others.get(key);
                if (other == null) {
                    saw(outgoing.to(), frame);
                    other = draw.below(3) == 0 ? Optional.empty() : Variation.of(frame, grammar, vocabulary, draw);
                    others.put(key, other);
                }
                frame = other.orElse(frame);
            }
            out.add(new Ready.Outgoing(outgoing.to(), frame));
        }
        return out;
    }
}
