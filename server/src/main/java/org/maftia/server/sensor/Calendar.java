package org.maftia.server.sensor;

/** The Gregorian calendar, by numbers: the readers ask it for each record. */
final class Calendar {
    /** 400 years repeat, leap days included. */
    private static final int ERA_YEARS = 400;

    private static final int ERA_DAYS = 146_097;

    /** From 0000-03-01, where this reckoning begins, to 1970-01-01. */
    private static final int DAYS_TO_1970 = 719_468;

    private Calendar() {}

    static boolean isLeap(int year) {
        return year % 4 == 0 && (year % 100 != 0 || year % ERA_YEARS == 0);
    }

    /** Whether the calendar has this day. */
    static boolean isDay(int year, int month, int day) {
        return year >= 1970 && month >= 1 && month <= 12 && day >= 1 && day <= length(year, month);
    }

    private static int length(int year, int month) {
        return switch (month) {
            case 2 -> isLeap(year) ? 29 : 28;
            case 4, 6, 9, 11 -> 30;
            default -> 31;
        };
    }

    /** Days since 1970 of a day that {@link #isDay is one}. Years are counted from March, so that a leap day ends one. */
    static long epochDay(int year, int month, int day) {
        int marchYear = month <= 2 ? year - 1 : year;
        int marchMonth = month <= 2 ? month + 9 : month - 3;
        int dayOfYear = (153 * marchMonth + 2) / 5 + day - 1; // months from March: 31 30 31 30 31 31 30 31 30 31 31
        int yearOfEra = marchYear % ERA_YEARS;
        int dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear;
        return (long) marchYear / ERA_YEARS * ERA_DAYS + dayOfEra - DAYS_TO_1970;
    }

    /** January to December by their English names of three letters, 1 to 12, or 0. */
    static int month(CharSequence name) {
        int at = name.length() == 3 ? "JanFebMarAprMayJunJulAugSepOctNovDec".indexOf(name.toString()) : -1;
        return at < 0 || at % 3 != 0 ? 0 : at / 3 + 1;
    }
}
