package org.maftia.server.host;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.maftia.server.cluster.ClusterException;

/**
 * An intruder in a replica, as a drill writes him down in a file: what he does, and whether he does it now or bides his
 * time. The file is read anew all the while, so that he can strike and leave at a moment's notice.
 */
public final class Intruder {
    /** The second word of the file while he bides his time. */
    public static final String DORMANT = "dormant";

    private static final int LOOK_MILLIS = 100;

    private final Corruption corruption;
    private final Path file;
    private volatile boolean active;

    private Intruder(Corruption corruption, Path file) {
        this.corruption = corruption;
        this.file = file;
    }

    /** The intruder that the file asks for; none where there is no file. */
    public static Optional<Intruder> of(Path file) throws IOException, ClusterException {
        if (!Files.exists(file)) {
            return Optional.empty();
        }
        String word = Files.readString(file).strip().split(" ", -1)[0];
        Optional<Corruption> corruption = Corruption.of(word);
        if (corruption.isEmpty()) {
            throw new ClusterException(file + " names no corruption", "delete it: only 'maftia drill' writes it");
        }
        Intruder intruder = new Intruder(corruption.get(), file);
        intruder.active = intruder.isAsked();
        Thread.ofPlatform().daemon().name("intruder").start(intruder::watch);
        return Optional.of(intruder);
    }

    public Corruption corruption() {
        return corruption;
    }

    /** Whether he does it now. */
    public boolean isActive() {
        return active;
    }

    private boolean isAsked() {
        try {
            return Files.exists(file) && !Files.readString(file).contains(DORMANT);
        } catch (IOException e) {
            return false; // taken away between the two calls
        }
    }

    private void watch() {
        try {
            while (true) {
                active = isAsked();
                Thread.sleep(LOOK_MILLIS);
            }
        } catch (InterruptedException e) {
            active = false;
        }
    }
}
