package org.maftia.server.sensor;

import java.io.IOException;

/**
 * What has to be undone if the program is ended from outside before something is done. Ctrl-C ends a program where it stands,
 * without any {@code finally}; what is registered here is then called in another thread, while the one that was interrupted
 * may still be running.
 */
public final class Undo implements AutoCloseable {
    private final Thread hook;

    private Undo(Thread hook) {
        this.hook = hook;
    }

    /** What is called. */
    public interface Action {
        void run() throws IOException;
    }

    /** From now on until {@link #close}. */
    public static Undo of(Action action) {
        Thread hook = new Thread(
                () -> {
                    try {
                        action.run();
                    } catch (IOException e) {
                        System.err.println("maftia: error: something half done is left behind: " + e.getMessage());
                    }
                },
                "maftia-undo");
        Runtime.getRuntime().addShutdownHook(hook);
        return new Undo(hook);
    }

    /** It is done, or was undone already: nothing is called any more. */
    @Override
    public void close() {
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            // The program is ending: the action runs or has run, and finds that there is nothing left to undo.
        }
    }
}
