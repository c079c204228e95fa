package org.maftia.services.log;

import java.util.Base64;
import org.maftia.core.wire.Digest;
import org.maftia.core.wire.MalformedException;

/**
 * The head of a log. Source: C2SP tlog-checkpoint, without extension lines.
 *
 * @param origin names the log
 * @param size entries
 * @param root of the tree over them
 */
public record LogCheckpoint(String origin, long size, Digest root) {
    /** The text that is signed. */
    public String body() {
        return origin + "\n" + size + "\n" + Base64.getEncoder().encodeToString(root.toBytes()) + "\n";
    }

    /** @throws MalformedException when it is no body of a checkpoint, or not exactly as {@link #body} writes it */
    public static LogCheckpoint parsed(String body) {
        String[] lines = body.split("\n", -1);
        if (lines.length != 4 || !lines[3].isEmpty() || !lines[1].matches("0|[1-9][0-9]{0,18}")) {
            throw new MalformedException("no checkpoint of a log");
        }
        try {
            byte[] root = Base64.getDecoder().decode(lines[2]);
            if (root.length != Digest.LENGTH) {
                throw new MalformedException("the root of a log has 32 bytes");
            }
            LogCheckpoint checkpoint = new LogCheckpoint(lines[0], Long.parseLong(lines[1]), Digest.of(root));
            if (!NoteKey.isName(lines[0]) || !checkpoint.body().equals(body)) {
                throw new MalformedException("no canonical checkpoint of a log");
            }
            return checkpoint;
        } catch (IllegalArgumentException e) {
            throw new MalformedException("no checkpoint of a log");
        }
    }
}
