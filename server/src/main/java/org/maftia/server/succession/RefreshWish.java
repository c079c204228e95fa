package org.maftia.server.succession;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Collection;
import java.util.List;
import java.util.regex.Pattern;

/**
 * How an operator has keys renewed: a file in the directory of keys of a replica on his host, which the running replica
 * takes away. Whoever may write there may ask, and nobody over a network: a renewal costs every member some computing.
 */
public final class RefreshWish {
    private static final String FILE = "refresh.wish";
    private static final Pattern KEY_ID = Pattern.compile("[A-Za-z0-9][A-Za-z0-9_.-]{0,63}");

    /** As many keys as a group may have. */
    private static final int KEYS_MAX = 64;

    private static final int LENGTH_MAX = KEYS_MAX * 65;

    private RefreshWish() {}

    /** Leaves the wish for a replica; another one that it has not taken yet is replaced. */
    public static void leave(Path keys, Collection<String> keyIds) throws IOException {
        Path beside = keys.resolve(FILE + ".new");
        Files.writeString(beside, String.join("\n", keyIds) + "\n");
        Files.move(beside, keys.resolve(FILE), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    /** Takes the ids of the keys that are to be renewed; none where nobody wished it, or in words that name none. */
    static List<String> taken(Path keys) throws IOException {
        Path file = keys.resolve(FILE);
        byte[] bytes;
        try (InputStream in = Files.newInputStream(file)) {
            bytes = in.readNBytes(LENGTH_MAX);
        } catch (NoSuchFileException e) {
            return List.of();
        }
        Files.delete(file);
        return new String(bytes, StandardCharsets.UTF_8)
                .lines()
                .filter(line -> KEY_ID.matcher(line).matches())
                .limit(KEYS_MAX)
                .toList();
    }
}
