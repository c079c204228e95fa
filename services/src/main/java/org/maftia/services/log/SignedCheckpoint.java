package org.maftia.services.log;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import org.maftia.core.wire.MalformedException;

/**
 * A head of a log with its signatures. Source: C2SP signed-note.
 *
 * @param lines in the order of the text
 */
public record SignedCheckpoint(LogCheckpoint checkpoint, List<Line> lines) {
    /** Longest text, in characters: two lines for each of 64 replicas, and others'. */
    public static final int LENGTH_MAX = 256 << 10;

    private static final int LINES_MAX = 512;
    private static final String DASH = "\u2014 ";

    /** Base64 of a signature: those of others may be longer than ours. */
    private static final int SIGNATURE_LENGTH_MAX = 8 << 10;

    public SignedCheckpoint {
        lines = List.copyOf(lines);
    }

    /**
     * A signature.
     *
     * @param name of who signed
     * @param id of the key
     * @param signature as the type of the key has it
     */
    public record Line(String name, byte[] id, byte[] signature) {
        /** A line of this key. */
        public static Line of(NoteKey key, byte[] signature) {
            return new Line(key.name(), key.id(), signature);
        }

        /** Whether the key is named by it. */
        public boolean isOf(NoteKey key) {
            return name.equals(key.name()) && Arrays.equals(id, key.id());
        }

        private String text() {
            byte[] bytes = Arrays.copyOf(id, id.length + signature.length);
            System.arraycopy(signature, 0, bytes, id.length, signature.length);
            return DASH + name + " " + Base64.getEncoder().encodeToString(bytes) + "\n";
        }

        private static Line parsed(String text) {
            String[] parts = text.split(" ", -1);
            if (parts.length != 3 || !text.startsWith(DASH) || parts[2].length() > SIGNATURE_LENGTH_MAX) {
                throw new MalformedException("no signature line of a note");
            }
            try {
                byte[] bytes = Base64.getDecoder().decode(parts[2]);
                if (bytes.length <= NoteKey.ID_LENGTH) {
                    throw new MalformedException("no signature in a line of a note");
                }
                byte[] id = Arrays.copyOf(bytes, NoteKey.ID_LENGTH);
                return new Line(parts[1], id, Arrays.copyOfRange(bytes, NoteKey.ID_LENGTH, bytes.length));
            } catch (IllegalArgumentException e) {
                throw new MalformedException("no signature line of a note");
            }
        }
    }

    /** The note. */
    public String text() {
        StringBuilder text = new StringBuilder(checkpoint.body()).append('\n');
        lines.forEach(line -> text.append(line.text()));
        return text.toString();
    }

    /** @throws MalformedException when it is no signed checkpoint */
    public static SignedCheckpoint parsed(String text) {
        int end = text.lastIndexOf("\n\n");
        if (text.length() > LENGTH_MAX || end < 0 || !text.endsWith("\n")) {
            throw new MalformedException("no signed checkpoint of a log");
        }
        LogCheckpoint checkpoint = LogCheckpoint.parsed(text.substring(0, end + 1));
        String[] rest = text.substring(end + 2).split("\n", LINES_MAX + 2);
        List<Line> lines = new ArrayList<>();
        for (int i = 0; i + 1 < rest.length; i++) {
            lines.add(Line.parsed(rest[i]));
        }
        if (lines.isEmpty() || lines.size() > LINES_MAX) {
            throw new MalformedException("a signed checkpoint has 1 to " + LINES_MAX + " signatures");
        }
        return new SignedCheckpoint(checkpoint, lines);
    }
}
