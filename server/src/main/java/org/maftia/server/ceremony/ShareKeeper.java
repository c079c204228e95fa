package org.maftia.server.ceremony;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * A replica's shares of keys whose sharing changes from epoch to epoch. What {@link #keep} has returned from survives every
 * crash; what {@link #erase} has returned from nobody opens again, and a crash within either leaves the one state or the
 * other, never a third. Any thread may call.
 *
 * <p>The shares of an epoch lie in {@code keyId/epoch.share}, sealed under a data key of their own; that one lies in
 * {@code keyId/epoch.key}, sealed under the directory's key (see {@link Custody}). The share is written last and the data
 * key is erased first: an epoch is there exactly when both files are.
 *
 * <pre>{@code
 * try (ShareKeeper keeper = ShareKeeper.open(keysDirectory, unlock)) {
 *     keeper.keep("coin", 4, shares);              // durable: only now acknowledge
 *     ...                                          // the group finalised epoch 4
 *     keeper.eraseBefore("coin", 4);
 *     byte[] mine = keeper.current("coin", 4);     // refuses what a restored backup brings
 * }
 * }</pre>
 *
 * <p>On flash memory overwritten cells may survive. Then only a directory key that lives in a token, and is destroyed there,
 * makes an erasure certain.
 */
public final class ShareKeeper implements AutoCloseable {
    private final Custody custody;

    private ShareKeeper(Custody custody) {
        this.custody = custody;
    }

    /**
     * Opens the shares of a directory of keys, and first ends what a crash left half done.
     *
     * @param keysDirectory of one configuration, as installed
     * @throws CeremonyException when it does not open
     */
    public static ShareKeeper open(Path keysDirectory, Unlock unlock) {
        return open(keysDirectory, unlock, DurableFiles.Watch.NONE);
    }

    static ShareKeeper open(Path keysDirectory, Unlock unlock, DurableFiles.Watch watch) {
        ShareKeeper keeper = new ShareKeeper(Custody.open(keysDirectory, unlock, new SecureRandom(), watch));
        keeper.tidy();
        return keeper;
    }

    /**
     * Makes the shares of an epoch durable. The same shares may be given again, as after a crash.
     *
     * @param keyId of the key, as the transcript has it
     * @param epoch counts the sharings of the key, from 0
     * @param shares any encoding; stays the caller's to overwrite
     * @throws CeremonyException when the disk is full or fails, in which case the epoch is not there; or when other
     *     shares of this epoch are
     */
    public synchronized void keep(String keyId, long epoch, byte[] shares) {
        String name = name(keyId, epoch);
        if (holds(name)) {
            byte[] present = custody.loadUnderDataKey(name);
            boolean same = Arrays.equals(present, shares);
            Arrays.fill(present, (byte) 0);
            if (!same) {
                throw new CeremonyException(
                        "other shares of key " + keyId + ", epoch " + epoch + ", are kept already",
                        "an epoch is dealt once: this is an error of the program, report it");
            }
            return;
        }
        try {
            custody.storeUnderDataKey(name, shares);
        } catch (CeremonyException e) {
            forget(name, e);
            throw e;
        }
    }

    /** The half that fitted on a full disk. */
    private void forget(String name, CeremonyException reason) {
        try {
            custody.eraseUnderDataKey(name);
        } catch (CeremonyException e) {
            reason.addSuppressed(e); // the next start tidies up
        }
    }

    /** The epochs of a key that are kept whole. */
    public synchronized SortedSet<Long> epochs(String keyId) {
        SortedSet<Long> epochs = new TreeSet<>();
        for (Path file : files(keyId, Custody.SHARE)) {
            String name = file.getFileName().toString();
            String digits = name.substring(0, name.length() - Custody.SHARE.length());
            if (digits.matches("[0-9]{1,18}") && holds(name(keyId, Long.parseLong(digits)))) {
                epochs.add(Long.parseLong(digits));
            }
        }
        return Collections.unmodifiableSortedSet(epochs);
    }

    /**
     * The shares of an epoch; the caller overwrites them.
     *
     * @throws CeremonyException when they are not there, or were altered
     */
    public synchronized byte[] shares(String keyId, long epoch) {
        return custody.loadUnderDataKey(name(keyId, epoch));
    }

    /**
     * The shares of the epoch in which the group is.
     *
     * @param epoch what the group's checkpoint names
     * @throws CeremonyException when only older ones are here, as after a backup was restored: to use them would undo a
     *     refresh
     */
    public synchronized byte[] current(String keyId, long epoch) {
        SortedSet<Long> kept = epochs(keyId);
        if (!kept.contains(epoch)) {
            throw new CeremonyException(
                    "the group has key " + keyId + " in epoch " + epoch + ", and here are "
                            + (kept.isEmpty() ? "no shares of it" : "shares of " + kept.last()),
                    "shares of another epoch are worth nothing, and an old backup brings them: leave them unused, the"
                            + " replica gets new ones at the next refresh");
        }
        return shares(keyId, epoch);
    }

    /** Erases an epoch, the data key first; it need not be there. */
    public synchronized void erase(String keyId, long epoch) {
        custody.eraseUnderDataKey(name(keyId, epoch));
    }

    /** Erases all epochs of a key below one. */
    public synchronized void eraseBefore(String keyId, long epoch) {
        for (long old : epochs(keyId).headSet(epoch)) {
            erase(keyId, old);
        }
    }

    private boolean holds(String name) {
        return custody.holds(name + Custody.DATA_KEY) && custody.holds(name + Custody.SHARE);
    }

    /** After a crash: what was not kept whole was never acknowledged, and an erasure that began goes on to its end. */
    private void tidy() {
        for (Path folder : folders()) {
            String keyId = folder.getFileName().toString();
            files(keyId, DurableFiles.BESIDE).forEach(DurableFiles::erase);
            for (Path file : files(keyId, Custody.DATA_KEY)) {
                if (!Files.exists(twin(file, Custody.DATA_KEY, Custody.SHARE)) || isZeroed(file)) {
                    DurableFiles.erase(file);
                }
            }
            for (Path file : files(keyId, Custody.SHARE)) {
                if (!Files.exists(twin(file, Custody.SHARE, Custody.DATA_KEY))) {
                    DurableFiles.erase(file);
                }
            }
        }
    }

    private static Path twin(Path file, String suffix, String other) {
        String name = file.getFileName().toString();
        return file.resolveSibling(name.substring(0, name.length() - suffix.length()) + other);
    }

    /** What is sealed starts with a version, which is not 0: only an erasure writes zeros. */
    private static boolean isZeroed(Path file) {
        byte[] bytes = DurableFiles.read(file, SealedBytes.LENGTH_MAX, "see the rights of the directory");
        for (byte value : bytes) {
            if (value != 0) {
                return false;
            }
        }
        return true;
    }

    private List<Path> folders() {
        return list(custody.directory(), "*").stream()
                .filter(Files::isDirectory)
                // Other configurations have directories of keys of their own.
                .filter(folder -> !Files.exists(folder.resolve(Custody.DESCRIPTION)))
                .toList();
    }

    private List<Path> files(String keyId, String suffix) {
        Path folder = custody.directory().resolve(keyId);
        return Files.isDirectory(folder) ? list(folder, "*" + suffix) : List.of();
    }

    private static List<Path> list(Path folder, String glob) {
        List<Path> found = new ArrayList<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, glob)) {
            files.forEach(found::add);
        } catch (IOException e) {
            throw new CeremonyException("cannot read " + folder, "check the directory's owner", e);
        }
        Collections.sort(found);
        return found;
    }

    private static String name(String keyId, long epoch) {
        if (!Enrolment.ID.matcher(keyId).matches() || epoch < 0) {
            throw new IllegalArgumentException("no key and epoch: " + keyId + ", " + epoch);
        }
        return ServiceKey.custodyName(keyId, epoch);
    }

    /** Forgets the directory's key; the shares stay. */
    @Override
    public synchronized void close() {
        custody.close();
    }
}
