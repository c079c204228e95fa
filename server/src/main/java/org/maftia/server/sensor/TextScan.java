package org.maftia.server.sensor;

/** Reads a text from left to right; after the first thing that is not as expected it is failed and stays so. */
final class TextScan {
    private final CharSequence text;
    private int at;
    private boolean failed;

    TextScan(CharSequence text) {
        this(text, 0);
    }

    TextScan(CharSequence text, int from) {
        this.text = text;
        this.at = from;
    }

    boolean isFailed() {
        return failed;
    }

    boolean isAtEnd() {
        return at == text.length();
    }

    int position() {
        return at;
    }

    void fail() {
        failed = true;
    }

    boolean isAtDigit() {
        return at < text.length() && text.charAt(at) >= '0' && text.charAt(at) <= '9';
    }

    /** The digit that {@link #isAtDigit stands here}. */
    int digit() {
        return text.charAt(at++) - '0';
    }

    boolean accept(char c) {
        if (at < text.length() && text.charAt(at) == c) {
            at++;
            return true;
        }
        return false;
    }

    void expect(char c) {
        if (!accept(c)) {
            failed = true;
        }
    }

    /** Passes any number of blanks, at least one. */
    void blanks() {
        expect(' ');
        while (accept(' ')) {
            // each moves on
        }
    }

    /** A number of so many digits; 0 once failed. */
    int digits(int least, int most) {
        return (int) number(least, Math.min(most, 9));
    }

    /** A number of up to 18 digits; 0 once failed. */
    long number(int least, int most) {
        long value = 0;
        int count = 0;
        while (count < most && isAtDigit()) {
            value = 10 * value + digit();
            count++;
        }
        if (count < least) {
            failed = true;
        }
        return failed ? 0 : value;
    }

    /** What stands up to the next blank or the end, at most {@code most} characters. */
    String word(int most) {
        int begin = at;
        while (at < text.length() && text.charAt(at) != ' ') {
            at++;
        }
        if (at == begin || at - begin > most) {
            failed = true;
        }
        return failed ? "" : text.subSequence(begin, at).toString();
    }
}
