package org.maftia.core.replica;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** A command at which its service broke: it is as if it had not been ordered, except for its result. */
public final class UndoneCommand {
    /** What its sender should read. */
    public static final String SENTENCE = "the service failed at this request, and nothing of it was done";

    private static final byte[] RESULT = SENTENCE.getBytes(StandardCharsets.US_ASCII);

    private UndoneCommand() {}

    /** The result of every such command. */
    static byte[] result() {
        return RESULT.clone();
    }

    /** Whether a result is that of such a command. */
    public static boolean isResult(byte[] result) {
        return Arrays.equals(result, RESULT);
    }
}
