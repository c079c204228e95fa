package org.maftia.server.sensor;

import org.jspecify.annotations.Nullable;
import org.maftia.services.detection.Alarm;

/**
 * A moment as a sensor wrote it. Fractions are read digit by digit and cut off behind the microsecond, never through a
 * floating-point number, which would move a moment of today by up to a quarter of a microsecond.
 *
 * @param micros since 1970 in UTC, not negative
 * @param zoned whether the text said where it stands against UTC; otherwise UTC was assumed
 */
record Timestamp(long micros, boolean zoned) {
    static final long SECOND_MICROS = 1_000_000;

    private static final int FRACTION_DIGITS = 6;
    private static final int DAY_SECONDS = 86_400;
    private static final long SECONDS_1900_TO_1970 = 2_208_988_800L;

    /** Eleven digits of seconds reach beyond the year 5000. */
    private static final int EPOCH_DIGITS_MAX = 11;

    /**
     * Reads {@code 2020-08-06T05:19:48.886764+0000} and its kin (RFC 3339, ISO 8601): the offset with a colon, without, as
     * {@code Z} or missing; a blank for the {@code T}; any number of digits of the fraction; second 60 is the first of the next
     * minute.
     *
     * @return null where the text is no such moment
     */
    static @Nullable Timestamp iso(CharSequence text) {
        TextScan scan = new TextScan(text);
        int year = scan.digits(4, 4);
        scan.expect('-');
        int month = scan.digits(2, 2);
        scan.expect('-');
        int day = scan.digits(2, 2);
        if (!scan.accept('T') && !scan.accept('t')) {
            scan.expect(' ');
        }
        long micros = time(scan, year, month, day);
        if (scan.isFailed() || micros < 0) {
            return null;
        }
        if (scan.isAtEnd()) {
            return of(micros, false);
        }
        long offset = offsetSeconds(scan);
        return scan.isFailed() || !scan.isAtEnd() ? null : of(micros - offset * SECOND_MICROS, true);
    }

    /** Reads whole seconds since 1970 with or without a decimal fraction: {@code 1642213952.25}. */
    static @Nullable Timestamp epochSeconds(CharSequence text) {
        TextScan scan = new TextScan(text);
        long seconds = scan.number(1, EPOCH_DIGITS_MAX);
        long fraction = scan.accept('.') ? fraction(scan) : 0;
        return scan.isFailed() || !scan.isAtEnd() ? null : of(seconds * SECOND_MICROS + fraction, true);
    }

    /** Reads whole milliseconds since 1970, as Zeek writes them if it was told to. */
    static @Nullable Timestamp epochMillis(CharSequence text) {
        TextScan scan = new TextScan(text);
        long millis = scan.number(1, EPOCH_DIGITS_MAX + 3);
        return scan.isFailed() || !scan.isAtEnd() ? null : of(1000 * millis, true);
    }

    /** Reads whole microseconds since 1970, as journald has them. */
    static @Nullable Timestamp epochMicros(CharSequence text) {
        TextScan scan = new TextScan(text);
        long micros = scan.number(1, EPOCH_DIGITS_MAX + FRACTION_DIGITS);
        return scan.isFailed() || !scan.isAtEnd() ? null : of(micros, true);
    }

    /**
     * Reads {@code 0xbc72423b.0x00000000}, seconds and their fraction of 32 bits since 1900 (RFC 4765 section 3.4.9). Without
     * its highest bit the count has run over in 2036 (RFC 4330 section 3).
     */
    static @Nullable Timestamp ntp(CharSequence text) {
        String stamp = text.toString();
        boolean shaped = stamp.matches("0x[0-9a-fA-F]{1,8}\\.0x[0-9a-fA-F]{1,8}");
        if (!shaped) {
            return null;
        }
        int point = stamp.indexOf('.');
        long seconds = Long.parseLong(stamp, 2, point, 16);
        long fraction = Long.parseLong(stamp, point + 3, stamp.length(), 16);
        long since1900 = seconds < 1L << 31 ? seconds + (1L << 32) : seconds;
        return of((since1900 - SECONDS_1900_TO_1970) * SECOND_MICROS + ((fraction * SECOND_MICROS) >>> 32), true);
    }

    /** Of a day and what stands of {@code HH:MM:SS[.fraction]}; negative where there is no such moment. */
    static long time(TextScan scan, int year, int month, int day) {
        int hour = scan.digits(2, 2);
        scan.expect(':');
        int minute = scan.digits(2, 2);
        scan.expect(':');
        int second = scan.digits(2, 2);
        long fraction = scan.accept('.') || scan.accept(',') ? fraction(scan) : 0;
        boolean valid = Calendar.isDay(year, month, day) && hour < 24 && minute < 60 && second <= 60;
        if (scan.isFailed() || !valid) {
            return -1;
        }
        long seconds = Calendar.epochDay(year, month, day) * DAY_SECONDS + hour * 3_600L + minute * 60L + second;
        return seconds * SECOND_MICROS + fraction;
    }

    private static long fraction(TextScan scan) {
        long micros = 0;
        int count = 0;
        while (scan.isAtDigit()) {
            int digit = scan.digit();
            micros = count < FRACTION_DIGITS ? 10 * micros + digit : micros;
            count++;
        }
        if (count == 0) {
            scan.fail();
        }
        for (int i = count; i < FRACTION_DIGITS; i++) {
            micros *= 10;
        }
        return micros;
    }

    private static long offsetSeconds(TextScan scan) {
        if (scan.accept('Z') || scan.accept('z')) {
            return 0;
        }
        int sign = scan.accept('+') ? 1 : -1;
        if (sign < 0) {
            scan.expect('-');
        }
        int hours = scan.digits(2, 2);
        boolean colon = scan.accept(':');
        int minutes = colon || !scan.isAtEnd() ? scan.digits(2, 2) : 0;
        if (hours > 23 || minutes > 59) {
            scan.fail();
        }
        return sign * (hours * 3_600L + minutes * 60L);
    }

    private static @Nullable Timestamp of(long micros, boolean zoned) {
        return micros < 0 || micros >= Alarm.TIME_MICROS_END ? null : new Timestamp(micros, zoned);
    }

    /** The same, of a number that was checked elsewhere. */
    static @Nullable Timestamp unzoned(long micros) {
        return of(micros, false);
    }
}
