package org.maftia.simulator.explore;

import org.jspecify.annotations.Nullable;

/**
 * A message under its name: frames of one name count as one, whichever is met first. So a model says which differences
 * matter, for instance not those between two certificates that prove the same.
 *
 * @param bytes not changed by anybody
 */
public record Frame(String name, byte[] bytes) {
    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Frame frame && frame.name.equals(name);
    }

    @Override
    public int hashCode() {
        return name.hashCode();
    }

    @Override
    public String toString() {
        return name;
    }
}
