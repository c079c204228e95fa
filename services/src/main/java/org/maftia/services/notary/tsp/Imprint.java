package org.maftia.services.notary.tsp;

import java.util.Optional;

/** The digests that may be stamped: none with known weaknesses. */
public enum Imprint {
    SHA_256("2.16.840.1.101.3.4.2.1", 32),
    SHA_384("2.16.840.1.101.3.4.2.2", 48),
    SHA_512("2.16.840.1.101.3.4.2.3", 64);

    private final String oid;
    private final int length;

    Imprint(String oid, int length) {
        this.oid = oid;
        this.length = length;
    }

    /** Its object identifier (RFC 5754). */
    public String oid() {
        return oid;
    }

    /** Bytes of a digest. */
    public int length() {
        return length;
    }

    static Optional<Imprint> of(String oid) {
        for (Imprint imprint : values()) {
            if (imprint.oid.equals(oid)) {
                return Optional.of(imprint);
            }
        }
        return Optional.empty();
    }
}
