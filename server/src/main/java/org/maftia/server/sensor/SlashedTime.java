package org.maftia.server.sensor;

/**
 * The time that Suricata and Snort write into logs for people: {@code 08/06/2020-05:19:48.886764}. Suricata writes the year,
 * Snort none, or two digits of it if it was told to: version 2 behind month and day, version 3 before them. None of them
 * writes an offset.
 *
 * @param micros since 1970, as if it were UTC; negative for no moment
 * @param fullYear whether the year has four digits
 */
record SlashedTime(long micros, boolean fullYear) {
    private static final int CENTURY = 2000;

    /**
     * Reads one.
     *
     * @param three whether it is of version 3 of Snort
     * @param nowMicros a time without a year is in the newest year that is not after this
     */
    static SlashedTime read(String text, boolean three, long nowMicros) throws BadRecord {
        TextScan scan = new TextScan(text);
        int first = scan.digits(2, 2);
        scan.expect('/');
        int second = scan.digits(2, 2);
        int year = 0;
        int month = first;
        int day = second;
        boolean full = false;
        if (scan.accept('/')) {
            int begin = scan.position();
            int third = scan.digits(2, 4);
            full = scan.position() - begin == 4;
            boolean yearFirst = three && !full;
            year = full ? third : CENTURY + (yearFirst ? first : third);
            month = yearFirst ? second : first;
            day = yearFirst ? third : second;
        }
        scan.expect('-');
        if (year == 0) {
            year = YearGuess.newest(nowMicros, month, day, text.substring(scan.position()));
        }
        long micros = Timestamp.time(scan, year, month, day);
        if (scan.isFailed() || !scan.isAtEnd()) {
            throw new BadRecord(Reason.TIME);
        }
        return new SlashedTime(micros, full);
    }
}
