package org.maftia.server.configuration;

/**
 * One {@code [[officer]]}: a person who, with enough others, may change who the group is.
 *
 * @param name for people and for the policy formula
 * @param key Ed25519 public key, in hex
 */
public record OfficerEntry(String name, String key) {}
