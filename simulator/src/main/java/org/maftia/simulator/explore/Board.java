package org.maftia.simulator.explore;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * All that the processes have said so far, each thing once. It only grows.
 *
 * @param <M> what processes say
 */
public final class Board<M> {
    private final List<M> names;
    private final int[] said;

    /**
     * @param names messages by number
     * @param said numbers of those on the board, ascending
     */
    Board(List<M> names, int[] said) {
        this.names = names;
        this.said = said;
    }

    /** In an order that depends on nothing but the messages that were met in this exploration. */
    public List<M> messages() {
        List<M> messages = new ArrayList<>(said.length);
        for (int number : said) {
            messages.add(names.get(number));
        }
        return messages;
    }

    /** The messages of one kind. */
    public <T extends M> List<T> messages(Class<T> kind) {
        List<T> messages = new ArrayList<>();
        for (int number : said) {
            M message = names.get(number);
            if (kind.isInstance(message)) {
                messages.add(kind.cast(message));
            }
        }
        return messages;
    }

    int[] said() {
        return said;
    }

    boolean holds(int[] numbers) {
        for (int number : numbers) {
            if (Arrays.binarySearch(said, number) < 0) {
                return false;
            }
        }
        return true;
    }

    /** With more, of which the numbers are ascending. The same board where nothing is new. */
    Board<M> with(int[] more) {
        if (holds(more)) {
            return this;
        }
        int[] all = Arrays.copyOf(said, said.length + more.length);
        int size = said.length;
        for (int number : more) {
            if (Arrays.binarySearch(said, number) < 0) {
                all[size++] = number;
            }
        }
        Arrays.sort(all, 0, size);
        return new Board<>(names, Arrays.copyOf(all, size));
    }

    /** Of what is on it, in whatever order it came there. */
    long hash() {
        long hash = 0;
        for (int number : said) {
            hash += Visited.mix(number + 1);
        }
        return hash;
    }
}
