package org.maftia.services.detection.benchmark;

import org.maftia.services.detection.Cluster;

/**
 * A cluster and what training says of it.
 *
 * @param cluster as mined
 * @param attacks alarms of training below it that belong to an attack, also those that an earlier cluster took
 * @param everyDay whether it was seen on each day of training
 * @param narrow whether it names a host, a role, an address or a subnet
 */
record Evidence(Cluster cluster, long attacks, boolean everyDay, boolean narrow) {}
