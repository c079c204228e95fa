package org.maftia.server.openid;

import io.helidon.http.HeaderNames;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import org.maftia.services.openid.BearerSecret;
import org.maftia.services.openid.ProviderPolicy;

/**
 * Which client asks, by Basic (RFC 6749, section 2.3.1) or, without a secret, by its id alone.
 *
 * @param secret of the client; empty where it has none
 */
record ClientProof(ProviderPolicy.Client client, Optional<BearerSecret> secret) {
    static ClientProof of(Call call, Form form, OpenIdInfo info) throws OAuthException {
        Optional<String> header = call.request().headers().first(HeaderNames.AUTHORIZATION);
        Optional<String> named = form.find("client_id");
        if (form.find("client_secret").isPresent()
                || form.find("client_assertion").isPresent()) {
            throw wrong("clients show their secrets by Basic");
        }
        if (header.isEmpty()) {
            ProviderPolicy.Client client = named.flatMap(info.policy()::client)
                    .filter(found -> found.secret().isEmpty())
                    .orElseThrow(() -> wrong("the client is unknown, or shows no secret"));
            return new ClientProof(client, Optional.empty());
        }
        String[] parts = basic(header.get()).split(":", 2);
        String id = Form.decoded(parts[0]);
        if (parts.length < 2 || named.isPresent() && !named.get().equals(id)) {
            throw wrong("the client names itself in two ways, or not at all");
        }
        BearerSecret secret = Call.secret(Form.decoded(parts[1]))
                .map(bytes -> BearerSecret.of(BearerSecret.Use.CLIENT, bytes))
                .orElseThrow(() -> wrong("no client of this id has this secret"));
        // The group judges once more; here it saves an order, and endpoints that order nothing rest on it.
        ProviderPolicy.Client client = info.policy()
                .client(id)
                .filter(found -> found.secret().equals(Optional.of(secret.verifier())))
                .orElseThrow(() -> wrong("no client of this id has this secret"));
        return new ClientProof(client, Optional.of(secret));
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
