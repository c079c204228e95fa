package org.maftia.wormhole;

import org.maftia.wormhole.certificate.EpochCertificate;
import org.maftia.wormhole.certificate.Header;
import org.maftia.wormhole.certificate.SigningKey;

/**
 * Who the component is in this epoch.
 *
 * @param header group, number and epoch, under protocol 0
 * @param identityKey P-256, x and y: outlives epochs; the group knows it from its genesis
 * @param evidence the identity key's word for the keys of this epoch
 */
public record Identity(Header header, SigningKey identityKey, EpochCertificate evidence) {}
