package org.maftia.server.sensor;

import org.jspecify.annotations.Nullable;

/**
 * What a parser knows besides the record.
 *
 * @param sensor the name of the sensor where the record names none
 * @param input the name of the input, from which Zeek's file kind can be told
 * @param nowMicros since 1970: the latest year a time without a year may be in; the time of a record that has none
 * @param tally counts what is no alarm
 * @param titles learns the sensors' words for types
 */
record ParserSetting(String sensor, String input, long nowMicros, Tally tally, TypeTitles titles) {
    /** Counts the time that is taken, or refuses the record for want of one. */
    Timestamp checked(@Nullable Timestamp time) throws BadRecord {
        if (time == null) {
            throw new BadRecord(Reason.TIME);
        }
        if (!time.zoned()) {
            tally.countUnzoned();
        }
        return time;
    }
}
