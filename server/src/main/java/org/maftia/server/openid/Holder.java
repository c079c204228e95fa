package org.maftia.server.openid;

import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.TimeoutException;
import org.maftia.core.crypto.Transcript;
import org.maftia.core.wire.Digest;
import org.maftia.core.wire.MalformedException;
import org.maftia.services.jose.StrictJson;
import org.maftia.services.openid.PossessionProof;
import org.maftia.services.openid.ProviderFact;

/**
 * Whether who shows an access token holds the key to which it is bound (RFC 9449, section 7; RFC 8705, section 3). This gateway
 * judges it alone: what is shown with a token orders nothing.
 */
final class Holder {
    /** Proofs that were shown while their nonce is good: some hundred a second. */
    private static final int SHOWN_MAX = 65_536;

    /** Longer than any nonce is good. */
    private static final long SHOWN_MILLIS = 600_000;

    private static final String PATH = "/userinfo";

    private final ProviderPort port;
    private final InstantSource clock;

    /** When a proof is of no use any more, by its name. */
    private final SortedMap<Digest, Long> shown = new TreeMap<>();

    Holder(ProviderPort port, InstantSource clock) {
        this.port = port;
        this.clock = clock;
    }

    /**
     * Checks a proof against what the group gives out.
     *
     * @return the nonce to name next
     * @throws OAuthException with that nonce, when the proof names an old one
     */
    String requireNonce(PossessionProof proof, int status)
            throws OAuthException, TimeoutException, InterruptedException {
        ProviderFact.Nonce nonces = port.nonce(clock);
        String present = StrictJson.base64(nonces.present().toBytes());
        boolean former = !nonces.former().equals(Digest.ZERO)
                && proof.nonce().equals(StrictJson.base64(nonces.former().toBytes()));
        if (!proof.nonce().equals(present) && !former) {
            throw OAuthException.useNonce(status, present);
        }
        return present;
    }

    static PossessionProof read(String text, int status) throws OAuthException {
        try {
            return PossessionProof.read(text);
        } catch (MalformedException e) {
            throw new OAuthException(status, OAuthException.INVALID_PROOF, "the proof is none: " + e.getMessage());
        }
    }

    private static OAuthException wrong(String sentence) {
        return new OAuthException(401, OAuthException.INVALID_PROOF, sentence);
    }

    /**
     * @param claims of a token that the group signed
     * @param proved whether it was shown as one that is bound to a key
     * @throws OAuthException when somebody else shows it
     */
    void require(Call call, OpenIdInfo info, StrictJson claims, String token, boolean proved)
            throws OAuthException, TimeoutException, InterruptedException {
        Optional<StrictJson> confirmed = claims.has("cnf") ? Optional.of(claims.child("cnf")) : Optional.empty();
        boolean toKey = confirmed.map(cnf -> cnf.has("jkt")).orElse(false);
        if (toKey != proved) {
            throw new OAuthException(401, "invalid_token", "the token must be shown as DPoP if it is bound to a key");
        }
        if (toKey) {
            requireProof(call, info, confirmed.get().text("jkt"), token);
        } else if (confirmed.isPresent()) {
            String wanted = confirmed.get().text("x5t#S256");
            boolean own = call.certificate()
                    .filter(shownOne -> StrictJson.base64(shownOne.toBytes()).equals(wanted))
                    .isPresent();
            if (!own) {
                throw new OAuthException(401, "invalid_token", "the token is bound to another certificate");
            }
        }
    }

    private void requireProof(Call call, OpenIdInfo info, String key, String token)
            throws OAuthException, TimeoutException, InterruptedException {
        PossessionProof proof = read(call.possession(), 401);
        Digest hash = Transcript.sha256(token.getBytes(StandardCharsets.US_ASCII));
        String place = proof.place();
        boolean here = place.endsWith(PATH)
                && info.policy().isIssuer(place.substring(0, place.length() - PATH.length()), info.gateway());
        if (!here || !proof.method().equals(call.request().prologue().method().text())) {
            throw wrong("the proof is for another request");
        }
        if (!StrictJson.base64(proof.key().toBytes()).equals(key)
                || !proof.tokenHash().equals(Optional.of(hash))) {
            throw wrong("the proof is by another key, or for another token");
        }
        requireNonce(proof, 401);
        requireNew(Transcript.of("shown proof")
                .field(proof.key())
                .field(proof.id())
                .digest());
    }

    private synchronized void requireNew(Digest name) throws OAuthException {
        long now = clock.millis();
        if (shown.size() >= SHOWN_MAX) {
            shown.values().removeIf(due -> due <= now);
        }
        if (shown.size() >= SHOWN_MAX) {
            throw OAuthException.busy();
        }
        Long due = shown.putIfAbsent(name, now + SHOWN_MILLIS);
        if (due != null && due > now) {
            throw wrong("the proof was shown before");
        }
        shown.put(name, now + SHOWN_MILLIS);
    }
}
