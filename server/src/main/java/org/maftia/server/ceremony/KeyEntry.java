package org.maftia.server.ceremony;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.maftia.core.crypto.BlsKey;
import org.maftia.core.crypto.DiscreteLogKey;
import org.maftia.core.crypto.ObliviousKey;
import org.maftia.core.crypto.RsaEncoding;
import org.maftia.core.crypto.RsaKey;
import org.maftia.core.crypto.Transcript;
import org.maftia.services.evaluation.Evaluator;

/**
 * A key of the group as outsiders see it.
 *
 * @param id names it
 * @param epoch counts its sharings
 * @param algorithm the scheme of its shares
 * @param purpose what it is for
 * @param service who may have it used; empty: the group itself
 * @param padding how messages are encoded; empty where the scheme has no choice
 * @param formula over which it is shared, in JSON
 * @param publicKey DER of a SubjectPublicKeyInfo (RSA), or a compressed point; empty where the group makes the key for itself,
 *     and says itself what it is
 * @param certificate by the root, where it has one
 */
public record KeyEntry(
        String id,
        long epoch,
        String algorithm,
        String purpose,
        String service,
        String padding,
        String formula,
        byte[] publicKey,
        Optional<X509Certificate> certificate) {
    private static final int PEM_LINE_LENGTH = 64;

    static KeyEntry of(ServiceKey key, List<String> ids) {
        RsaKey rsa = key.key();
        return new KeyEntry(
                key.id(),
                key.epoch(),
                "shoup-rsa-" + rsa.modulus().bitLength(),
                key.purpose().word(),
                key.purpose().service(),
                rsa.encoding().name(),
                TrustDocument.of(rsa.formula().formula(), ids).toString(),
                key.certificate().getPublicKey().getEncoded(),
                Optional.of(key.certificate()));
    }

    /** @param sharing over which the group shares it, in JSON: of a key that goes on, as soon as it is shared anew */
    static KeyEntry of(CurveKey kind, DiscreteLogKey key, String sharing) {
        return new KeyEntry(
                key.keyId(),
                key.epoch(),
                kind.algorithm(),
                kind.purpose(),
                "",
                "",
                sharing,
                key.publicKey().clone(),
                Optional.empty());
    }

    /** Of what signs outsiders want the power in the second group, and one service may have it used. */
    static KeyEntry of(CurveKey kind, BlsKey key, String service, String sharing) {
        KeyEntry shared = of(kind, key.sharing(), sharing);
        return new KeyEntry(
                shared.id,
                shared.epoch,
                shared.algorithm,
                shared.purpose,
                service,
                shared.padding,
                shared.formula,
                key.publicKey(),
                shared.certificate);
    }

    /** Of what signs and nobody deals: its public half a quorum certifies once it is made. */
    static KeyEntry made(CurveKey kind, String service, String sharing) {
        return new KeyEntry(
                kind.id(), 0, kind.algorithm(), kind.purpose(), service, "", sharing, new byte[0], Optional.empty());
    }

    /** The same with the public half that the group made. */
    public KeyEntry with(byte[] madeKey) {
        return new KeyEntry(id, epoch, algorithm, purpose, service, padding, formula, madeKey, certificate);
    }

    /** Whether the group makes the key for itself, so that the ceremony's documents cannot say what it is. */
    public boolean isMadeByGroup() {
        return publicKey.length == 0;
    }

    /** Of a function nothing is public but who keeps what. */
    static KeyEntry of(ObliviousKey key, List<String> ids) {
        return new KeyEntry(
                key.keyId(),
                key.epoch(),
                FunctionKey.ALGORITHM,
                FunctionKey.PURPOSE,
                Evaluator.NAME,
                "",
                TrustDocument.of(key.formula().formula(), ids).toString(),
                ObliviousKey.CODEC.encode(key),
                Optional.empty());
    }

    /** Whether it is an RSA key, which PEM and JWK can say. */
    public boolean isRsa() {
        return certificate.isPresent();
    }

    /** What people compare: SHA-256 of the public key. */
    public String fingerprint() {
        return isMadeByGroup() ? "" : Transcript.sha256(publicKey).toString();
    }

    /** A SubjectPublicKeyInfo in PEM (RFC 7468, section 13), or a point in hex. */
    public String text() {
        return isRsa() ? pem() : hex();
    }

    /** The public key in hex: a SubjectPublicKeyInfo, or a compressed point as in drand and RFC 9380. */
    public String hex() {
        return HexFormat.of().formatHex(publicKey);
    }

    private String pem() {
        Base64.Encoder base64 = Base64.getMimeEncoder(PEM_LINE_LENGTH, new byte[] {'\n'});
        return "-----BEGIN PUBLIC KEY-----\n" + base64.encodeToString(publicKey) + "\n-----END PUBLIC KEY-----";
    }

    /**
     * The key as RFC 7517 has it, with the thumbprint of RFC 7638 as its {@code kid}.
     *
     * @throws CeremonyException when it is no RSA key, for which alone JOSE has a name
     */
    public ObjectNode jwk() {
        if (!(requireCertificate("JWK").getPublicKey() instanceof java.security.interfaces.RSAPublicKey rsa)) {
            throw new IllegalStateException("the transcript certifies RSA keys");
        }
        String e = base64Url(rsa.getPublicExponent());
        String n = base64Url(rsa.getModulus());
        ObjectNode jwk = CanonicalJson.object()
                .put("kty", "RSA")
                .put("kid", thumbprint(e, n))
                .put("use", "sig")
                .put("n", n)
                .put("e", e);
        return signsDigests() ? jwk : jwk.put("alg", jwsAlgorithm());
    }

    /** Of an RSA key; the canonical form sorts the members and writes no blanks, as RFC 7638, section 3, wants. */
    static String thumbprint(String e, String n) {
        ObjectNode required =
                CanonicalJson.object().put("e", e).put("kty", "RSA").put("n", n);
        byte[] hash = Transcript.sha256(CanonicalJson.encode(required)).toBytes();
        return Base64.getUrlEncoder().withoutPadding().encodeToString(hash);
    }

    /** Of any hash, so that no one algorithm of JOSE is its own. */
    private boolean signsDigests() {
        return RsaEncoding.valueOf(padding).isOfDigests();
    }

    /** RFC 7518, section 3.1. */
    private String jwsAlgorithm() {
        String hash = padding.substring(padding.indexOf("SHA") + "SHA".length()).replaceAll("[^0-9]", "");
        return (padding.startsWith("PSS") ? "PS" : "RS") + hash;
    }

    /**
     * The certificate in PEM.
     *
     * @throws CeremonyException when the key has none
     */
    public String certificatePem() {
        return new String(Certificates.pem(List.of(requireCertificate("certificate"))), StandardCharsets.US_ASCII)
                .strip();
    }

    private X509Certificate requireCertificate(String form) {
        return certificate.orElseThrow(() -> new CeremonyException(
                "key " + id + " has no " + form, "it is a point of BLS12-381: --format hex prints it"));
    }

    private static String base64Url(BigInteger number) {
        byte[] bytes = number.toByteArray();
        int from = bytes.length > 1 && bytes[0] == 0 ? 1 : 0;
        return Base64.getUrlEncoder().withoutPadding().encodeToString(Arrays.copyOfRange(bytes, from, bytes.length));
    }
}
