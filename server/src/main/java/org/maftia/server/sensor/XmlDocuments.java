package org.maftia.server.sensor;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Cuts a stream into XML documents, so that a fault in one ends with it: a document goes up to the end tag of its root,
 * whose local name is known, or to the next XML declaration. Gives out no more than {@link RecordLimits#LENGTH_MAX} bytes
 * between two calls of {@link #renew}.
 */
final class XmlDocuments {
    private static final byte[] DECLARATION = "<?xml ".getBytes(StandardCharsets.US_ASCII);

    private static final Pattern ENCODING =
            Pattern.compile("^[^?]*<\\?xml [^?>]*encoding *= *[\"']([A-Za-z][A-Za-z0-9._-]{0,39})[\"']");

    /** An end tag: a prefix of reasonable length, the local name, a little white space. */
    private static final int TAG_LENGTH_MAX = 128;

    private final ByteWindow window;
    private final byte[] root;
    private boolean ended;
    private boolean documentEnded;
    private boolean documentBegun;
    private int tagLeft; // of the end tag, once it has begun
    private long budget;

    /** @param root the local name of the element that all documents have around them */
    XmlDocuments(InputStream stream, String root) {
        this.window = new ByteWindow(stream);
        this.root = root.getBytes(StandardCharsets.US_ASCII);
    }

    /** More was read than one record may have. */
    static final class TooLong extends IOException {
        TooLong() {
            super("a record of XML is longer than " + RecordLimits.LENGTH_MAX + " bytes");
        }
    }

    /** Moves to the next document; whatever was not read of the one before is passed over. */
    boolean next() throws IOException {
        byte[] rest = new byte[1 << 13];
        while (documentBegun && !documentEnded) {
            budget = RecordLimits.LENGTH_MAX;
            read(rest, 0, rest.length);
        }
        documentBegun = false;
        documentEnded = false;
        while (true) {
            int at = window.mark();
            while (at < window.end() && isSpace(window.bytes()[at])) {
                at++;
            }
            window.moveMark(at);
            if (at < window.end()) {
                renew();
                return true;
            }
            if (!window.fill()) {
                return false;
            }
        }
    }

    /** A record has ended: the next may be as long again. */
    void renew() {
        budget = RecordLimits.LENGTH_MAX;
    }

    /**
     * How the document that begins here says that its letters are written; UTF-8 where it does not say, or names what cannot
     * be true, since its tags were found byte by byte.
     */
    Charset charset() throws IOException {
        while (!ended && window.end() - window.mark() < TAG_LENGTH_MAX) {
            ended = !window.fill();
        }
        int length = Math.min(TAG_LENGTH_MAX, window.end() - window.mark());
        String begin = new String(window.bytes(), window.mark(), length, StandardCharsets.US_ASCII);
        Matcher encoding = ENCODING.matcher(begin);
        if (!encoding.find() || !Charset.isSupported(encoding.group(1))) {
            return StandardCharsets.UTF_8;
        }
        Charset stated = Charset.forName(encoding.group(1));
        boolean possible = new String(DECLARATION, stated).equals(new String(DECLARATION, StandardCharsets.US_ASCII));
        return possible ? stated : StandardCharsets.UTF_8;
    }

    /** The document, up to its end. */
    InputStream document() {
        return new InputStream() {
            @Override
            public int read() throws IOException {
                byte[] one = new byte[1];
                return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
            }

            @Override
            public int read(byte[] target, int offset, int length) throws IOException {
                return XmlDocuments.this.read(target, offset, length);
            }
        };
    }

    private int read(byte[] target, int offset, int length) throws IOException {
        if (documentEnded) {
            return -1;
        }
        if (budget <= 0) {
            throw new TooLong();
        }
        while (!ended && window.end() - window.mark() < TAG_LENGTH_MAX) {
            ended = !window.fill();
        }
        if (window.mark() == window.end()) {
            documentEnded = true;
            return -1;
        }
        int most = (int) Math.min(length, budget);
        int count = tagLeft > 0 ? Math.min(most, tagLeft) : upToEnd(most);
        if (count == 0) {
            documentEnded = true; // the next document begins here
            return -1;
        }
        if (tagLeft > 0) {
            tagLeft -= Math.min(tagLeft, count);
            documentEnded = tagLeft == 0;
        }
        System.arraycopy(window.bytes(), window.mark(), target, offset, count);
        window.moveMark(window.mark() + count);
        budget -= count;
        documentBegun = true;
        return count;
    }

    /** How many bytes may be given out before anything that must be looked at again, or the end of the document. */
    private int upToEnd(int most) {
        byte[] bytes = window.bytes();
        int begin = window.mark();
        int certain = ended ? window.end() : window.end() - TAG_LENGTH_MAX + 1;
        int limit = Math.min(begin + most, certain);
        for (int i = begin; i < limit; i++) {
            if (bytes[i] != '<') {
                continue;
            }
            boolean declaration = (documentBegun || i > begin) && startsWith(bytes, i, DECLARATION);
            if (declaration) {
                return i - begin;
            }
            int close = endTag(bytes, i);
            if (close > 0 && i > begin) {
                return i - begin; // the tag is for the next call
            }
            if (close > 0) {
                tagLeft = close - begin;
                return Math.min(most, tagLeft);
            }
        }
        return limit - begin;
    }

    private boolean startsWith(byte[] bytes, int at, byte[] text) {
        for (int i = 0; i < text.length; i++) {
            if (at + i >= window.end() || bytes[at + i] != text[i]) {
                return false;
            }
        }
        return true;
    }

    /** Behind the end tag of the root that begins here; -1 if none does. */
    private int endTag(byte[] bytes, int at) {
        int end = Math.min(window.end(), at + TAG_LENGTH_MAX);
        if (at + 1 >= end || bytes[at + 1] != '/') {
            return -1;
        }
        int name = at + 2;
        int i = name;
        while (i < end && bytes[i] != '>' && !isSpace(bytes[i])) {
            name = bytes[i] == ':' ? i + 1 : name;
            i++;
        }
        boolean ours = i - name == root.length && startsWith(bytes, name, root);
        while (i < end && isSpace(bytes[i])) {
            i++;
        }
        return ours && i < end && bytes[i] == '>' ? i + 1 : -1;
    }

    private static boolean isSpace(byte b) {
        return b == ' ' || b == '\n' || b == '\r' || b == '\t';
    }
}
