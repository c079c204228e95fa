package org.maftia.simulator.corrupt;

import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.maftia.core.trust.ReplicaSet;
import org.maftia.simulator.Draw;

/**
 * Draws values of message types: messages are records in sealed interfaces, so their grammar can be read off their
 * classes. Leaves are mostly values that were seen, as a made-up digest or number is refused at once; values of the same
 * type change places, which is what makes a forgery plausible.
 */
final class Vocabulary {
    private static final int SEEN_MAX = 48;
    private static final int DEPTH_MAX = 6;
    private static final int LIST_MAX = 4;

    /** Looked up only, never iterated. */
    private final Map<Class<?>, List<Object>> seen = new HashMap<>();

    private final int replicas;
    private final byte[] signature;
    private long count;

    /**
     * @param signature stands where a record calls a part so
     */
    Vocabulary(int replicas, byte[] signature) {
        this.replicas = replicas;
        this.signature = signature;
    }

    /** Cannot be drawn: a type that no message so far has shown. */
    static final class UnknownWord extends Exception {
        UnknownWord(Throwable cause) {
            super(cause);
        }

        UnknownWord(String type) {
            super("no value of " + type + " was seen");
        }
    }

    /** Takes a message apart and remembers every part. */
    void learn(@Nullable Object value) {
        if (value == null) {
            return;
        }
        if (value instanceof Collection<?> many) {
            many.stream().limit(LIST_MAX).forEach(this::learn);
        } else if (value instanceof Optional<?> optional) {
            optional.ifPresent(this::learn);
        } else if (value instanceof SortedMap<?, ?> map) {
            map.keySet().stream().limit(LIST_MAX).forEach(this::learn);
            map.values().stream().limit(LIST_MAX).forEach(this::learn);
        } else {
            remember(value);
            if (value instanceof Record whole) {
                Shape.of(whole.getClass()).parts(whole).forEach(this::learn);
            }
        }
    }

    private void remember(Object value) {
        List<Object> values = seen.computeIfAbsent(value.getClass(), type -> new ArrayList<>());
        count++;
        if (values.size() < SEEN_MAX) {
            values.add(value);
        } else {
            values.set((int) (count * 11 % SEEN_MAX), value);
        }
    }

    /** The same message with one part, at any depth, drawn anew. */
    Object varied(Record message, Draw draw) throws UnknownWord {
        Shape shape = Shape.of(message.getClass());
        List<RecordComponent> components = shape.components();
        if (components.isEmpty()) {
            return message;
        }
        List<@Nullable Object> parts = shape.parts(message);
        int chosen = draw.below(components.size());
        Object old = parts.get(chosen);
        boolean deeper = old instanceof Record && draw.below(3) > 0;
        parts.set(
                chosen,
                deeper && old instanceof Record inner ? varied(inner, draw) : any(components.get(chosen), draw, 0));
        for (int i = 0; i < components.size(); i++) {
            if (isSignature(components.get(i))) {
                parts.set(i, signature);
            }
        }
        return shape.with(parts);
    }

    private boolean isSignature(RecordComponent component) {
        return signature.length > 0
                && component.getType() == byte[].class
                && component.getName().equals("signature");
    }

    private Object any(RecordComponent component, Draw draw, int depth) throws UnknownWord {
        return isSignature(component) ? signature : any(component.getGenericType(), draw, depth);
    }

    /** Any value of the type. */
    Object any(Type type, Draw draw, int depth) throws UnknownWord {
        if (depth > DEPTH_MAX) {
            throw new UnknownWord(type.getTypeName());
        }
        return switch (type) {
            case ParameterizedType generic -> container(generic, draw, depth);
            case Class<?> plain -> plain(plain, draw, depth);
            default -> throw new UnknownWord(type.getTypeName());
        };
    }

    private Object container(ParameterizedType type, Draw draw, int depth) throws UnknownWord {
        Type[] of = type.getActualTypeArguments();
        if (type.getRawType() == Optional.class) {
            return draw.below(3) == 0 ? Optional.empty() : Optional.of(any(of[0], draw, depth + 1));
        }
        if (type.getRawType() == List.class) {
            List<Object> values = new ArrayList<>();
            for (int i = draw.below(LIST_MAX); i > 0; i--) {
                values.add(any(of[0], draw, depth + 1));
            }
            return List.copyOf(values);
        }
        if (type.getRawType() == SortedMap.class) {
            SortedMap<Object, Object> map = new TreeMap<>();
            for (int i = draw.below(LIST_MAX); i > 0; i--) {
                map.put(any(of[0], draw, depth + 1), any(of[1], draw, depth + 1));
            }
            return map;
        }
        throw new UnknownWord(type.getTypeName());
    }

    private Object plain(Class<?> type, Draw draw, int depth) throws UnknownWord {
        if (type == long.class || type == Long.class) {
            return number(draw);
        }
        if (type == int.class || type == Integer.class) {
            return (int) Math.clamp(number(draw), 0, Math.max(replicas, draw.below(1 << 10)));
        }
        if (type == boolean.class || type == Boolean.class) {
            return draw.below(2) == 0;
        }
        if (type == ReplicaSet.class) {
            return new ReplicaSet(draw.bits() & ReplicaSet.firstOf(replicas).bits());
        }
        List<Object> values = seen.getOrDefault(type, List.of());
        boolean old = !values.isEmpty() && draw.below(4) > 0;
        if (old) {
            return draw.of(values);
        }
        if (type == byte[].class) {
            return draw.bytes(draw.below(24));
        }
        return composed(type, values, draw, depth);
    }

    private Object composed(Class<?> type, List<Object> values, Draw draw, int depth) throws UnknownWord {
        if (type.isEnum()) {
            return draw.of(List.of(type.getEnumConstants()));
        }
        if (type.isSealed()) {
            return any(draw.of(List.of(type.getPermittedSubclasses())), draw, depth + 1);
        }
        if (type.isRecord()) {
            List<@Nullable Object> parts = new ArrayList<>();
            Shape shape = Shape.of(type);
            for (RecordComponent component : shape.components()) {
                parts.add(any(component, draw, depth + 1));
            }
            return shape.with(parts);
        }
        if (values.isEmpty()) {
            throw new UnknownWord(type.getTypeName());
        }
        return draw.of(values);
    }

    private long number(Draw draw) {
        List<Object> values = seen.getOrDefault(Long.class, List.of());
        return switch (draw.below(8)) {
            case 0 -> draw.below(4);
            case 1 -> draw.bits() >>> 1;
            case 2 -> Long.MAX_VALUE - draw.below(2);
            default -> values.isEmpty() ? draw.below(64) : Math.max(0, (Long) draw.of(values) + draw.between(-1, 1));
        };
    }
}
