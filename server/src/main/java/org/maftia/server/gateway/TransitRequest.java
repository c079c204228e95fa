package org.maftia.server.gateway;

import java.util.Base64;
import java.util.List;
import org.maftia.core.crypto.RsaHash;
import org.maftia.core.wire.MalformedException;
import org.maftia.services.jose.StrictJson;

/**
 * What a client of Vault's transit engine asks: the members that have a meaning for RSA signatures. Others are refused, where Vault
 * would pass over them: nobody is to believe that what he asked for was done.
 *
 * @param digest of the input
 * @param pss the padding that is expected; else PKCS #1 v1.5
 * @param signature that is to be verified; empty where one is to be made
 */
record TransitRequest(RsaHash hash, byte[] digest, boolean pss, byte[] signature) {
    /** Of a body: an input of the longest in base64, and names. */
    static final int BODY_LENGTH_MAX = 96 << 10;

    /** How signatures begin: all are of the one version. */
    static final String PREFIX = "vault:v1:";

    private static final int SIGNATURE_LENGTH_MAX = 1 << 10;

    /**
     * Reads one.
     *
     * @param key its name in the address, which the body may repeat
     * @param path the hash that the address names; empty where it names none
     * @param verifies whether a signature is to be verified
     * @throws MalformedException with a sentence for the client
     */
    static TransitRequest read(String key, String path, byte[] body, boolean verifies) {
        StrictJson json = StrictJson.object(body, "the request")
                .only(
                        "input",
                        "prehashed",
                        "signature_algorithm",
                        "key_version",
                        "hash_algorithm",
                        "algorithm",
                        "marshaling_algorithm",
                        "salt_length",
                        "signature",
                        "name",
                        "context");
        requireOneOf(json, "name", key);
        requireOneOf(json, "context", "");
        RsaHash hash = VaultGateway.hash(hashName(path, json));
        byte[] input = base64(json.text("input"), "input");
        boolean prehashed = isTrue(json, "prehashed");
        if (prehashed && input.length != hash.length()) {
            throw new MalformedException("\"input\" is not as long as a digest of " + hash.algorithm());
        }
        requireVersion(json);
        requireOneOf(json, "marshaling_algorithm", "asn1", "jws");
        requireOneOf(json, "salt_length", "auto", "hash");
        if (json.has("signature") != verifies) {
            throw new MalformedException(
                    verifies ? "\"signature\" is missing" : "\"signature\" is for what is to be verified");
        }
        String algorithm = json.has("signature_algorithm") ? json.text("signature_algorithm") : "pss";
        boolean pss = algorithm.isEmpty() || algorithm.equals(VaultGateway.padding(true));
        if (!pss && !algorithm.equals(VaultGateway.padding(false))) {
            throw new MalformedException("\"signature_algorithm\" is neither pss nor pkcs1v15");
        }
        return new TransitRequest(
                hash, prehashed ? input : hash.digest(input), pss, verifies ? signature(json) : new byte[0]);
    }

    private static String hashName(String path, StrictJson json) {
        if (!path.isEmpty()) {
            return path;
        }
        if (json.has("hash_algorithm")) {
            return json.text("hash_algorithm");
        }
        return json.has("algorithm") ? json.text("algorithm") : VaultGateway.HASH_DEFAULT;
    }

    /** Vault's command line sends all values as texts. */
    private static boolean isTrue(StrictJson json, String name) {
        if (!json.isText(name)) {
            return json.isTrue(name);
        }
        requireOneOf(json, name, "true", "false");
        return json.text(name).equals("true");
    }

    /** There is one version; 0 is the latest. */
    private static void requireVersion(StrictJson json) {
        if (!json.has("key_version")) {
            return;
        }
        String version =
                json.isText("key_version") ? json.text("key_version") : Long.toString(json.number("key_version"));
        if (!version.equals("0") && !version.equals("1") && !version.isEmpty()) {
            throw new MalformedException("the key has no such version");
        }
    }

    private static void requireOneOf(StrictJson json, String name, String... values) {
        if (json.has(name) && !List.of(values).contains(json.text(name))) {
            throw new MalformedException("\"" + name + "\" must be one of " + String.join(", ", values));
        }
    }

    private static byte[] signature(StrictJson json) {
        String text = json.text("signature");
        if (!text.startsWith(PREFIX)) {
            throw new MalformedException("\"signature\" does not begin with " + PREFIX);
        }
        byte[] signature = base64(text.substring(PREFIX.length()), "signature");
        if (signature.length > SIGNATURE_LENGTH_MAX) {
            throw new MalformedException("\"signature\" is longer than any");
        }
        return signature;
    }

    private static byte[] base64(String text, String name) {
        try {
            return Base64.getDecoder().decode(text);
        } catch (IllegalArgumentException e) {
            throw new MalformedException("\"" + name + "\" is no base64");
        }
    }
}
