package org.maftia.simulator;

import org.maftia.core.crypto.Certifier;

/**
 * What a replica finds when it starts.
 *
 * @param replica its index
 * @param world the group that it belongs to
 * @param certifier signs for it
 * @param nowMicros its clock
 * @param incarnation counts its starts, from 0
 * @param diskLost whether it has run before and its journal is gone
 */
public record Boot(int replica, World world, Certifier certifier, long nowMicros, int incarnation, boolean diskLost) {}
