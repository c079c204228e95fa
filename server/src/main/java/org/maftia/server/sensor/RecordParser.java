package org.maftia.server.sensor;

import org.jspecify.annotations.Nullable;
import org.maftia.services.detection.Alarm;

/**
 * Makes an alarm of one record of one format. Keeps nothing between records except reused buffers, and what a header said of
 * the columns (see {@link FormatFinder.Found#divisible}); for one thread.
 */
interface RecordParser {
    /**
     * The alarm, or null where the record is sound but none, which the parser has noted in the tally.
     *
     * @param bytes the record stands in them from {@code offset} on, {@code length} bytes
     * @throws BadRecord when it is not sound; nothing else is thrown, whatever the bytes
     */
    @Nullable
    Alarm parse(byte[] bytes, int offset, int length) throws BadRecord;
}
