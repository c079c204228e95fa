package org.maftia.simulator.explore;

import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.maftia.core.crypto.Transcript;
import org.maftia.core.wire.Digest;
import org.maftia.core.wire.Writer;

/**
 * A digest of all that an object holds, through all its fields and theirs, private ones too: equal for objects that are
 * alike in everything but identity, so that code which looks at neither identity nor hash order behaves alike from there
 * on. What does not matter can be left out, at the risk of whoever says so.
 *
 * <p>Values ({@link Record}s, numbers, strings, enumerations, digests) count by content; other objects also by where they
 * were met before, so that one object that is shared differs from two that are alike.
 */
public final class Fingerprint {
    private final Set<String> omitted = new HashSet<>();
    private final Set<Class<?>> constants = new HashSet<>();
    private final Map<Class<?>, Function<Object, Object>> views = new HashMap<>();

    /** Classes by the order in which they were met: names of lambdas differ from run to run. */
    private final Numbers<Class<?>> types = new Numbers<>();

    /** Looked up first, as most of what is met is of these. */
    private final Map<Class<?>, Shape> shapes = new HashMap<>();

    /**
     * What is told of objects of a class that is no plain value or container.
     *
     * @param number of the class
     * @param fields that count
     */
    private record Shape(
            Kind kind,
            int number,
            List<Field> fields,
            @Nullable Function<Object, Object> view) {}

    private enum Kind {
        CONSTANT,
        VIEWED,
        VALUE,
        IDENTITY
    }

    /** Leaves out a field. Its name must be right: a field that was renamed must not be counted unnoticed. */
    public Fingerprint without(Class<?> type, String field) {
        if (Arrays.stream(type.getDeclaredFields())
                .noneMatch(declared -> declared.getName().equals(field))) {
            throw new IllegalArgumentException(type + " has no field " + field);
        }
        omitted.add(type.getName() + "." + field);
        return this;
    }

    /** The same for a class that cannot be named where this is called. */
    public Fingerprint without(String type, String field) {
        try {
            return without(Class.forName(type), field);
        } catch (ClassNotFoundException e) {
            throw new IllegalArgumentException("no class " + type, e);
        }
    }

    /** Objects of this type, or of one below it, are the same at all times. */
    public Fingerprint constant(Class<?> type) {
        constants.add(type);
        return this;
    }

    /** Objects of exactly this type count as what the function makes of them. */
    public <T> Fingerprint as(Class<T> type, Function<T, Object> view) {
        views.put(type, object -> view.apply(type.cast(object)));
        return this;
    }

    /** The value of a private field, for views. */
    public static Object read(Class<?> type, String field, Object object) {
        try {
            Field declared = type.getDeclaredField(field);
            declared.setAccessible(true);
            return declared.get(object);
        } catch (ReflectiveOperationException e) {
            throw new IllegalArgumentException(type + " has no field " + field, e);
        }
    }

    /** The digest of all that can be reached from the object. */
    public Digest of(Object root) {
        Writer writer = new Writer(4096);
        new Walk(writer).visit(root);
        return Transcript.sha256(writer.toBytes());
    }

    private Shape shape(Class<?> type) {
        return shapes.computeIfAbsent(type, fresh -> {
            Function<Object, Object> view = views.get(fresh);
            int number = types.of(fresh);
            if (constants.stream().anyMatch(above -> above.isAssignableFrom(fresh))) {
                return new Shape(Kind.CONSTANT, number, List.of(), null);
            }
            if (view != null) {
                return new Shape(Kind.VIEWED, number, List.of(), view);
            }
            if (fresh.getName().startsWith("java.")) {
                throw new IllegalArgumentException("no view of " + fresh);
            }
            return new Shape(fresh.isRecord() ? Kind.VALUE : Kind.IDENTITY, number, fields(fresh), null);
        });
    }

    private List<Field> fields(Class<?> type) {
        List<Field> all = new ArrayList<>();
        for (Class<?> level = type; level != null && level != Object.class; level = level.getSuperclass()) {
            for (Field field : level.getDeclaredFields()) {
                boolean counts = !Modifier.isStatic(field.getModifiers())
                        && !omitted.contains(level.getName() + "." + field.getName());
                if (counts) {
                    field.setAccessible(true);
                    all.add(field);
                }
            }
        }
        return all;
    }

    /** One way through a graph of objects. */
    private final class Walk {
        private final Writer writer;
        private final Map<Object, Integer> met = new IdentityHashMap<>();

        Walk(Writer writer) {
            this.writer = writer;
        }

        void visit(@Nullable Object object) {
            Shape known = object == null ? null : shapes.get(object.getClass());
            if (object != null && known != null) {
                structure(object, known);
                return;
            }
            switch (object) {
                case null -> writer.u8(0);
                case Boolean value -> writer.u8(1).bool(value);
                case Number value -> writer.u8(2).u64(value.longValue());
                case String value -> text(3, value);
                case Enum<?> value -> text(4, value.name());
                case Digest value -> writer.u8(5).digest(value);
                case byte[] value -> writer.u8(6).opaque32(value);
                case long[] value -> numbers(Arrays.stream(value).boxed().toList());
                case int[] value -> numbers(Arrays.stream(value).boxed().toList());
                case Object[] value -> all(8, Arrays.asList(value));
                case Optional<?> value -> visit(value.orElse(null));
                case Map<?, ?> value -> map(value);
                case Collection<?> value -> collection(value);
                default -> structure(object, shape(object.getClass()));
            }
        }

        private void text(int kind, String value) {
            writer.u8(kind).opaque32(value.getBytes(java.nio.charset.StandardCharsets.UTF_8));
        }

        private void numbers(List<? extends Number> values) {
            writer.u8(7).u32(values.size());
            values.forEach(value -> writer.u64(value.longValue()));
        }

        private void all(int kind, Collection<?> values) {
            writer.u8(kind).u32(values.size());
            values.forEach(this::visit);
        }

        private void map(Map<?, ?> map) {
            boolean ordered =
                    map instanceof SortedMap || map instanceof LinkedHashMap || map instanceof java.util.EnumMap;
            List<Map.Entry<?, ?>> entries = new ArrayList<>(map.entrySet());
            if (!ordered) {
                entries = byContent(entries, Map.Entry::getKey);
            }
            writer.u8(9).u32(entries.size());
            for (Map.Entry<?, ?> entry : entries) {
                visit(entry.getKey());
                visit(entry.getValue());
            }
        }

        private void collection(Collection<?> values) {
            boolean hashed = values instanceof Set
                    && !(values instanceof SortedSet)
                    && !(values instanceof LinkedHashSet)
                    && !(values instanceof java.util.EnumSet);
            if (!hashed) {
                all(10, values);
                return;
            }
            all(10, byContent(new ArrayList<>(values), element -> element));
        }

        /** In the order of what is in them, as their places in a hash table mean nothing. */
        private <T> List<T> byContent(List<T> elements, Function<T, Object> key) {
            SortedMap<Digest, List<T>> sorted = new TreeMap<>();
            for (T element : elements) {
                sorted.computeIfAbsent(of(key.apply(element)), fresh -> new ArrayList<>(1))
                        .add(element);
            }
            return sorted.values().stream().flatMap(List::stream).toList();
        }

        private void structure(Object object, Shape shape) {
            switch (shape.kind) {
                case CONSTANT -> writer.u8(11).u32(shape.number);
                case VIEWED -> {
                    writer.u8(12).u32(shape.number);
                    visit(shape.view == null ? null : shape.view.apply(object));
                }
                case VALUE -> {
                    writer.u8(13).u32(shape.number);
                    inside(object, shape);
                }
                case IDENTITY -> {
                    Integer before = met.putIfAbsent(object, met.size());
                    writer.u8(before == null ? 14 : 15).u32(shape.number);
                    if (before == null) {
                        inside(object, shape);
                    } else {
                        writer.u32(before);
                    }
                }
            }
        }

        private void inside(Object object, Shape shape) {
            try {
                for (Field field : shape.fields) {
                    visit(field.get(object));
                }
            } catch (IllegalAccessException e) {
                throw new IllegalStateException("made accessible above", e);
            }
        }
    }
}
