package org.maftia.server.ceremony;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.math.BigInteger;
import java.security.cert.X509Certificate;
import java.security.interfaces.RSAPublicKey;
import java.util.Base64;
import java.util.List;
import org.bouncycastle.asn1.DERNull;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.maftia.core.crypto.RsaKey;
import org.maftia.core.crypto.RsaThreshold;
import org.maftia.core.wire.MalformedException;

/**
 * A threshold key of the group with its certificate.
 *
 * @param epoch counts the dealings of the key
 * @param purpose what it signs, and for which service alone
 * @param scheme the public half
 * @param certificate issued by the root
 */
public record ServiceKey(int epoch, KeyPurpose purpose, RsaThreshold scheme, X509Certificate certificate) {
    /** The id of the key under which the notary signs time-stamps. */
    public static final String TIME_STAMP = "tsa";

    /** The id of the key under which the authority issues certificates. */
    public static final String AUTHORITY = "ca";

    /** The id of the key under which the trusted party of exchanges signs what it decides. */
    public static final String EXCHANGE = "exchange";

    /** The id of the key under which the provider signs tokens about people; only of groups with clients for them. */
    public static final String OPENID = "openid";

    /** The id of the provider's second key, for clients that read tokens by PS256; only of groups with such clients. */
    public static final String OPENID_PSS = "openid-pss";

    private static final String ALGORITHM = "shoup-rsa";
    private static final String HINT = "take the transcript anew from the ceremony";

    /** 1024 numbers of 8192 bits. */
    private static final int PUBLIC_LENGTH_MAX = 4 << 20;

    /** Names the key in requests, files and the transcript. */
    public String id() {
        return scheme.keyId();
    }

    RsaKey key() {
        return scheme.key();
    }

    /** Whether the replica owns a share of it; under some formulas one owns none. */
    boolean isSharedBy(int replica) {
        return !scheme.scheme().leavesOf(replica).isEmpty();
    }

    /** Where custody keeps a replica's shares of it. */
    String custodyName() {
        return custodyName(id(), epoch);
    }

    static String custodyName(String id, long epoch) {
        return id + "/" + epoch;
    }

    /** The key as X.509 states it. */
    static SubjectPublicKeyInfo info(RsaKey key) {
        try {
            return new SubjectPublicKeyInfo(
                    new AlgorithmIdentifier(PKCSObjectIdentifiers.rsaEncryption, DERNull.INSTANCE),
                    new org.bouncycastle.asn1.pkcs.RSAPublicKey(key.modulus(), RsaKey.EXPONENT));
        } catch (IOException e) {
            throw new IllegalStateException("two numbers encode", e);
        }
    }

    /** The whole public half once in our own encoding, which is read, and once in words, which people compare. */
    static ObjectNode json(int epoch, KeyPurpose purpose, RsaKey key) {
        ObjectNode json = CanonicalJson.object();
        json.put("id", key.keyId()).put("epoch", epoch).put("algorithm", ALGORITHM);
        json.put("purpose", purpose.word()).put("service", purpose.service());
        json.put("encoding", key.encoding().name());
        json.put("modulus", key.modulus().toString(16)).put("exponent", RsaKey.EXPONENT.intValueExact());
        json.put("base", key.base().toString(16)).put("root", key.root().toString(16));
        addAll(json.putArray("commitments"), key.commitments());
        addAll(json.putArray("verificationKeys"), key.verificationKeys());
        json.put("public", Base64.getEncoder().encodeToString(RsaKey.CODEC.encode(key)));
        return json;
    }

    private static void addAll(ArrayNode array, List<BigInteger> numbers) {
        numbers.forEach(number -> array.add(number.toString(16)));
    }

    ObjectNode json() {
        return json(epoch, purpose, key());
    }

    /**
     * Reads a key and checks that both of its forms and its certificate say the same.
     *
     * @param sharing the formula of the group, as the transcript states it
     */
    static ServiceKey of(JsonNode json, X509Certificate certificate, JsonNode sharing, List<String> ids) {
        try {
            RsaKey key = RsaKey.CODEC.decode(JsonFields.bytes(json, "public", PUBLIC_LENGTH_MAX));
            int epoch = JsonFields.number(json, "epoch");
            KeyPurpose purpose = purpose(json);
            ObjectNode stated = json.deepCopy();
            stated.remove("certificate");
            if (!json.has("purpose")) { // of a ceremony before keys said what they are for
                stated.put("purpose", purpose.word()).put("service", purpose.service());
            }
            if (!stated.equals(json(epoch, purpose, key))) {
                throw new CeremonyException("a key of the transcript contradicts itself", HINT);
            }
            if (!(certificate.getPublicKey() instanceof RSAPublicKey certified)
                    || !certified.getModulus().equals(key.modulus())
                    || !certified.getPublicExponent().equals(RsaKey.EXPONENT)) {
                throw new CeremonyException("the certificate of key " + key.keyId() + " is for another key", HINT);
            }
            if (!TrustDocument.of(key.formula().formula(), ids).equals(sharing)) {
                throw new CeremonyException("key " + key.keyId() + " is shared over another formula", HINT);
            }
            return new ServiceKey(epoch, purpose, new RsaThreshold(key), certificate);
        } catch (MalformedException e) {
            throw new CeremonyException("a key of the transcript does not decode: " + e.getMessage(), HINT, e);
        }
    }

    private static KeyPurpose purpose(JsonNode json) {
        String word = json.has("purpose") ? JsonFields.text(json, "purpose") : KeyPurpose.TIME_STAMP.word();
        return KeyPurpose.of(word)
                .orElseThrow(() -> new CeremonyException(
                        "a key of the transcript is for \"" + word + "\", which is unknown here",
                        "use a newer Maftia"));
    }
}
