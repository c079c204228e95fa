package org.maftia.core.ordering;

/**
 * When to ask again. Frames are not lost while a link holds, they are late: whoever repeats its questions at a fixed rate
 * fills a slow link with them, and with their answers. So each time that everybody was asked, the next round takes twice
 * as long, up to a bound. A link that comes up again starts anew, as what was under way on it is lost.
 */
final class Backoff {
    /** Doubled so often every interval is beyond any bound. */
    private static final int DOUBLINGS_MAX = 30;

    private Backoff() {}

    /**
     * How long to wait after a question.
     *
     * @param firstMicros the interval of the first round
     * @param before how many times this was asked before
     * @param choices how many there are to be asked, one after the other; positive
     * @param mostMicros no interval is longer
     */
    static long micros(long firstMicros, int before, int choices, long mostMicros) {
        return Math.min(mostMicros, firstMicros << Math.min(DOUBLINGS_MAX, before / choices));
    }
}
