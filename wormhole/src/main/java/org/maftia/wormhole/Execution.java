package org.maftia.wormhole;

/** Where a timely execution stands. */
public enum Execution {
    PENDING,
    /** Done between its earliest and its latest instant. */
    ON_TIME,
    /** Its latest instant had passed: not done, except that keys are erased even then. */
    LATE
}
