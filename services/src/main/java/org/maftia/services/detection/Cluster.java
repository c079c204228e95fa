package org.maftia.services.detection;

/**
 * Alarms that most probably have one root cause.
 *
 * @param where what they have in common; each attribute at some level of its hierarchy
 * @param sizeMin how many alarms the miner asked for when it found this
 * @param tuples how many rows of the table it covers
 * @param tally of the alarms that it covers and no cluster before it did
 */
public record Cluster(Tuple where, long sizeMin, int tuples, Tally tally) {}
