package org.maftia.services.openid;

import java.util.Comparator;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.maftia.core.wire.MalformedException;
import org.maftia.core.wire.Reader;
import org.maftia.core.wire.Writer;

/** Things by name, so many and no more, of which each is forgotten at a time of its own. */
final class Shelf<K extends Comparable<K>, V extends Shelf.Perishable> {
    /** What is of no use from an agreed time on. */
    interface Perishable {
        long dueMicros();
    }

    private record Due<K>(long micros, K name) {}

    private final int max;
    private final SortedMap<K, V> things = new TreeMap<>();
    private final SortedSet<Due<K>> dues;

    Shelf(int max) {
        this.max = max;
        this.dues = new TreeSet<>(
                Comparator.<Due<K>>comparingLong(Due::micros).thenComparing(Due::name, Comparator.naturalOrder()));
    }

    /** @throws Refusal when there is no room for another */
    void requireRoom() {
        requireRoomFor(1);
    }

    /** @throws Refusal when there is no room for so many */
    void requireRoomFor(int more) {
        if (things.size() + more > max) {
            throw Refusal.busy(60);
        }
    }

    Optional<V> find(K name) {
        return Optional.ofNullable(things.get(name));
    }

    int size() {
        return things.size();
    }

    Stream<V> all() {
        return things.values().stream();
    }

    /** In the place of what had the name. */
    void put(K name, V thing) {
        remove(name);
        things.put(name, thing);
        dues.add(new Due<>(thing.dueMicros(), name));
    }

    void remove(K name) {
        V thing = things.remove(name);
        if (thing != null) {
            dues.remove(new Due<>(thing.dueMicros(), name));
        }
    }

    void removeIf(Predicate<V> condition) {
        things.entrySet().stream()
                .filter(entry -> condition.test(entry.getValue()))
                .map(Map.Entry::getKey)
                .toList()
                .forEach(this::remove);
    }

    void forget(long nowMicros) {
        while (!dues.isEmpty() && dues.first().micros <= nowMicros) {
            things.remove(dues.first().name);
            dues.remove(dues.first());
        }
    }

    void write(Writer writer, BiConsumer<Writer, K> name, BiConsumer<Writer, V> thing) {
        writer.u32(things.size());
        things.forEach((key, value) -> {
            name.accept(writer, key);
            thing.accept(writer, value);
        });
    }

    void read(Reader reader, Function<Reader, K> name, Function<Reader, V> thing) {
        things.clear();
        dues.clear();
        long count = reader.u32();
        if (count > max) {
            throw new MalformedException("more than a provider keeps");
        }
        for (; count > 0; count--) {
            K key = name.apply(reader);
            put(key, thing.apply(reader));
        }
    }
}
