package org.maftia.server.openid;

import com.fasterxml.jackson.databind.node.ObjectNode;
import org.maftia.server.gateway.Answer;
import org.maftia.services.jose.StrictJson;
import org.maftia.services.openid.PossessionProof;
import org.maftia.services.openid.ProviderAnswer.Fault;

/** A request is refused, in OAuth's words (RFC 6749, section 5.2). */
final class OAuthException extends Exception {
    private static final long serialVersionUID = 1;
    static final String NONCE_HEADER = "DPoP-Nonce";
    private static final String JSON = "application/json";

    /** RFC 9449, sections 7.1 and 8. */
    static final String INVALID_PROOF = "invalid_dpop_proof";

    private static final String USE_NONCE = "use_dpop_nonce";

    private final int status;
    private final String error;
    private final String sentence;
    private final long retryAfterSeconds;

    /** What a proof of possession must name; empty where that is not what is wrong. */
    private final String nonce;

    OAuthException(int status, String error, String sentence) {
        this(status, error, sentence, status == 503 ? 1 : 60, "");
    }

    private OAuthException(int status, String error, String sentence, long retryAfterSeconds, String nonce) {
        super(sentence);
        this.retryAfterSeconds = retryAfterSeconds;
        this.nonce = nonce;
        this.status = status;
        this.error = error;
        this.sentence = sentence;
    }

    static OAuthException invalidRequest(String sentence) {
        return new OAuthException(400, "invalid_request", sentence);
    }

    /** The proof named no nonce of the group, or an old one. */
    static OAuthException useNonce(int status, String nonce) {
        return new OAuthException(status, USE_NONCE, "the proof must name the nonce of the provider", 0, nonce);
    }

    boolean wantsNonce() {
        return error.equals(USE_NONCE);
    }

    static OAuthException of(Fault fault, String sentence) {
        return new OAuthException(fault == Fault.INVALID_CLIENT ? 401 : 400, fault.word(), sentence);
    }

    /** Somebody, or something for somebody, was asked for too often. */
    static OAuthException tooMany(long seconds) {
        return new OAuthException(
                429, "temporarily_unavailable", "there were too many requests: come back later", seconds, "");
    }

    /** The group, or this gateway, has too much to do. */
    static OAuthException busy() {
        return new OAuthException(
                503, "temporarily_unavailable", "the group is busy or did not answer in time: come back");
    }

    String error() {
        return error;
    }

    String sentence() {
        return sentence;
    }

    Answer answer() {
        ObjectNode json = StrictJson.create().put("error", error).put("error_description", sentence);
        Answer plain = new Answer(status, JSON, StrictJson.bytes(json));
        Answer answer = nonce.isEmpty() ? plain : plain.with(NONCE_HEADER, nonce);
        return switch (status) {
            case 401 -> answer.with("WWW-Authenticate", challenge());
            case 429, 503 -> answer.retryAfter(retryAfterSeconds);
            default -> answer;
        };
    }

    /** RFC 6750, section 3, for bearer tokens; RFC 9449, section 7.1, for others; clients show their secrets by Basic. */
    private String challenge() {
        if (error.equals(INVALID_PROOF) || wantsNonce()) {
            return "DPoP error=\"" + error + "\", algs=\"" + PossessionProof.ALGORITHMS + "\"";
        }
        return error.equals("invalid_token") ? "Bearer error=\"invalid_token\"" : "Basic realm=\"clients\"";
    }
}
