package org.maftia.server.sensor;

import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.SortedMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Counts alarms in a table. All engines come to the same {@link AlarmCount}, to the byte; they differ in what they need. Found
 * by {@link ServiceLoader}, so that one with many libraries of its own need not be there.
 */
public interface CountingEngine {
    /** Its name on the command line. */
    String id();

    /**
     * Counts. Nothing is left behind, whatever the end.
     *
     * @param options of this engine alone, by their names
     * @param progress is told how far the work is
     * @throws IOException when an argument names nothing that can be read, with a sentence that says so
     * @throws CountingException when the engine cannot do what it was asked
     */
    AlarmCount count(CountingTask task, InputStream standardInput, SortedMap<String, String> options, Progress progress)
            throws IOException, CountingException;

    /** The engine of this name, if it is there. */
    static Optional<CountingEngine> named(String id) {
        return all().filter(engine -> engine.id().equals(id)).findFirst();
    }

    /** The names of those that are there. */
    static String names() {
        return all().map(CountingEngine::id).collect(Collectors.joining(", "));
    }

    private static Stream<CountingEngine> all() {
        return Stream.concat(
                Stream.of(new JavaEngine()),
                ServiceLoader.load(CountingEngine.class).stream().map(ServiceLoader.Provider::get));
    }
}
