package org.maftia.server.sensor;

/** What one record may cost. */
final class RecordLimits {
    /** Suricata's largest records carry a payload of 64 KiB twice; more is no alarm but an attack on the reader. */
    static final int LENGTH_MAX = 1 << 20;

    /** No format here nests deeper than ten; a recursive reader would fall at some thousands. */
    static final int NESTING_MAX = 32;

    /** No name of a field or an element comes near it. */
    static final int NAME_LENGTH_MAX = 1024;

    /** Digits of one number: a time in microseconds has 16. */
    static final int NUMBER_LENGTH_MAX = 64;

    private RecordLimits() {}
}
