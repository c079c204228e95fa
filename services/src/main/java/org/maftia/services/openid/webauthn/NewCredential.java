package org.maftia.services.openid.webauthn;

/**
 * A passkey that was made.
 *
 * @param id its name, which the authenticator chose
 * @param key public, as the authenticator wrote it
 * @param counter of its signatures so far; 0 where it counts none
 */
public record NewCredential(byte[] id, byte[] key, long counter) {}
