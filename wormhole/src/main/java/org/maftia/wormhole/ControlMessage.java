package org.maftia.wormhole;

/**
 * A sealed message on its way from component to component.
 *
 * @param member index in the trusted view of the one that it is for
 * @param bytes at most 2,048, meant for the component alone
 */
public record ControlMessage(int member, byte[] bytes) {}
