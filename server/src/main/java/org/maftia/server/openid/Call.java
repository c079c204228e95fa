package org.maftia.server.openid;

import io.helidon.http.HeaderName;
import io.helidon.http.HeaderNames;
import io.helidon.http.Status;
import io.helidon.webserver.http.Handler;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.cert.Certificate;
import java.security.cert.CertificateEncodingException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.TimeoutException;
import org.maftia.core.crypto.Transcript;
import org.maftia.core.wire.Digest;
import org.maftia.server.gateway.Answer;
import org.maftia.server.gateway.BodyHandler;
import org.maftia.server.gateway.Submission;
import org.maftia.services.openid.BearerSecret;
import org.maftia.services.openid.Caller;

/**
 * A request of a client or a browser.
 *
 * @param body empty where there is none
 */
record Call(ServerRequest request, byte[] body) {
    /** An attestation in base64url, and names; forms are shorter. */
    static final int BODY_LENGTH_MAX = 16 << 10;

    private static final HeaderName PROOF = HeaderNames.create("DPoP");

    static final String SESSION_COOKIE = "__Host-maftia-session";
    static final String ATTEMPT_COOKIE = "__Host-maftia-attempt";

    /** What answers a request; may block, as every request has a virtual thread of its own. */
    @FunctionalInterface
    interface Endpoint {
        Answer answer(Call call) throws OAuthException, TimeoutException, InterruptedException;
    }

    /** Whatever comes of a request is an answer in OAuth's words, and kept by nobody. */
    static Handler handler(Endpoint endpoint) {
        return (request, response) -> send(request, response, answer(endpoint, new Call(request, new byte[0])));
    }

    /** The same for requests with a body of one media type. */
    static Handler handler(String type, Endpoint endpoint) {
        return (request, response) -> {
            Answer answer;
            try {
                answer = answer(endpoint, new Call(request, body(request, type)));
            } catch (OAuthException e) {
                answer = e.answer();
            }
            send(request, response, answer);
        };
    }

    private static Answer answer(Endpoint endpoint, Call call) throws InterruptedException {
        try {
            return endpoint.answer(call);
        } catch (OAuthException e) {
            return e.answer();
        } catch (Submission.Busy | TimeoutException e) {
            return OAuthException.busy().answer();
        }
    }

    private static byte[] body(ServerRequest request, String type) throws OAuthException {
        boolean fits = request.headers()
                .first(HeaderNames.CONTENT_TYPE)
                .filter(given ->
                        given.split(";", 2)[0].strip().toLowerCase(Locale.ROOT).equals(type))
                .isPresent();
        if (!fits) {
            throw new OAuthException(415, "invalid_request", "the content type must be " + type);
        }
        try {
            byte[] body = BodyHandler.read(request, BODY_LENGTH_MAX);
            if (body.length > BODY_LENGTH_MAX) {
                throw new OAuthException(413, "invalid_request", "the request may have " + BODY_LENGTH_MAX + " bytes");
            }
            return body;
        } catch (IOException e) {
            throw OAuthException.invalidRequest("the request broke off");
        }
    }

    private static void send(ServerRequest request, ServerResponse response, Answer answer) {
        response.status(Status.create(answer.status()));
        if (answer.body().length > 0) {
            response.header(HeaderNames.CONTENT_TYPE, answer.contentType());
        }
        response.header(HeaderNames.CACHE_CONTROL, "no-store");
        response.header("X-Content-Type-Options", "nosniff");
        response.header("Referrer-Policy", "no-referrer");
        if (answer.retryAfterSeconds() > 0) {
            response.header(HeaderNames.RETRY_AFTER, Long.toString(answer.retryAfterSeconds()));
        }
        answer.headers().forEach((name, value) -> response.header(HeaderNames.create(name), value));
        if (!request.content().consumed()) {
            response.header(HeaderNames.CONNECTION, "close"); // part of the body may still be on its way
        }
        response.send(answer.body());
    }

    Form form() throws OAuthException {
        return Form.of(new String(body, StandardCharsets.ISO_8859_1));
    }

    Form query() throws OAuthException {
        return Form.of(request.query().rawValue());
    }

    /** The place at which the client reached this gateway, if it is one of the group's. */
    String base(OpenIdInfo info) {
        String asked = "https://" + request.headers().first(HeaderNames.HOST).orElse("");
        return info.policy().bases().contains(asked) ? asked : info.own();
    }

    /** The proof of possession that came with the request (RFC 9449, section 4.1); empty where none did. */
    String possession() throws OAuthException {
        List<String> all = request.headers().all(PROOF, List::of);
        if (all.size() > 1 || !all.isEmpty() && all.getFirst().length() > Caller.MESSAGE_LENGTH_MAX) {
            throw new OAuthException(
                    400, OAuthException.INVALID_PROOF, "there are two proofs, or one that is too long");
        }
        return all.isEmpty() ? "" : all.getFirst();
    }

    /** SHA-256 of the certificate that the client showed in the handshake; empty where it showed none. */
    Optional<Digest> certificate() {
        return certificates().stream().findFirst().map(Transcript::sha256);
    }

    /** The certificates that the client showed in the handshake, its own first, in DER; empty where it showed none. */
    List<byte[]> certificates() {
        List<byte[]> shown = new ArrayList<>();
        for (Certificate one : request.remotePeer().tlsCertificates().orElse(new Certificate[0])) {
            try {
                shown.add(one.getEncoded());
            } catch (CertificateEncodingException e) {
                throw new IllegalStateException("a certificate that was read can be written", e);
            }
        }
        return shown;
    }

    /** The secret in a cookie; empty where there is none in the form in which it was set. */
    Optional<BearerSecret> cookie(String name, BearerSecret.Use use) {
        return request.headers().first(HeaderNames.COOKIE).stream()
                .flatMap(all -> Arrays.stream(all.split(";", 64)))
                .map(String::strip)
                .filter(pair -> pair.startsWith(name + "="))
                .findFirst()
                .flatMap(pair -> secret(pair.substring(name.length() + 1)))
                .map(secret -> BearerSecret.of(use, secret));
    }

    /** A secret in base64url, in its one spelling. */
    static Optional<byte[]> secret(String text) {
        try {
            byte[] secret = Base64.getUrlDecoder().decode(text);
            boolean same = Base64.getUrlEncoder()
                    .withoutPadding()
                    .encodeToString(secret)
                    .equals(text);
            return same && secret.length == BearerSecret.LENGTH ? Optional.of(secret) : Optional.empty();
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }
}
