package org.maftia.server.host;

import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.maftia.server.succession.Known;

/**
 * What follows from the present configuration, made once for each: gateways ask with every request, and some of it holds keys whose
 * points have to be decoded. Any thread may ask.
 */
final class PerConfiguration<T> implements Supplier<T> {
    private final Supplier<Known> present;
    private final Function<Known, T> made;
    private volatile @Nullable Kept<T> kept;

    private record Kept<T>(Known known, T value) {}

    /** @param made must depend on nothing else that changes */
    PerConfiguration(Supplier<Known> present, Function<Known, T> made) {
        this.present = present;
        this.made = made;
    }

    @Override
    public T get() {
        Known known = present.get();
        Kept<T> last = kept;
        if (last == null || last.known != known) {
            last = new Kept<>(known, made.apply(known));
            kept = last;
        }
        return last.value;
    }
}
