package org.maftia.server.ceremony;

import java.util.Arrays;
import java.util.Optional;

/**
 * What a certified key of the group is for. A purpose belongs to one service, so that the key signs for that one alone
 * ({@link org.maftia.core.replica.KeyGrants}), and a service has one key for each padding; only the one that signs for others has
 * a key for each of their uses.
 */
public enum KeyPurpose {
    /** Tokens of RFC 3161. */
    TIME_STAMP("time-stamp", "notary"),

    /** Certificates of servers, revocation lists, answers about certificates. */
    AUTHORITY("authority", "authority"),

    /** Decisions about exchanges; receipts of registrations, which are signed messages of another type, too. */
    EXCHANGE("exchange", "exchange"),

    /** Tokens about who signed in; only of groups whose configuration names clients for them. */
    OPENID("openid", "openid"),

    /** Digests that callers bring: one key for each use that they make of it. */
    SIGNING("signing", "signing");

    private final String word;
    private final String service;

    KeyPurpose(String word, String service) {
        this.word = word;
        this.service = service;
    }

    /** Its name in documents. */
    public String word() {
        return word;
    }

    /** The name of the service that may have signatures made. */
    public String service() {
        return service;
    }

    static Optional<KeyPurpose> of(String word) {
        return Arrays.stream(values())
                .filter(purpose -> purpose.word.equals(word))
                .findFirst();
    }
}
