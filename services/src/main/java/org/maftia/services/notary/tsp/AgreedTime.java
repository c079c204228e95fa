package org.maftia.services.notary.tsp;

import java.time.LocalDate;

/** Prints agreed time as RFC 3161 wants it, without asking a calendar of the platform. */
public final class AgreedTime {
    private static final long MICROS_PER_DAY = 86_400_000_000L;

    /** The last microsecond of the year 9999: GeneralizedTime has four digits for the year. */
    private static final long MICROS_MAX = 253_402_300_799_999_999L;

    private AgreedTime() {}

    /** Whether a token can state this time: positive, as a group has no time before it has agreed on one. */
    public static boolean canBeStated(long micros) {
        return micros > 0 && micros <= MICROS_MAX;
    }

    /** GeneralizedTime in UTC: fraction only where there is one, without trailing zeros (section 2.4.2). */
    static String generalized(long micros) {
        long days = Math.floorDiv(micros, MICROS_PER_DAY);
        long ofDay = Math.floorMod(micros, MICROS_PER_DAY);
        LocalDate date = LocalDate.ofEpochDay(days);
        long seconds = ofDay / 1_000_000;
        StringBuilder text = new StringBuilder(24);
        digits(text, date.getYear(), 4);
        digits(text, date.getMonthValue(), 2);
        digits(text, date.getDayOfMonth(), 2);
        digits(text, seconds / 3600, 2);
        digits(text, seconds / 60 % 60, 2);
        digits(text, seconds % 60, 2);
        long fraction = ofDay % 1_000_000;
        if (fraction != 0) {
            text.append('.');
            digits(text, fraction, 6);
            while (text.charAt(text.length() - 1) == '0') {
                text.setLength(text.length() - 1);
            }
        }
        return text.append('Z').toString();
    }

    private static void digits(StringBuilder text, long value, int width) {
        String digits = Long.toString(value);
        for (int i = digits.length(); i < width; i++) {
            text.append('0');
        }
        text.append(digits);
    }
}
