package org.maftia.server.succession;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.maftia.core.crypto.ModularPower;
import org.maftia.server.ceremony.CeremonyException;
import org.maftia.server.ceremony.GroupTranscript;
import org.maftia.server.ceremony.Installation;
import org.maftia.server.ceremony.OldSecrets;
import org.maftia.server.ceremony.ReplicaKeys;
import org.maftia.server.ceremony.Unlock;
import org.maftia.server.configuration.Configuration;
import org.maftia.server.configuration.ConfigurationException;
import org.maftia.server.configuration.Overrides;

/**
 * Where a replica keeps the keys of its configurations: those that it began with in the directory itself, those of each
 * later one in a directory below, {@code config3-0123456789ab}. A directory is there whole or not at all, so who looks
 * for new ones finds no half installed.
 */
public final class KeyFolders {
    /** The transcript of the configuration before, from which a newcomer follows the group. */
    static final String BEFORE = "before.json";

    private static final String NEXT = "next";
    private static final String PREFIX = "config";

    /** Digits of the digest in a name: two wishes for one number have different directories. */
    private static final int DIGITS = 12;

    private KeyFolders() {}

    /** Where enrolment for the next configuration puts its secrets until the shares come. */
    public static Path next(Path keys) {
        return keys.resolve(NEXT);
    }

    /** The directory that holds keys with a transcript, newest configuration last. */
    public static List<Path> all(Path keys) throws IOException {
        List<Path> folders = new ArrayList<>();
        if (Files.exists(keys.resolve(GroupTranscript.FILE))) {
            folders.add(keys);
        }
        List<Path> later = new ArrayList<>();
        if (Files.isDirectory(keys)) {
            try (DirectoryStream<Path> below = Files.newDirectoryStream(keys, PREFIX + "*-*")) {
                for (Path folder : below) {
                    if (Files.exists(folder.resolve(GroupTranscript.FILE))) {
                        later.add(folder);
                    }
                }
            }
        }
        later.sort((a, b) -> {
            int byNumber = Integer.compare(number(a), number(b));
            return byNumber != 0 ? byNumber : a.compareTo(b);
        });
        folders.addAll(later);
        return folders;
    }

    /** Whether the secrets are there that belong to the transcript. */
    public static boolean holdsSecrets(Path folder) {
        return Files.exists(folder.resolve(ReplicaKeys.CUSTODY));
    }

    private static int number(Path folder) {
        String name = folder.getFileName().toString();
        String digits = name.substring(PREFIX.length(), name.indexOf('-'));
        return digits.matches("[0-9]{1,9}") ? Integer.parseInt(digits) : Integer.MAX_VALUE;
    }

    /** The description of the newest configuration for which keys are here; empty where there are none yet. */
    public static Optional<Configuration> described(Path keys, Overrides overrides)
            throws IOException, ConfigurationException {
        List<Path> folders = all(keys);
        if (folders.isEmpty()) {
            return Optional.empty();
        }
        String text = GroupTranscript.read(folders.getLast().resolve(GroupTranscript.FILE))
                .description();
        return text.isEmpty() ? Optional.empty() : Optional.of(Configuration.parse("the transcript", text, overrides));
    }

    /**
     * Destroys the secrets of a replica's retired configurations; what is public about them stays, as the chain of
     * configurations begins there.
     *
     * @param folders as the replica named them
     * @param unlock gives access to the token, where their keys live in one
     */
    public static void destroy(List<Path> folders, Unlock unlock) throws IOException {
        for (Path folder : folders) {
            OldSecrets.erase(folder, unlock);
        }
    }

    /** Whether the replica has taken its shares from this very ceremony. */
    public static boolean areInstalled(Path keys, GroupTranscript group) throws IOException {
        return all(keys).stream().anyMatch(folder -> Installation.isDone(folder, group));
    }

    /** The newest keys of the replica. */
    public static Path newest(Path keys) throws IOException {
        List<Path> folders = all(keys);
        if (folders.isEmpty()) {
            throw new CeremonyException(
                    "no keys with a transcript are in " + keys,
                    "'maftia init' makes keys, before the ceremony, and 'maftia key install' completes them");
        }
        return folders.getLast();
    }

    /**
     * Takes a replica's shares into custody: for the first configuration of the group, or for one to come, where the
     * replica runs and will find them.
     *
     * @param before transcript of the configuration before; needed where the group is not new
     * @return the directory
     */
    public static Path install(
            Path keys,
            GroupTranscript group,
            Optional<GroupTranscript> before,
            Path shares,
            Unlock unlock,
            ModularPower power)
            throws IOException {
        boolean follows = !group.description().isEmpty() && Known.of(group).number() > 0;
        Path folder = Files.isDirectory(next(keys)) ? next(keys) : keys;
        if (!holdsSecrets(folder)) {
            throw new CeremonyException(
                    "no keys are in " + folder,
                    "'maftia init' makes them before the ceremony, with --next for who is a member already");
        }
        if (follows) {
            if (before.isEmpty() && all(keys).isEmpty()) {
                throw new CeremonyException(
                        "the group is there already, and this replica is new in it",
                        "give the transcript of the present configuration with --before");
            }
            GroupTranscript old = before.orElseGet(() -> newestTranscript(keys));
            if (!Known.of(old)
                    .configuration()
                    .digest()
                    .equals(Known.of(group).configuration().predecessor())) {
                throw new CeremonyException(
                        "these shares are for a configuration that follows another one",
                        "give the transcript of the configuration before with --before");
            }
            group.requireCarried(old);
            Files.write(folder.resolve(BEFORE), old.document());
        }
        Installation.install(folder, group, shares, unlock, power);
        if (folder.equals(keys)) {
            return keys;
        }
        Known known = Known.of(group);
        String digits = known.configuration().digest().toString().substring(0, DIGITS);
        Path settled = keys.resolve(PREFIX + known.number() + "-" + digits);
        return Files.move(folder, settled, StandardCopyOption.ATOMIC_MOVE);
    }

    private static GroupTranscript newestTranscript(Path keys) {
        try {
            return GroupTranscript.read(newest(keys).resolve(GroupTranscript.FILE));
        } catch (IOException e) {
            throw new CeremonyException("cannot read " + keys, "check the directory's owner", e);
        }
    }
}
