package org.maftia.server.sensor;

import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;

/** Records that are lines; blank ones are passed over, and a byte order mark before the first. */
final class LineFramer implements RecordFramer {
    private final ByteWindow window;
    private byte[] bytes = new byte[0];
    private int offset;
    private int length;
    private boolean first;

    LineFramer(InputStream stream) {
        this(stream, true);
    }

    /** @param first whether the stream is the beginning of its input, where a byte order mark may stand */
    LineFramer(InputStream stream, boolean first) {
        this.window = new ByteWindow(stream);
        this.first = first;
    }

    LineFramer(LineBlocks.Block block) {
        this.window = new ByteWindow(block.bytes(), block.length());
        this.first = block.first();
    }

    @Override
    public boolean next() throws IOException, BadRecord {
        do {
            int feed = lineFeed();
            int begin = window.mark();
            int end = feed < 0 ? window.end() : feed;
            if (feed < 0 && begin == end) {
                return false;
            }
            window.moveMark(feed < 0 ? end : end + 1);
            if (end - begin > RecordLimits.LENGTH_MAX) {
                keepBeginning(begin);
                throw new BadRecord(Reason.OVERSIZE);
            }
            trim(begin, end);
        } while (length == 0);
        return true;
    }

    /** Where the line ends that begins at the mark; -1 if the stream ends first. */
    private int lineFeed() throws IOException, BadRecord {
        int seen = 0;
        while (true) {
            byte[] there = window.bytes();
            int end = window.end();
            for (int i = window.mark() + seen; i < end; i++) {
                if (there[i] == '\n') {
                    return i;
                }
            }
            seen = end - window.mark();
            if (seen > RecordLimits.LENGTH_MAX) {
                skipLine();
                throw new BadRecord(Reason.OVERSIZE);
            }
            if (!window.fill()) {
                return -1;
            }
        }
    }

    /** Passes to the end of the line, keeping its beginning for the message. */
    private void skipLine() throws IOException {
        keepBeginning(window.mark());
        boolean more = true;
        while (more) {
            int i = window.mark();
            while (i < window.end() && window.bytes()[i] != '\n') {
                i++;
            }
            boolean found = i < window.end();
            window.moveMark(found ? i + 1 : i);
            more = !found && window.fill();
        }
    }

    /** The same whether the line's end has been seen or not: what is shown does not depend on how the stream was read. */
    private void keepBeginning(int begin) {
        bytes = Arrays.copyOfRange(window.bytes(), begin, begin + Tally.SAMPLE_LENGTH_MAX);
        offset = 0;
        length = bytes.length;
        first = false;
    }

    private void trim(int from, int to) {
        bytes = window.bytes();
        int begin = from;
        int end = to;
        if (first && end - begin >= 3 && bytes[begin] == (byte) 0xef && bytes[begin + 1] == (byte) 0xbb) {
            begin += 3; // the byte order mark of UTF-8
        }
        first = false;
        while (end > begin && (bytes[end - 1] == '\r' || bytes[end - 1] == ' ')) {
            end--;
        }
        offset = begin;
        length = end - begin;
    }

    @Override
    public byte[] bytes() {
        return bytes;
    }

    @Override
    public int offset() {
        return offset;
    }

    @Override
    public int length() {
        return length;
    }
}
