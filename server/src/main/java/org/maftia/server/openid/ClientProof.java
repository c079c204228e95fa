package org.maftia.server.openid;

import io.helidon.http.HeaderNames;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import org.maftia.core.wire.Digest;
import org.maftia.core.wire.MalformedException;
import org.maftia.services.jose.CompactJws;
import org.maftia.services.openid.BearerSecret;
import org.maftia.services.openid.Caller;
import org.maftia.services.openid.ProviderPolicy;
import org.maftia.services.openid.ProviderPolicy.Method;
import org.maftia.services.x509.CertificateChain;
import org.maftia.services.x509.RefusedCertificateException;

/**
 * Which client asks: by Basic (RFC 6749, section 2.3.1), by a message that it signed (RFC 7523), by the certificate of the
 * connection (RFC 8705) or, where it has nothing of the kind, by its id alone. The group judges once more, all but the
 * certificate; here it saves an order, and endpoints that order nothing rest on it.
 *
 * @param secret of the client; empty where it has none
 * @param caller what the group is told of it
 */
record ClientProof(ProviderPolicy.Client client, Optional<BearerSecret> secret, Caller caller) {
    private static final String ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

    static ClientProof of(Call call, Form form, OpenIdInfo info, InstantSource clock) throws OAuthException {
        Optional<String> header = call.request().headers().first(HeaderNames.AUTHORIZATION);
        Optional<String> assertion = form.find("client_assertion", Caller.MESSAGE_LENGTH_MAX);
        if (form.find("client_secret").isPresent()) {
            throw wrong("clients show their secrets by Basic");
        }
        if (header.isPresent() && assertion.isPresent()) {
            throw OAuthException.invalidRequest("the client makes itself known in two ways");
        }
        if (assertion.isPresent()) {
            return asserted(call, form, assertion.get(), info);
        }
        return header.isPresent() ? secret(call, form, header.get(), info) : plain(call, form, info, clock);
    }

    private static ClientProof plain(Call call, Form form, OpenIdInfo info, InstantSource clock) throws OAuthException {
        ProviderPolicy.Client client = form.find("client_id")
                .flatMap(info.policy()::client)
                .orElseThrow(() -> wrong("the client is unknown, or shows no secret"));
        if (client.method() == Method.CERTIFIED) {
            return certified(call, client, info, clock);
        }
        // A certificate of somebody who is not known by it is no business of the log.
        Digest certificate =
                client.method() == Method.CERTIFICATES ? call.certificate().orElse(Digest.ZERO) : Digest.ZERO;
        boolean known = client.method() == Method.NONE || client.certificates().contains(certificate);
        if (!known) {
            throw wrong("the client is unknown, or shows neither its secret nor its certificate");
        }
        return new ClientProof(client, Optional.empty(), new Caller(client.id(), "", certificate, call.possession()));
    }

    /**
     * What an issuer says of it is judged here by the clock of this gateway, and by the group by its time; whether the certificate is
     * revoked the group alone says.
     */
    private static ClientProof certified(Call call, ProviderPolicy.Client client, OpenIdInfo info, InstantSource clock)
            throws OAuthException {
        List<byte[]> shown = call.certificates();
        if (shown.isEmpty()) {
            throw wrong("the client shows no certificate");
        }
        try {
            CertificateChain chain = CertificateChain.of(shown);
            chain.require(info.policy().anchors(), clock.instant().getEpochSecond());
            if (!client.certified().orElseThrow().isIn(chain)) {
                throw wrong("the certificate is of another name than the client's");
            }
        } catch (MalformedException | RefusedCertificateException e) {
            throw wrong(String.valueOf(e.getMessage()));
        }
        return new ClientProof(
                client, Optional.empty(), new Caller(client.id(), "", Digest.ZERO, shown, call.possession()));
    }

    /** Its signature is for the group to judge, as is whether it came before. */
    private static ClientProof asserted(Call call, Form form, String assertion, OpenIdInfo info) throws OAuthException {
        if (!form.find("client_assertion_type").orElse("").equals(ASSERTION_TYPE)) {
            throw OAuthException.invalidRequest("the client_assertion_type is " + ASSERTION_TYPE);
        }
        String id;
        try {
            id = CompactJws.decode(assertion).payload().text("sub");
        } catch (MalformedException e) {
            throw wrong("the assertion is none");
        }
        if (!form.find("client_id").orElse(id).equals(id)) {
            throw wrong("the client names itself in two ways");
        }
        ProviderPolicy.Client client = info.policy()
                .client(id)
                .filter(found -> found.method() == Method.KEYS)
                .orElseThrow(() -> wrong("no client of this id has registered keys"));
        return new ClientProof(client, Optional.empty(), new Caller(id, assertion, Digest.ZERO, call.possession()));
    }

    private static ClientProof secret(Call call, Form form, String header, OpenIdInfo info) throws OAuthException {
        Optional<String> named = form.find("client_id");
        String[] parts = basic(header).split(":", 2);
        String id = Form.decoded(parts[0]);
        if (parts.length < 2 || named.isPresent() && !named.get().equals(id)) {
            throw wrong("the client names itself in two ways, or not at all");
        }
        BearerSecret secret = Call.secret(Form.decoded(parts[1]))
                .map(bytes -> BearerSecret.of(BearerSecret.Use.CLIENT, bytes))
                .orElseThrow(() -> wrong("no client of this id has this secret"));
        ProviderPolicy.Client client = info.policy()
                .client(id)
                .filter(found -> found.secret().equals(Optional.of(secret.verifier())))
                .orElseThrow(() -> wrong("no client of this id has this secret"));
        return new ClientProof(client, Optional.of(secret), new Caller(id, "", Digest.ZERO, call.possession()));
    }

    private static OAuthException wrong(String sentence) {
        return new OAuthException(401, "invalid_client", sentence);
    }

    private static String basic(String header) throws OAuthException {
        try {
            if (header.regionMatches(true, 0, "Basic ", 0, 6)) {
                byte[] bytes = Base64.getDecoder().decode(header.substring(6).strip());
                return new String(bytes, StandardCharsets.ISO_8859_1);
            }
        } catch (IllegalArgumentException e) {
            throw wrong("the header is no base64");
        }
        throw wrong("clients show their secrets by Basic");
    }

    /** All secrets that prove a command of this client. */
    List<BearerSecret> with(BearerSecret another) {
        return secret.isPresent() ? List.of(another, secret.get()) : List.of(another);
    }
}
