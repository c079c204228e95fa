package org.maftia.bench.endurance;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Broken promises, each once, in the order in which they were found. Any thread may add. */
final class Findings {
    /** One bug can break a promise for every key; a reader needs some of them. */
    private static final int COUNT_MAX = 100;

    private final Set<String> sentences = new LinkedHashSet<>();

    synchronized void add(String sentence) {
        if (sentences.size() < COUNT_MAX && sentences.add(sentence)) {
            System.err.println("endurance: BROKEN PROMISE: " + sentence);
        }
    }

    synchronized boolean isEmpty() {
        return sentences.isEmpty();
    }

    synchronized List<String> list() {
        return new ArrayList<>(sentences);
    }
}
