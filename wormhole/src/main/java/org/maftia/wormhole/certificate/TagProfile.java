package org.maftia.wormhole.certificate;

/** How a statement is sealed. */
public enum TagProfile {
    /**
     * HMAC-SHA256 under a key that only the components of the group know. Transferable because any component verifies
     * it; whoever extracts the key from one component forges for all.
     */
    HMAC(1, 32),
    /** ECDSA on P-256 with SHA-256, {@code r | s}, under a key of this component and epoch; anybody verifies it. */
    P256(2, 64),
    /**
     * A {@link QuoteTag} by the attestation key of a TPM; anybody verifies it who has taken all links of the chain
     * before.
     */
    QUOTE(4, QuoteTag.LENGTH);

    private final int code;
    private final int length;

    TagProfile(int code, int length) {
        this.code = code;
        this.length = length;
    }

    /** As it stands in a seal; each a bit, so that a set of them has a number. */
    public int code() {
        return code;
    }

    /** Bytes of a tag. */
    public int length() {
        return length;
    }

    /**
     * @throws MalformedCertificateException if no profile has this code
     */
    public static TagProfile of(int code) {
        return switch (code) {
            case 1 -> HMAC;
            case 2 -> P256;
            case 4 -> QUOTE;
            default -> throw new MalformedCertificateException("no such profile of tags");
        };
    }
}
