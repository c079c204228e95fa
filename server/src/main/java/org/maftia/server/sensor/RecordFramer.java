package org.maftia.server.sensor;

import java.io.IOException;

/** Cuts a stream into records, none longer than {@link RecordLimits#LENGTH_MAX}. For one thread. */
interface RecordFramer {
    /**
     * Moves to the next record.
     *
     * @return false at the end of the stream
     * @throws BadRecord when one had to be passed over; the next call goes on behind it
     */
    boolean next() throws IOException, BadRecord;

    /** The bytes in which the record stands; valid up to the next call of {@link #next}. */
    byte[] bytes();

    int offset();

    /** Of the record, or after a {@link BadRecord} of what of it can be shown. */
    int length();
}
