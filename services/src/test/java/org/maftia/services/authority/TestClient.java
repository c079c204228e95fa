package org.maftia.services.authority;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSObject;
import com.nimbusds.jose.JWSSigner;
import com.nimbusds.jose.Payload;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.util.Base64URL;
import com.nimbusds.jose.util.JSONObjectUtils;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.interfaces.ECPrivateKey;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.ECGenParameterSpec;
import java.util.Base64;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** A client of ACME whose JOSE is another library's than the authority's. */
public final class TestClient {
    static final String BASE = "https://localhost:4711";

    private static int nonces;

    final JWK key;
    private final JWSSigner signer;
    private final JWSAlgorithm algorithm;

    /** The URL of its account, once it has one. */
    @Nullable
    public String account;

    private TestClient(JWK key, JWSSigner signer, JWSAlgorithm algorithm) {
        this.key = key;
        this.signer = signer;
        this.algorithm = algorithm;
    }

    static TestClient elliptic(Curve curve, JWSAlgorithm algorithm) throws GeneralSecurityException, JOSEException {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(new ECGenParameterSpec(curve.getStdName()));
        return elliptic(curve, algorithm, generator.generateKeyPair());
    }

    /** Who has a key of P-256. */
    static TestClient of(KeyPair pair) throws JOSEException {
        return elliptic(Curve.P_256, JWSAlgorithm.ES256, pair);
    }

    private static TestClient elliptic(Curve curve, JWSAlgorithm algorithm, KeyPair pair) throws JOSEException {
        ECKey key = new ECKey.Builder(curve, (ECPublicKey) pair.getPublic()).build();
        return new TestClient(key, new ECDSASigner((ECPrivateKey) pair.getPrivate()), algorithm);
    }

    public static TestClient elliptic() throws GeneralSecurityException, JOSEException {
        return elliptic(Curve.P_256, JWSAlgorithm.ES256);
    }

    static TestClient rsa(int bits, JWSAlgorithm algorithm) throws GeneralSecurityException {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
        generator.initialize(bits);
        KeyPair pair = generator.generateKeyPair();
        RSAKey key = new RSAKey.Builder((RSAPublicKey) pair.getPublic()).build();
        return new TestClient(key, new RSASSASigner(pair.getPrivate(), true), algorithm);
    }

    /** Of a period of agreed time, never the same. */
    static String nonce(long timeMicros) {
        ByteBuffer bytes = ByteBuffer.allocate(21)
                .putInt((int) (timeMicros / 300_000_000L))
                .put((byte) 1)
                .putInt(++nonces);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes.array());
    }

    /** A request as the standard wants it. */
    byte[] request(String path, String payload, long timeMicros) throws JOSEException {
        return request(BASE + path, payload, nonce(timeMicros), account == null);
    }

    public byte[] request(String url, String payload, @Nullable String nonce, boolean byKey) throws JOSEException {
        JWSHeader.Builder header = new JWSHeader.Builder(algorithm).customParam("url", url);
        if (nonce != null) {
            header.customParam("nonce", nonce);
        }
        if (byKey) {
            header.jwk(key.toPublicJWK());
        } else {
            header.keyID(account);
        }
        return flattened(signed(header.build(), payload, signer));
    }

    /** The header of a request as the standard wants it, in JSON. */
    byte[] header(String path, long timeMicros) {
        JWSHeader.Builder header = new JWSHeader.Builder(algorithm)
                .customParam("url", BASE + path)
                .customParam("nonce", nonce(timeMicros));
        JWSHeader built = account == null
                ? header.jwk(key.toPublicJWK()).build()
                : header.keyID(account).build();
        return built.toString().getBytes(StandardCharsets.UTF_8);
    }

    /** Of what goes into another request: with the key and without a nonce. */
    byte[] innerHeader(String url) {
        JWSHeader header = new JWSHeader.Builder(algorithm)
                .customParam("url", url)
                .jwk(key.toPublicJWK())
                .build();
        return header.toString().getBytes(StandardCharsets.UTF_8);
    }

    /** A request of any bytes, signed. */
    byte[] signedAnyhow(byte[] header, byte[] payload) {
        Base64URL first = Base64URL.encode(header);
        Base64URL second = Base64URL.encode(payload);
        byte[] input = (first + "." + second).getBytes(StandardCharsets.US_ASCII);
        try {
            Base64URL signature = signer.sign(new JWSHeader(algorithm), input);
            return flattened(first.toString(), second.toString(), signature.toString());
        } catch (JOSEException e) {
            throw new IllegalStateException(e);
        }
    }

    /** What goes into another request: without a nonce. */
    String inner(String url, String payload) throws JOSEException {
        return new String(request(url, payload, null, true), StandardCharsets.UTF_8);
    }

    /** A binding of this client's key (RFC 8555, section 7.3.4). */
    public String binding(String url, String credential, byte[] secret) throws JOSEException {
        JWSHeader header = new JWSHeader.Builder(JWSAlgorithm.HS256)
                .keyID(credential)
                .customParam("url", url)
                .build();
        return new String(
                flattened(signed(header, key.toPublicJWK().toJSONString(), new MACSigner(secret))),
                StandardCharsets.UTF_8);
    }

    private static JWSObject signed(JWSHeader header, String payload, JWSSigner signer) throws JOSEException {
        JWSObject object = new JWSObject(header, new Payload(payload));
        object.sign(signer);
        return object;
    }

    private static byte[] flattened(JWSObject object) {
        return flattened(
                object.getHeader().toBase64URL().toString(),
                object.getPayload().toBase64URL().toString(),
                object.getSignature().toString());
    }

    public static byte[] flattened(String header, String payload, String signature) {
        TreeMap<String, Object> json = new TreeMap<>();
        json.put("protected", header);
        json.put("payload", payload);
        json.put("signature", signature);
        return JSONObjectUtils.toJSONString(json).getBytes(StandardCharsets.UTF_8);
    }

    public String thumbprint() throws JOSEException {
        Base64URL thumbprint = key.computeThumbprint();
        return thumbprint.toString();
    }
}
