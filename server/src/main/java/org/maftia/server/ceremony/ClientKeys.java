package org.maftia.server.ceremony;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;

/**
 * The identity of a program that uses the client port: its key, and what it needs to know the replicas by.
 *
 * @param number its number as a client, 64 or more
 * @param key answers to the certificate, in handshakes and under requests
 * @param certificate issued by the group's root; replicas pin it
 * @param group the public document of the group: replicas' certificates, root, configuration
 */
public record ClientKeys(int number, PrivateKey key, X509Certificate certificate, GroupTranscript group) {
    private static final String KEY = "client.key";
    private static final int REQUEST_LENGTH_MAX = 8 << 10;

    /**
     * The public half of a client's key, as it travels to the ceremony.
     *
     * @param name the client's name in the configuration
     * @param request PKCS #10, signed with the key
     */
    public record Request(String name, byte[] request) {
        /** The key that is to be certified; checks the proof of possession. */
        SubjectPublicKeyInfo key() {
            return Certificates.requestedKey(request);
        }

        /** Writes the file that travels to the ceremony. */
        public void write(Path file) {
            DurableFiles.write(file, document(), DurableFiles.Access.ALL);
        }

        private byte[] document() {
            ObjectNode json = CanonicalJson.object().put("name", name);
            json.put("request", Base64.getEncoder().encodeToString(request));
            return CanonicalJson.encode(json);
        }

        /** What the people at the client and at the ceremony read to each other: eight groups of eight digits. */
        public String fingerprint() {
            return Fingerprint.of(document());
        }

        /** Reads what {@link #write} wrote. */
        public static Request read(Path file) {
            String hint = "`maftia init --client` writes it";
            byte[] bytes = DurableFiles.read(file, 2 * REQUEST_LENGTH_MAX, hint);
            JsonNode json = CanonicalJson.decode(bytes, file.toString(), hint);
            return new Request(JsonFields.text(json, "name"), JsonFields.bytes(json, "request", REQUEST_LENGTH_MAX));
        }
    }

    /** Makes the key of a client, where it will live, and gives its public half. */
    public static Request create(Path directory, String name, Unlock unlock) {
        if (!Enrolment.ID.matcher(name).matches()) {
            throw new CeremonyException(
                    "\"" + name + "\" is no client name", "use up to 32 letters, digits, dots, hyphens, underscores");
        }
        SecureRandom random = new SecureRandom();
        KeyPair pair = Certificates.edwardsKeyPair(random);
        try (Custody custody = Custody.create(directory, unlock, random)) {
            custody.store(KEY, pair.getPrivate().getEncoded());
        }
        return new Request(name, Certificates.request(name, pair, List.of("localhost")));
    }

    /**
     * Takes over what the ceremony made for this client.
     *
     * @throws CeremonyException when the transcript names no client with this key
     */
    public static void install(Path directory, GroupTranscript group, Unlock unlock) {
        try (Custody custody = Custody.open(directory, unlock, new SecureRandom())) {
            of(group, Certificates.clientKey(custody.load(KEY)));
            DurableFiles.write(directory.resolve(GroupTranscript.FILE), group.document(), DurableFiles.Access.ALL);
        }
    }

    /** Opens the identity with what the surroundings offer ({@link Unlock#fromEnvironment}). */
    public static ClientKeys load(Path directory) {
        return load(directory, Unlock.fromEnvironment());
    }

    /**
     * Opens the identity.
     *
     * @throws CeremonyException when files are missing or damaged, or the passphrase is wrong
     */
    public static ClientKeys load(Path directory, Unlock unlock) {
        GroupTranscript group = GroupTranscript.read(directory.resolve(GroupTranscript.FILE));
        try (Custody custody = Custody.open(directory, unlock, new SecureRandom())) {
            return of(group, Certificates.clientKey(custody.load(KEY)));
        }
    }

    private static ClientKeys of(GroupTranscript group, PrivateKey key) {
        for (Map.Entry<Integer, X509Certificate> client : group.clients().entrySet()) {
            if (Certificates.belong(key, client.getValue().getPublicKey())) {
                return new ClientKeys(client.getKey(), key, client.getValue(), group);
            }
        }
        throw new CeremonyException(
                "the ceremony of group " + group.name() + " certified no such client",
                "give the client's request to the ceremony");
    }
}
