package org.maftia.services.openid;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import com.nimbusds.jose.util.Base64URL;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Date;
import java.util.List;
import org.maftia.core.crypto.Transcript;
import org.maftia.core.wire.Digest;
import org.maftia.services.jose.JsonWebKey;
import org.maftia.services.jose.StrictJson;

/** A client with a key, which says who it is and proves that it has the key, by another library. */
public final class TestClient {
    private final ECKey key;
    private int messages;

    private TestClient(ECKey key) {
        this.key = key;
    }

    public static TestClient make() {
        try {
            return new TestClient(new ECKeyGenerator(Curve.P_256).generate());
        } catch (JOSEException e) {
            throw new IllegalStateException(e);
        }
    }

    JsonWebKey publicKey() {
        return JsonWebKey.of(
                StrictJson.object(key.toPublicJWK().toJSONString().getBytes(StandardCharsets.UTF_8), "the key"));
    }

    public String keySet() {
        return new JWKSet(key.toPublicJWK()).toString();
    }

    public Digest thumbprint() {
        return publicKey().thumbprint();
    }

    private String signed(JWSHeader.Builder header, JWTClaimsSet claims) {
        try {
            SignedJWT jwt = new SignedJWT(header.build(), claims);
            jwt.sign(new ECDSASigner(key));
            return jwt.serialize();
        } catch (JOSEException e) {
            throw new IllegalStateException(e);
        }
    }

    /** A message of any bytes, signed. */
    String signedAnyhow(byte[] header, byte[] payload) {
        String input = Base64URL.encode(header) + "." + Base64URL.encode(payload);
        try {
            JWSHeader form = new JWSHeader(JWSAlgorithm.ES256);
            return input + "." + new ECDSASigner(key).sign(form, input.getBytes(StandardCharsets.US_ASCII));
        } catch (JOSEException e) {
            throw new IllegalStateException(e);
        }
    }

    /** A name that no message of this client has had. */
    public String fresh() {
        return "message-" + messages++;
    }

    /** RFC 9449, section 4.2. */
    public String proof(String method, String place, String nonce, String id) {
        return signed(header(), claims(method, place, nonce, id).build());
    }

    /** The same, to be shown with an access token. */
    public String proof(String method, String place, String nonce, String id, String token) {
        byte[] hash =
                Transcript.sha256(token.getBytes(StandardCharsets.US_ASCII)).toBytes();
        return signed(
                header(),
                claims(method, place, nonce, id)
                        .claim("ath", Base64.getUrlEncoder().withoutPadding().encodeToString(hash))
                        .build());
    }

    private JWSHeader.Builder header() {
        return new JWSHeader.Builder(JWSAlgorithm.ES256)
                .type(new JOSEObjectType("dpop+jwt"))
                .jwk(key.toPublicJWK());
    }

    private static JWTClaimsSet.Builder claims(String method, String place, String nonce, String id) {
        return new JWTClaimsSet.Builder()
                .jwtID(id)
                .claim("htm", method)
                .claim("htu", place)
                .claim("nonce", nonce)
                .issueTime(new Date(1_000));
    }

    /** RFC 7523, section 3. */
    public String assertion(String client, List<String> audience, long endSeconds, String id) {
        return signed(
                new JWSHeader.Builder(JWSAlgorithm.ES256),
                new JWTClaimsSet.Builder()
                        .issuer(client)
                        .subject(client)
                        .audience(audience)
                        .expirationTime(new Date(endSeconds * 1_000))
                        .jwtID(id)
                        .build());
    }
}
