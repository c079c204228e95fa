package org.maftia.server.sensor;

import java.time.LocalDate;

/** The year of a time that was written without one: the newest that is not in the future. */
final class YearGuess {
    /** A clock a little ahead of ours must not be put a year back. */
    private static final long AHEAD_MICROS = 86_400 * Timestamp.SECOND_MICROS;

    /** Between two leap days lie eight years at most: 1896 and 1904, 2096 and 2104. */
    private static final int YEARS_MAX = 8;

    private YearGuess() {}

    /**
     * The year, or 0 if no year fits.
     *
     * @param nowMicros what is future begins a day later
     * @param clock {@code HH:MM:SS} and more
     */
    static int newest(long nowMicros, int month, int day, String clock) {
        int thisYear = LocalDate.ofEpochDay((nowMicros + AHEAD_MICROS) / (86_400 * Timestamp.SECOND_MICROS))
                .getYear();
        for (int year = thisYear; year > thisYear - YEARS_MAX - 1; year--) {
            if (Calendar.isDay(year, month, day)) {
                long micros = Timestamp.time(new TextScan(clock), year, month, day);
                if (micros >= 0 && micros <= nowMicros + AHEAD_MICROS) {
                    return year;
                }
            }
        }
        return 0;
    }
}
