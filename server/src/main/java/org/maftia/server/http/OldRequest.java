package org.maftia.server.http;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;

/**
 * The head of a request in HTTP/1.0, said again in HTTP/1.1: with a {@code Host}, which the older version does not ask for,
 * and with {@code Connection: close}, as its clients wait for the end of the connection. What the older version does not
 * know is left out, so that it gets no answer that its clients could not read (RFC 9110, sections 2.5, 7.2, 10.1.1).
 *
 * @param head request line and headers in HTTP/1.1, with the empty line
 * @param bodyLength how many bytes follow
 */
record OldRequest(byte[] head, long bodyLength) {
    private static final String OLD = " HTTP/1.0";
    private static final String NEW = " HTTP/1.1";

    /** Belongs to nobody, so no place of the group is taken for it (RFC 2606). */
    private static final String NO_HOST = "none.invalid";

    /** Nineteen digits may be more than a long; the bodies that gateways take are far smaller. */
    private static final String LENGTH = "[0-9]{1,18}";

    /** The request cannot be framed: how long its body is stands there in no way or in several (RFC 9112, section 6.1). */
    static final class UnframedException extends Exception {
        private static final long serialVersionUID = 1;

        UnframedException(String sentence) {
            super(sentence);
        }
    }

    /** @param line a request line, without its end */
    static boolean isOld(String line) {
        return line.endsWith(OLD);
    }

    /** @param lines request line and headers, without the empty line */
    static OldRequest of(List<String> lines) throws UnframedException {
        String first = lines.getFirst();
        StringBuilder head = new StringBuilder(first.substring(0, first.length() - OLD.length()))
                .append(NEW)
                .append("\r\nConnection: close\r\n");
        boolean named = false;
        long length = -1;
        for (String line : lines.subList(1, lines.size())) {
            int colon = line.indexOf(':');
            String name = colon < 0 ? line : line.substring(0, colon).toLowerCase(Locale.ROOT);
            switch (name) {
                case "connection", "keep-alive", "expect", "upgrade" -> {
                    continue;
                }
                case "transfer-encoding" -> throw new UnframedException("HTTP/1.0 has no transfer codings");
                case "content-length" -> {
                    String text = line.substring(colon + 1).strip();
                    if (length >= 0 || !text.matches(LENGTH)) {
                        throw new UnframedException("one length of the body, in digits");
                    }
                    length = Long.parseLong(text);
                }
                case "host" -> named = true;
                default -> {
                    // As it is.
                }
            }
            head.append(line).append("\r\n");
        }
        if (!named) {
            head.append("Host: ").append(NO_HOST).append("\r\n");
        }
        byte[] bytes = head.append("\r\n").toString().getBytes(StandardCharsets.ISO_8859_1);
        return new OldRequest(bytes, Math.max(length, 0));
    }
}
