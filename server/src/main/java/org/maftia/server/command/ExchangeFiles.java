package org.maftia.server.command;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import org.maftia.client.exchange.PartyKeys;
import org.maftia.core.crypto.Transcript;
import org.maftia.core.wire.Digest;
import org.maftia.core.wire.MalformedException;
import org.maftia.services.exchange.message.Party;
import org.maftia.services.jose.CompactJws;
import org.maftia.services.jose.StrictJson;

/** Files of the commands of {@code maftia exchange}: what cannot be read is named, what exists is never overwritten. */
final class ExchangeFiles {
    /** A contract may be long; it is only hashed. */
    private static final long TEXT_LENGTH_MAX = 1L << 30;

    private static final long MESSAGE_LENGTH_MAX = StrictJson.LENGTH_MAX;

    private ExchangeFiles() {}

    static byte[] read(Path file, long lengthMax) throws CommandException {
        try {
            if (Files.size(file) > lengthMax) {
                throw new CommandException(file + " is longer than " + lengthMax + " bytes", "name another file");
            }
            return Files.readAllBytes(file);
        } catch (IOException e) {
            throw new CommandException("cannot read " + file, "name an existing file");
        }
    }

    /** A message as its party signed it. */
    static CompactJws message(Path file) throws CommandException {
        byte[] bytes = read(file, MESSAGE_LENGTH_MAX);
        int length = bytes.length;
        while (length > 0 && bytes[length - 1] == '\n') {
            length--;
        }
        try {
            return CompactJws.decode(Arrays.copyOf(bytes, length));
        } catch (MalformedException e) {
            throw new CommandException(file + " is no message: " + e.getMessage(), "take it anew from its sender");
        }
    }

    static Digest digest(Path file) throws CommandException {
        return Transcript.sha256(read(file, TEXT_LENGTH_MAX));
    }

    static PartyKeys keys(Path file) throws CommandException {
        try {
            return PartyKeys.of(StrictJson.object(read(file, MESSAGE_LENGTH_MAX), "the file"));
        } catch (MalformedException e) {
            throw new CommandException(file + " holds no keys: " + e.getMessage(), "'maftia exchange keys' makes some");
        }
    }

    static Party party(Path file) throws CommandException {
        try {
            return Party.of(StrictJson.object(read(file, MESSAGE_LENGTH_MAX), "the file"));
        } catch (MalformedException e) {
            throw new CommandException(
                    file + " is nobody's public keys: " + e.getMessage(),
                    "take the file *.pub that 'maftia exchange keys' wrote");
        }
    }

    static void write(Path file, byte[] bytes) throws CommandException {
        write(file, bytes, new FileAttribute<?>[0]);
    }

    /** Readable by its owner alone, from the first byte on. */
    static void writeSecret(Path file, byte[] bytes) throws CommandException {
        write(file, bytes, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    }

    /** All or nothing: half of a message or of a key stays nowhere. */
    private static void write(Path file, byte[] bytes, FileAttribute<?>... attributes) throws CommandException {
        try {
            Files.createFile(file, attributes);
        } catch (FileAlreadyExistsException e) {
            throw new CommandException(file + " exists, and is not overwritten", "name another file");
        } catch (IOException | UnsupportedOperationException e) {
            throw new CommandException("cannot write " + file + ": " + e.getMessage(), "name another place");
        }
        try {
            Files.write(file, bytes, StandardOpenOption.WRITE, StandardOpenOption.DSYNC);
        } catch (IOException e) {
            throw new CommandException(
                    "cannot write " + file + ": " + e.getMessage() + removed(file), "make room, or name another place");
        }
    }

    /** Nothing to add, or that half of it is still there. */
    private static String removed(Path file) {
        try {
            Files.delete(file);
            return "";
        } catch (IOException e) {
            return "; part of it stays there: " + e.getMessage();
        }
    }

    static byte[] line(CompactJws message) {
        return (message + "\n").getBytes(StandardCharsets.US_ASCII);
    }
}
