package org.maftia.simulator.explore;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Numbers for values, in the order in which they are met. */
final class Numbers<T> {
    private final Map<T, Integer> numbers = new HashMap<>();
    private final List<T> values = new ArrayList<>();

    int of(T value) {
        return numbers.computeIfAbsent(value, fresh -> {
            values.add(fresh);
            return values.size() - 1;
        });
    }

    T value(int number) {
        return values.get(number);
    }

    List<T> values() {
        return values;
    }

    int size() {
        return values.size();
    }

    /** An array as a value. */
    record Row(int[] cells) {
        @Override
        public boolean equals(@Nullable Object other) {
            return other instanceof Row row && Arrays.equals(row.cells, cells);
        }

        @Override
        public int hashCode() {
            return Arrays.hashCode(cells);
        }
    }
}
