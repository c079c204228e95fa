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
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.maftia.core.keys.KeyKeeper;

/**
 * A replica's shares of keys whose sharing changes from epoch to epoch. What {@link #keep} has returned from survives every
 * crash; what {@link #erase} has returned from nobody opens again, and a crash within either leaves secrets whole or away,
 * never a half of one. Any thread may call.
 *
 * <p>The secret of a name and number lies in {@code name/number.share}, sealed under a data key of its own; that one lies in
 * {@code name/number.key}, sealed under the directory's key (see {@link Custody}). The share is written last and the data
 * key is erased first: a secret is there exactly when both files are. What a ceremony dealt has number 0.
 *
 * <pre>{@code
 * try (ShareKeeper keeper = ShareKeeper.open(keysDirectory, unlock)) {
 *     keeper.keep("coin", 4, shares);              // durable: only now acknowledge
 *     ...                                          // the group finalised attempt 4
 *     keeper.erase("coin", 0, 3);
 *     byte[] mine = keeper.current("coin", 4);     // refuses what a restored backup brings
 * }
 * }</pre>
 *
 * <p>On flash memory overwritten cells may survive. Then only a directory key that lives in a token, and is destroyed there,
 * makes an erasure certain.
 */
public final class ShareKeeper implements KeyKeeper, AutoCloseable {
    /** A key and what its secrets are, such as {@code coin/recipient}. */
    private static final Pattern NAME =
            Pattern.compile("[A-Za-z0-9][A-Za-z0-9_.-]{0,63}(/[A-Za-z0-9][A-Za-z0-9_.-]{0,63}){0,2}");

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

    /**
     * Looks at the shares of a replica that runs, and changes nothing: what that one has half done is its own to end. A
     * secret that it erases meanwhile is not there.
     *
     * @throws CeremonyException when it does not open
     */
    public static ShareKeeper look(Path keysDirectory, Unlock unlock) {
        return new ShareKeeper(Custody.open(keysDirectory, unlock, new SecureRandom(), DurableFiles.Watch.NONE));
    }

    static ShareKeeper open(Path keysDirectory, Unlock unlock, DurableFiles.Watch watch) {
        ShareKeeper keeper = new ShareKeeper(Custody.open(keysDirectory, unlock, new SecureRandom(), watch));
        keeper.tidy();
        return keeper;
    }

    /** The numbers under which a key has shares in a directory that is open. */
    static SortedSet<Long> numbers(Custody custody, String name) {
        return new ShareKeeper(custody).numbers(name);
    }

    /** What it keeps its shares in, for those of keys that never change. */
    Custody custody() {
        return custody;
    }

    /**
     * {@inheritDoc} The same secret may be given again, as after a crash; another one takes its place, and a crash meanwhile
     * may leave neither.
     *
     * @throws CeremonyException when the disk is full or fails: then none is there under this name and number
     */
    @Override
    public synchronized void keep(String name, long number, byte[] secret) {
        String place = place(name, number);
        if (holds(place)) {
            byte[] present = custody.loadUnderDataKey(place);
            boolean same = Arrays.equals(present, secret);
            Arrays.fill(present, (byte) 0);
            if (same) {
                return;
            }
            custody.eraseUnderDataKey(place);
        }
        try {
            custody.storeUnderDataKey(place, secret);
        } catch (CeremonyException e) {
            forget(place, e);
            throw e;
        }
    }

    /** The half that fitted on a full disk. */
    private void forget(String place, CeremonyException reason) {
        try {
            custody.eraseUnderDataKey(place);
        } catch (CeremonyException e) {
            reason.addSuppressed(e); // the next start tidies up
        }
    }

    /**
     * {@inheritDoc}
     *
     * @throws CeremonyException when it was altered, or moved here from another place
     */
    @Override
    public synchronized Optional<byte[]> kept(String name, long number) {
        String place = place(name, number);
        if (!holds(place)) {
            return Optional.empty();
        }
        try {
            return Optional.of(custody.loadUnderDataKey(place));
        } catch (CeremonyException e) {
            if (isErased(place)) {
                return Optional.empty();
            }
            throw e;
        }
    }

    /** The numbers under which a name has secrets. */
    public synchronized SortedSet<Long> numbers(String name) {
        SortedSet<Long> numbers = new TreeSet<>();
        for (Path file : files(custody.directory().resolve(checked(name)), Custody.SHARE)) {
            String fileName = file.getFileName().toString();
            String digits = fileName.substring(0, fileName.length() - Custody.SHARE.length());
            if (digits.matches("[0-9]{1,18}") && holds(place(name, Long.parseLong(digits)))) {
                numbers.add(Long.parseLong(digits));
            }
        }
        return Collections.unmodifiableSortedSet(numbers);
    }

    /**
     * The shares of the sharing that the group uses now; the caller overwrites them.
     *
     * @param number of the attempt that made it, as the group's checkpoint names it
     * @throws CeremonyException when only others are here, as after a backup was restored: to use old ones would undo a
     *     refresh
     */
    public synchronized byte[] current(String name, long number) {
        Optional<byte[]> own = kept(name, number);
        return own.orElseThrow(() -> {
            SortedSet<Long> others = numbers(name);
            return new CeremonyException(
                    "the group uses sharing " + number + " of key " + name + ", and here are "
                            + (others.isEmpty() ? "no shares of it" : "shares of " + others.last()),
                    "shares of another one are worth nothing, and an old backup brings them: leave them unused, the"
                            + " replica gets new ones at the next refresh");
        });
    }

    /** {@inheritDoc} The data keys go first. */
    @Override
    public synchronized void erase(String name, long first, long last) {
        for (long number : numbers(name)) {
            if (number >= first && number <= last) {
                custody.eraseUnderDataKey(place(name, number));
            }
        }
    }

    /**
     * Takes over the secrets of a name from the directory of an earlier configuration, and erases them there: whatever
     * number they have, as a key that goes on goes on counting.
     */
    public void takeOver(String name, ShareKeeper earlier) {
        for (long number : earlier.numbers(name)) {
            earlier.kept(name, number).ifPresent(secret -> {
                keep(name, number, secret);
                Arrays.fill(secret, (byte) 0);
            });
            earlier.erase(name, number, number);
        }
    }

    private boolean holds(String place) {
        return custody.holds(place + Custody.DATA_KEY) && custody.holds(place + Custody.SHARE);
    }

    /** Whether an erasure has come so far that the secret does not open any more: it may be another process's. */
    private boolean isErased(String place) {
        Path dataKey = custody.directory().resolve(place + Custody.DATA_KEY);
        try {
            return !holds(place) || isZeroed(dataKey);
        } catch (CeremonyException e) {
            if (Files.exists(dataKey)) {
                throw e;
            }
            return true;
        }
    }

    /** After a crash: what was not kept whole was never acknowledged, and an erasure that began goes on to its end. */
    private void tidy() {
        for (Path folder : folders(custody.directory())) {
            files(folder, DurableFiles.BESIDE).forEach(DurableFiles::erase);
            for (Path file : files(folder, Custody.DATA_KEY)) {
                if (!Files.exists(twin(file, Custody.DATA_KEY, Custody.SHARE)) || isZeroed(file)) {
                    DurableFiles.erase(file);
                }
            }
            for (Path file : files(folder, Custody.SHARE)) {
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

    /** Those below, at any depth, but those of other configurations, which are directories of keys of their own. */
    private static List<Path> folders(Path parent) {
        List<Path> all = new ArrayList<>();
        for (Path folder : list(parent, "*")) {
            if (Files.isDirectory(folder) && !Files.exists(folder.resolve(Custody.DESCRIPTION))) {
                all.add(folder);
                all.addAll(folders(folder));
            }
        }
        return all;
    }

    private static List<Path> files(Path folder, String suffix) {
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

    private static String place(String name, long number) {
        if (number < 0) {
            throw new IllegalArgumentException("no number of a secret: " + number);
        }
        return ServiceKey.custodyName(checked(name), number);
    }

    /** It becomes a path. */
    private static String checked(String name) {
        if (!NAME.matcher(name).matches()) {
            throw new IllegalArgumentException("no name of a secret: " + name);
        }
        return name;
    }

    /** Forgets the directory's key; the shares stay. */
    @Override
    public synchronized void close() {
        custody.close();
    }
}
