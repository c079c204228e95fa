package org.maftia.services.openid;

import org.maftia.core.wire.Digest;

/**
 * What the group's own authority says of its certificates, at the same place of the log at every replica: so a revocation holds
 * from the next command on, and no list has to be fetched, believed or waited for.
 */
@FunctionalInterface
public interface OwnCertificates {
    /** Of a group that has no authority. */
    OwnCertificates NONE = (serial, certificate) -> false;

    /**
     * Whether the authority issued this very certificate and has not revoked it.
     *
     * @param serial without leading zeros
     * @param certificate SHA-256 of its DER
     */
    boolean isGood(byte[] serial, Digest certificate);
}
