package org.maftia.server.ceremony;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.crypto.params.Ed25519PrivateKeyParameters;
import org.bouncycastle.crypto.params.Ed25519PublicKeyParameters;
import org.bouncycastle.crypto.signers.Ed25519Signer;
import org.maftia.core.crypto.Ed25519Certifier;
import org.maftia.core.crypto.ShareBox;

/**
 * The public half of one replica's own keys, as it travels to the ceremony: {@code rN.enrol}. It is signed with the
 * signing key that it names, and the HTTPS request with its key, so nobody enrols keys of others as his own. That the
 * keys are those of the replica, people establish by comparing {@link #fingerprint}.
 */
public final class Enrolment {
    /** The hosts of a gateway that only its own machine reaches. */
    public static final List<String> LOOPBACK = List.of("localhost", "127.0.0.1", "::1");

    static final String LINK_KEY = "link.key";
    static final String HTTPS_KEY = "https.key";
    static final String SIGNING_KEY = "signing.key";
    static final String SHARES_KEY = "shares.key";

    /** No enrolment is longer: a certificate, a request with its hosts, two short keys. */
    static final int LENGTH_MAX = 64 << 10;

    /** The field of a replica that has a trusted component beside it. */
    private static final String COMPONENT = "component";

    private static final int VERSION = 1;
    private static final int HOSTS_MAX = 64;
    private static final int CERTIFICATE_LENGTH_MAX = 8 << 10;

    /** Ids are directory names and certificate names. */
    static final Pattern ID = Pattern.compile("[A-Za-z0-9][A-Za-z0-9_.-]{0,31}");

    private final String id;
    private final List<String> hosts;
    private final byte[] document;
    private final X509Certificate linkCertificate;
    private final SubjectPublicKeyInfo httpsKey;
    private final byte[] signingKey;
    private final byte[] sharesKey;
    private final byte[] logKey;
    private final byte[] witnessKey;
    private final Optional<ComponentIdentity> component;

    private Enrolment(JsonNode json, byte[] document) {
        this.document = document;
        this.id = JsonFields.text(json, "id");
        this.hosts = JsonFields.texts(json, "hosts", HOSTS_MAX);
        this.linkCertificate = Certificates.parse(JsonFields.bytes(json, "linkCertificate", CERTIFICATE_LENGTH_MAX));
        this.httpsKey = Certificates.requestedKey(JsonFields.bytes(json, "httpsRequest", CERTIFICATE_LENGTH_MAX));
        this.signingKey = JsonFields.bytes(json, "signingKey", 32);
        this.sharesKey = JsonFields.bytes(json, "sharesKey", 32);
        this.logKey = JsonFields.bytes(json, "logKey", 32);
        this.witnessKey = JsonFields.bytes(json, "witnessKey", 32);
        this.component = json.has(COMPONENT)
                ? Optional.of(ComponentIdentity.of(JsonFields.bytes(json, COMPONENT, ComponentIdentity.LENGTH_MAX)))
                : Optional.empty();
        check(json);
    }

    private void check(JsonNode json) {
        String hint = "take the file anew from the replica, or enrol it anew";
        if (JsonFields.number(json, "version") != VERSION) {
            throw new CeremonyException("the enrolment has an unknown version", "use a newer Maftia");
        }
        if (!ID.matcher(id).matches() || hosts.isEmpty()) {
            throw new CeremonyException("the enrolment names no replica or no host", hint);
        }
        // Keys of small order would verify, or open, for everybody.
        if (!Ed25519Certifier.isValidPublicKey(signingKey)
                || !Ed25519Certifier.isValidPublicKey(logKey)
                || !Ed25519Certifier.isValidPublicKey(witnessKey)
                || !ShareBox.isValidPublicKey(sharesKey)) {
            throw new CeremonyException("a key of the enrolment of " + id + " is not usable", hint);
        }
        ObjectNode statement = json.deepCopy();
        statement.remove("signature");
        byte[] bytes = CanonicalJson.encode(statement);
        Ed25519Signer verifier = new Ed25519Signer();
        verifier.init(false, new Ed25519PublicKeyParameters(signingKey));
        verifier.update(bytes, 0, bytes.length);
        if (!verifier.verifySignature(JsonFields.bytes(json, "signature", 64))) {
            throw new CeremonyException("the enrolment of " + id + " is not signed with its own key", hint);
        }
    }

    /**
     * Makes the keys of a replica, where they will live, and gives their public half.
     *
     * @param keysDirectory must hold no keys yet
     * @param id the replica's id in the configuration
     * @param hosts names and addresses under which clients reach its gateway
     * @throws CeremonyException when the id is no id, or the directory holds keys
     */
    public static Enrolment create(Path keysDirectory, String id, List<String> hosts, Unlock unlock) {
        return create(keysDirectory, id, hosts, unlock, Optional.empty());
    }

    /**
     * The same for a replica that may have a trusted component beside it.
     *
     * @param component what that says of itself
     */
    public static Enrolment create(
            Path keysDirectory, String id, List<String> hosts, Unlock unlock, Optional<ComponentIdentity> component) {
        if (!ID.matcher(id).matches()) {
            throw new CeremonyException(
                    "\"" + id + "\" is no replica id", "use up to 32 letters, digits, dots, hyphens, underscores");
        }
        if (hosts.isEmpty() || hosts.size() > HOSTS_MAX) {
            throw new CeremonyException("a gateway needs 1 to " + HOSTS_MAX + " hosts", "name its host");
        }
        SecureRandom random = new SecureRandom();
        KeyPair link = Certificates.ellipticKeyPair(random);
        KeyPair https = Certificates.ellipticKeyPair(random);
        Ed25519PrivateKeyParameters signing = new Ed25519PrivateKeyParameters(random);
        X509Certificate certificate = Certificates.selfSigned(id, link, Instant.now(), random);
        return keep(
                keysDirectory,
                new Identity(id, hosts, certificate, link.getPrivate(), https, signing, component),
                unlock);
    }

    /**
     * Enrols a replica for the next configuration of its group: who it is to others stays, and the shares to come are
     * sealed to a new key.
     *
     * @param present directory of keys that it has, with their transcript
     * @param next must hold no keys yet
     * @param hosts names and addresses under which clients reach its gateway
     */
    public static Enrolment renew(Path present, Path next, List<String> hosts, Unlock unlock) {
        GroupTranscript group = GroupTranscript.read(present.resolve(GroupTranscript.FILE));
        try (Custody custody = Custody.open(present, unlock, new SecureRandom())) {
            Ed25519PrivateKeyParameters signing = new Ed25519PrivateKeyParameters(custody.load(SIGNING_KEY));
            Enrolment own = group.enrolments()
                    .get(group.indexOfSigningKey(signing.generatePublicKey().getEncoded()));
            KeyPair https = new KeyPair(
                    Certificates.publicKey(own.httpsKey), Certificates.privateKey("EC", custody.load(HTTPS_KEY)));
            PrivateKey link = Certificates.privateKey("EC", custody.load(LINK_KEY));
            return keep(
                    next,
                    new Identity(own.id, hosts, own.linkCertificate, link, https, signing, own.component),
                    unlock);
        }
    }

    /** Who a replica is to its peers and clients. */
    private record Identity(
            String id,
            List<String> hosts,
            X509Certificate linkCertificate,
            PrivateKey link,
            KeyPair https,
            Ed25519PrivateKeyParameters signing,
            Optional<ComponentIdentity> component) {}

    /** Stores the secrets, with a new one for the shares, and states the public halves. */
    private static Enrolment keep(Path keysDirectory, Identity own, Unlock unlock) {
        SecureRandom random = new SecureRandom();
        byte[] seed = new byte[ShareBox.PRIVATE_KEY_LENGTH];
        random.nextBytes(seed);
        byte[] sharesKey;
        try (ShareBox box = ShareBox.of(seed);
                Custody custody = Custody.create(keysDirectory, unlock, random)) {
            custody.store(LINK_KEY, own.link.getEncoded());
            custody.store(HTTPS_KEY, own.https.getPrivate().getEncoded());
            custody.store(SIGNING_KEY, own.signing.getEncoded());
            custody.store(SHARES_KEY, seed);
            sharesKey = box.publicKey();
            Arrays.fill(seed, (byte) 0);
        }
        Base64.Encoder base64 = Base64.getEncoder();
        ObjectNode json = CanonicalJson.object();
        json.put("version", VERSION).put("id", own.id);
        own.hosts.forEach(json.putArray("hosts")::add);
        json.put("linkCertificate", base64.encodeToString(Certificates.encode(own.linkCertificate)));
        json.put("httpsRequest", base64.encodeToString(Certificates.request(own.id, own.https, own.hosts)));
        json.put(
                "signingKey",
                base64.encodeToString(own.signing.generatePublicKey().getEncoded()));
        json.put("sharesKey", base64.encodeToString(sharesKey));
        LogKeys log = LogKeys.of(own.signing.getEncoded());
        json.put("logKey", base64.encodeToString(log.logPublicKey()));
        json.put("witnessKey", base64.encodeToString(log.witnessPublicKey()));
        own.component.ifPresent(identity -> json.put(COMPONENT, base64.encodeToString(identity.toBytes())));
        byte[] statement = CanonicalJson.encode(json);
        Ed25519Signer signer = new Ed25519Signer();
        signer.init(true, own.signing);
        signer.update(statement, 0, statement.length);
        json.put("signature", base64.encodeToString(signer.generateSignature()));
        return new Enrolment(json, CanonicalJson.encode(json));
    }

    /**
     * Reads an enrolment and checks both proofs of possession.
     *
     * @throws CeremonyException when it is damaged or forged
     */
    public static Enrolment read(Path file) {
        String hint = "`maftia init` writes it at the replica";
        byte[] bytes = DurableFiles.read(file, LENGTH_MAX, hint);
        return new Enrolment(CanonicalJson.decode(bytes, file.toString(), hint), bytes);
    }

    static Enrolment of(JsonNode json) {
        return new Enrolment(json, CanonicalJson.encode(json));
    }

    /** Writes the file that travels to the ceremony. Nothing in it is secret. */
    public void write(Path file) {
        DurableFiles.write(file, document, DurableFiles.Access.ALL);
    }

    JsonNode json() {
        return CanonicalJson.decode(document, "the enrolment of " + id, "enrol the replica anew");
    }

    public String id() {
        return id;
    }

    /** Names and addresses of the gateway. */
    public List<String> hosts() {
        return hosts;
    }

    /** Peers pin it: who shows it on a link and holds its key is this replica. */
    public X509Certificate linkCertificate() {
        return linkCertificate;
    }

    SubjectPublicKeyInfo httpsKey() {
        return httpsKey;
    }

    /** The raw Ed25519 key, 32 bytes. */
    public byte[] signingKey() {
        return signingKey.clone();
    }

    /** The raw X25519 key to which the ceremony seals this replica's shares. */
    byte[] sharesKey() {
        return sharesKey.clone();
    }

    /** The raw Ed25519 key with which the replica signs heads of the transparency log as the log. */
    public byte[] logKey() {
        return logKey.clone();
    }

    /** The same as a witness. */
    public byte[] witnessKey() {
        return witnessKey.clone();
    }

    /** The trusted component beside it; empty where its group needs none. */
    public Optional<ComponentIdentity> component() {
        return component;
    }

    /** What the people at the replica and at the ceremony read to each other: eight groups of eight digits. */
    public String fingerprint() {
        return Fingerprint.of(document);
    }
}
