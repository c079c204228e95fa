package org.maftia.server.sensor;

import java.io.IOException;
import java.io.InputStream;

/**
 * Records that are JSON objects in one array, or one behind the other, spread over lines as they like. Looks only at
 * braces, brackets and texts; whether a record is well formed the parser says.
 *
 * <p>A record that lacks its end would swallow all that follow. So where two records have begun at the same column of a
 * line of their own, an opening brace at that column ends the one before it, which is then refused.
 */
final class JsonFramer implements RecordFramer {
    private static final int UNKNOWN = -1;

    private final ByteWindow window;
    private byte[] skipped = new byte[0]; // what is shown of a record that was given up
    private int length; // of the record in the window; 0 for one that was given up
    private int position; // of the next byte to look at, behind the mark
    private int column; // blanks since the line began, or UNKNOWN once there was anything else
    private int recordColumn = UNKNOWN; // where the record before began its line
    private int columnOfAll = UNKNOWN; // once two in a row began there
    private int depth;
    private boolean inText;
    private boolean escaped;

    JsonFramer(InputStream stream) {
        this.window = new ByteWindow(stream);
    }

    @Override
    public boolean next() throws IOException, BadRecord {
        window.moveMark(window.mark() + position);
        position = 0;
        length = 0;
        if (!findBegin()) {
            return false;
        }
        depth = 0;
        inText = false;
        escaped = false;
        while (true) {
            if (window.mark() + position == window.end() && !window.fill()) {
                length = position;
                throw new BadRecord(Reason.CUT);
            }
            if (position > RecordLimits.LENGTH_MAX) {
                skipToRecord();
                throw new BadRecord(Reason.OVERSIZE);
            }
            byte b = window.bytes()[window.mark() + position];
            boolean nextBegins = b == '{' && column != UNKNOWN && column == columnOfAll && position > 0;
            if (nextBegins) {
                length = position;
                throw new BadRecord(Reason.SYNTAX);
            }
            position++;
            follow(b);
            if (depth == 0) {
                length = position;
                return true;
            }
            if (depth > RecordLimits.NESTING_MAX) {
                skipToRecord();
                throw new BadRecord(Reason.NESTING);
            }
        }
    }

    private void follow(byte b) {
        noteColumn(b);
        if (escaped) {
            escaped = false;
        } else if (inText) {
            escaped = b == '\\';
            inText = b != '"' && b != '\n'; // no text of JSON has a line feed in it: it lost its end
        } else {
            switch (b) {
                case '"' -> inText = true;
                case '{', '[' -> depth++;
                case '}', ']' -> depth--;
                default -> {
                    // part of a number, a word, or blank
                }
            }
        }
    }

    private void noteColumn(byte b) {
        if (b == '\n') {
            column = 0;
        } else if (b == ' ' || b == '\t') {
            column = column == UNKNOWN ? UNKNOWN : column + 1;
        } else {
            column = UNKNOWN;
        }
    }

    /** Moves the mark to the brace that begins the next record. */
    private boolean findBegin() throws IOException, BadRecord {
        while (true) {
            if (window.mark() == window.end() && !window.fill()) {
                return false;
            }
            byte b = window.bytes()[window.mark()];
            if (b == '{') {
                columnOfAll = column == recordColumn ? column : UNKNOWN;
                recordColumn = column;
                return true;
            }
            noteColumn(b);
            boolean between = b <= ' ' || b == ',' || b == '[' || b == ']'; // and all of a byte order mark is negative
            if (between) {
                window.moveMark(window.mark() + 1);
            } else {
                skipToRecord();
                throw new BadRecord(Reason.SYNTAX);
            }
        }
    }

    /**
     * Gives up what begins at the mark. Looks for a line that begins with a brace, at the records' column if one is known,
     * and leaves what can be shown of the record in the window.
     */
    private void skipToRecord() throws IOException {
        int shown = Math.min(Tally.SAMPLE_LENGTH_MAX, window.end() - window.mark());
        byte[] bytes = new byte[shown];
        System.arraycopy(window.bytes(), window.mark(), bytes, 0, shown);
        window.moveMark(window.mark() + position);
        position = 0;
        skipped = bytes;
        while (window.mark() < window.end() || window.fill()) {
            byte b = window.bytes()[window.mark()];
            if (b == '{' && column != UNKNOWN && (columnOfAll == UNKNOWN || column == columnOfAll)) {
                return;
            }
            noteColumn(b);
            window.moveMark(window.mark() + 1);
        }
    }

    @Override
    public byte[] bytes() {
        return length > 0 ? window.bytes() : skipped;
    }

    @Override
    public int offset() {
        return length > 0 ? window.mark() : 0;
    }

    @Override
    public int length() {
        return length > 0 ? length : skipped.length;
    }
}
