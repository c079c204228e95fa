package org.maftia.server.gateway;

import java.security.cert.X509Certificate;
import org.maftia.services.jose.JsonWebKey;

/**
 * What parties of an exchange must know of the trusted party.
 *
 * @param key under which it signs what it decides; its thumbprint is how offers name it
 * @param certificate of the key, issued by the group's root
 */
public record ExchangeInfo(JsonWebKey.Rsa key, X509Certificate certificate) {}
