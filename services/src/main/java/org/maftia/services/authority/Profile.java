package org.maftia.services.authority;

import java.util.Optional;
import org.maftia.core.wire.MalformedException;
import org.maftia.core.wire.Reader;

/** What a client may choose of its certificate. */
enum Profile {
    CLASSIC("classic", "for web servers; as long as the configuration says"),
    SHORT_LIVED("shortlived", "for web servers that renew daily; six days"),
    CLIENT("tlsclient", "for clients that show who they are; as long as the configuration says");

    /** Days of a {@link #SHORT_LIVED} certificate: shorter than a revocation list takes to be of use everywhere. */
    static final int SHORT_DAYS = 6;

    private final String word;
    private final String description;

    Profile(String word, String description) {
        this.word = word;
        this.description = description;
    }

    String word() {
        return word;
    }

    String description() {
        return description;
    }

    /** Whether it is for clients of TLS, and for no servers. */
    boolean isForClients() {
        return this == CLIENT;
    }

    long seconds(AuthorityPolicy policy) {
        return 86_400L * (this == SHORT_LIVED ? SHORT_DAYS : policy.lifeDays());
    }

    static Optional<Profile> of(String word) {
        for (Profile profile : values()) {
            if (profile.word.equals(word)) {
                return Optional.of(profile);
            }
        }
        return Optional.empty();
    }

    static Profile read(Reader reader) {
        int code = reader.u8();
        if (code >= values().length) {
            throw new MalformedException("no profile: " + code);
        }
        return values()[code];
    }
}
