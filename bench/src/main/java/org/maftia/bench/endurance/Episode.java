package org.maftia.bench.endurance;

/**
 * One fault from its beginning until the group was well again.
 *
 * @param detail to whom it was done, and what came of it
 * @param endMicros when the fault was taken away
 * @param wellMicros when every replica was well again
 */
record Episode(FaultKind kind, String detail, long beginMicros, long endMicros, long wellMicros) {}
