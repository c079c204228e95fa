package org.maftia.server.sensor;

import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * Logs that went through a program which writes two bytes for each letter, as Windows PowerShell does when it redirects: read
 * as if they were UTF-8. What is no letter there becomes a question mark or U+FFFD.
 */
final class Utf16 extends InputStream {
    private static final int LENGTH = 1 << 13;

    private final Reader reader;
    private final char[] letters = new char[LENGTH];
    private byte[] bytes = new byte[0];
    private int at;

    /** Half of a pair whose other half has not been read; 0 for none. */
    private char half;

    Utf16(InputStream stream, Charset charset) {
        this.reader = new InputStreamReader(stream, charset);
    }

    /** Which of the two it is by its mark, or by its first letter, which is of ASCII in all formats; empty for neither. */
    static Optional<Charset> of(byte[] head) {
        if (head.length < 2) {
            return Optional.empty();
        }
        int first = head[0] & 0xff;
        int second = head[1] & 0xff;
        if (first == 0xff && second == 0xfe || first > 0 && first < 0x80 && second == 0) {
            return Optional.of(StandardCharsets.UTF_16LE);
        }
        boolean big = first == 0xfe && second == 0xff || first == 0 && second > 0 && second < 0x80;
        return big ? Optional.of(StandardCharsets.UTF_16BE) : Optional.empty();
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        if (length == 0) {
            return 0;
        }
        while (at == bytes.length) {
            if (!fill()) {
                return -1;
            }
        }
        int count = Math.min(length, bytes.length - at);
        System.arraycopy(bytes, at, target, offset, count);
        at += count;
        return count;
    }

    private boolean fill() throws IOException {
        int from = half == 0 ? 0 : 1;
        letters[0] = half;
        int count = reader.read(letters, from, LENGTH - from);
        if (count < 0 && half == 0) {
            return false;
        }
        int end = from + Math.max(count, 0);
        half = 0;
        if (count > 0 && Character.isHighSurrogate(letters[end - 1])) {
            half = letters[--end];
        }
        bytes = new String(letters, 0, end).getBytes(StandardCharsets.UTF_8);
        at = 0;
        return true;
    }
}
