package org.maftia.simulator.corrupt;

import java.lang.reflect.Constructor;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A record class taken apart once: looking it up again for every message would cost more than the message. */
final class Shape {
    private static final ClassValue<Shape> SHAPES = new ClassValue<>() {
        @Override
        protected Shape computeValue(Class<?> type) {
            return new Shape(type);
        }
    };

    private final RecordComponent[] components;
    private final Constructor<?> constructor;

    private Shape(Class<?> type) {
        components = type.getRecordComponents();
        Class<?>[] types =
                Arrays.stream(components).map(RecordComponent::getType).toArray(Class<?>[]::new);
        try {
            constructor = type.getDeclaredConstructor(types);
        } catch (NoSuchMethodException e) {
            throw new IllegalStateException("every record has a canonical constructor", e);
        }
        constructor.setAccessible(true);
        for (RecordComponent component : components) {
            component.getAccessor().setAccessible(true);
        }
    }

    static Shape of(Class<?> type) {
        return SHAPES.get(type);
    }

    List<RecordComponent> components() {
        return Arrays.asList(components);
    }

    List<@Nullable Object> parts(Record whole) {
        List<@Nullable Object> parts = new ArrayList<>(components.length);
        for (RecordComponent component : components) {
            try {
                parts.add(component.getAccessor().invoke(whole));
            } catch (ReflectiveOperationException e) {
                throw new IllegalStateException("an accessor of a record fails", e);
            }
        }
        return parts;
    }

    /** A record of the class with these components. */
    Object with(List<@Nullable Object> parts) throws Vocabulary.UnknownWord {
        try {
            return constructor.newInstance(parts.toArray());
        } catch (ReflectiveOperationException | IllegalArgumentException e) {
            // The constructor refuses the combination: such a message cannot be said.
            throw new Vocabulary.UnknownWord(e);
        }
    }
}
