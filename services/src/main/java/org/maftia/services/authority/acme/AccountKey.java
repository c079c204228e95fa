package org.maftia.services.authority.acme;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.maftia.core.crypto.Transcript;
import org.maftia.core.wire.Digest;
import org.maftia.core.wire.MalformedException;
import org.maftia.services.x509.Hash;
import org.maftia.services.x509.SubjectKey;

/** Keys of accounts in JOSE: JWK in, thumbprint out, signatures checked. */
public final class AccountKey {
    private AccountKey() {}

    /** RFC 7517 and 7518, section 6; RFC 8037. */
    static SubjectKey of(Json jwk) {
        if (jwk.has("d") || jwk.has("p") || jwk.has("k")) {
            throw new Refusal(Problem.Kind.BAD_PUBLIC_KEY, "the key is a secret one: it should be changed");
        }
        try {
            return switch (jwk.requiredText("kty")) {
                case "RSA" -> SubjectKey.rsa(number(jwk, "n"), number(jwk, "e"));
                case "EC" -> SubjectKey.elliptic(curve(jwk.requiredText("crv")), jwk.bytes("x"), jwk.bytes("y"));
                case "OKP" -> {
                    if (!jwk.requiredText("crv").equals("Ed25519")) {
                        throw new MalformedException("of this kind only Ed25519 is taken");
                    }
                    yield SubjectKey.edwards(jwk.bytes("x"));
                }
                default -> throw new MalformedException("keys are RSA, P-256, P-384 or Ed25519");
            };
        } catch (MalformedException e) {
            throw new Refusal(Problem.Kind.BAD_PUBLIC_KEY, String.valueOf(e.getMessage()));
        }
    }

    private static BigInteger number(Json jwk, String name) {
        byte[] bytes = jwk.bytes(name);
        if (bytes.length == 0 || bytes[0] == 0) {
            throw new MalformedException("a number of the key has zeros in front (RFC 7518, section 2)");
        }
        return new BigInteger(1, bytes);
    }

    private static SubjectKey.Curve curve(String word) {
        for (SubjectKey.Curve curve : SubjectKey.Curve.values()) {
            if (curve.word().equals(word)) {
                return curve;
            }
        }
        throw new MalformedException("curves are P-256 and P-384");
    }

    /** RFC 7638. */
    public static Digest thumbprint(SubjectKey key) {
        String canonical = switch (key.value()) {
            case SubjectKey.Value.Rsa rsa ->
                "{\"e\":\"" + base64(rsa.exponent()) + "\",\"kty\":\"RSA\",\"n\":\"" + base64(rsa.modulus()) + "\"}";
            case SubjectKey.Value.Elliptic elliptic ->
                "{\"crv\":\"" + elliptic.curve().word() + "\",\"kty\":\"EC\",\"x\":\"" + Json.base64(elliptic.x())
                        + "\",\"y\":\"" + Json.base64(elliptic.y()) + "\"}";
            case SubjectKey.Value.Edwards edwards ->
                "{\"crv\":\"Ed25519\",\"kty\":\"OKP\",\"x\":\"" + Json.base64(edwards.point()) + "\"}";
        };
        return Transcript.sha256(canonical.getBytes(StandardCharsets.US_ASCII));
    }

    private static String base64(BigInteger number) {
        byte[] bytes = number.toByteArray();
        return Json.base64(bytes[0] == 0 ? Arrays.copyOfRange(bytes, 1, bytes.length) : bytes);
    }

    /** The answer to a challenge: token and thumbprint (RFC 8555, section 8.1). */
    public static String authorization(String token, SubjectKey key) {
        return token + "." + Json.base64(thumbprint(key).toBytes());
    }

    /** Whether the algorithm is taken at all. */
    static boolean isKnown(String algorithm) {
        return Arrays.asList("RS256", "ES256", "ES384", "EdDSA").contains(algorithm);
    }

    /** RFC 7518, section 3; RFC 8037, section 3.1. */
    static boolean verifies(SubjectKey key, String algorithm, byte[] message, byte[] signature) {
        return switch (algorithm) {
            case "RS256" -> key.verifiesRsa(Hash.SHA_256, message, signature);
            case "ES256" -> elliptic(key, SubjectKey.Curve.P_256, Hash.SHA_256, message, signature);
            case "ES384" -> elliptic(key, SubjectKey.Curve.P_384, Hash.SHA_384, message, signature);
            case "EdDSA" -> key.verifiesEdwards(message, signature);
            default -> false;
        };
    }

    private static boolean elliptic(
            SubjectKey key, SubjectKey.Curve curve, Hash hash, byte[] message, byte[] signature) {
        int length = curve.length();
        return key.value() instanceof SubjectKey.Value.Elliptic elliptic
                && elliptic.curve() == curve
                && signature.length == 2 * length
                && key.verifiesEcdsa(
                        hash,
                        message,
                        new BigInteger(1, Arrays.copyOf(signature, length)),
                        new BigInteger(1, Arrays.copyOfRange(signature, length, 2 * length)));
    }
}
