package org.maftia.wormhole;

/**
 * A duration that the component measured: the true one lies within the error of it.
 *
 * @param nanos what its clock says
 * @param errorNanos how far its clock may be off over so long
 */
public record Measured(long nanos, long errorNanos) {}
