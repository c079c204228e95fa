package org.maftia.server.ceremony;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.Collections;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.maftia.core.crypto.BlsKey;
import org.maftia.core.crypto.DiscreteLogKey;
import org.maftia.core.crypto.ObliviousKey;
import org.maftia.core.crypto.Tdh2Cipher;
import org.maftia.core.crypto.ThresholdCipher;
import org.maftia.core.crypto.Transcript;
import org.maftia.core.replica.KeyGrants;
import org.maftia.core.trust.FaultStructure;
import org.maftia.core.wire.Digest;
import org.maftia.services.beacon.Beacon;
import org.maftia.services.evaluation.Evaluator;
import org.maftia.services.openid.Provider;
import org.maftia.services.registration.Registrar;

/**
 * The public document of a ceremony, {@code transcript.json}: who the group is, over which formulas it shares what
 * secrets, and every public key. Its hash is the group's configuration: replicas with different transcripts never talk
 * to each other. Every certificate in it chains to its root, or it is not read.
 */
public final class GroupTranscript {
    /** Its name wherever it lies. */
    public static final String FILE = "transcript.json";

    /** The id of the randomness beacon's key. */
    public static final String BEACON_KEY = CurveKey.BEACON.id();

    /** The id of the key under which the group says what it evaluated. */
    public static final String RECEIPTS_KEY = CurveKey.RECEIPTS.id();

    /** The first number of a client that is no gateway. */
    public static final int CLIENTS_FROM = 64;

    private static final int VERSION = 1;
    private static final String HINT = "take the transcript anew from the ceremony";

    /** 64 enrolments, the clients, and per key a number of the modulus' length a leaf. */
    static final int LENGTH_MAX = 32 << 20;

    private static final int REPLICAS_MAX = 64;
    private static final int CLIENTS_MAX = 1024;
    private static final int KEYS_MAX = 64;
    private static final int CERTIFICATE_LENGTH_MAX = 16 << 10;

    private final byte[] document;
    private final String name;
    private final UUID id;
    private final JsonNode trust;
    private final X509Certificate root;
    private final List<Enrolment> enrolments;
    private final List<X509Certificate> gateways;
    private final List<Client> clients = new ArrayList<>();
    private final String description;
    private final List<ServiceKey> keys;
    private final Map<CurveKey, DiscreteLogKey> curveKeys = new EnumMap<>(CurveKey.class);
    private final Map<CurveKey, BlsKey> signing = new EnumMap<>(CurveKey.class);
    private final Map<CurveKey, byte[]> made = new EnumMap<>(CurveKey.class);
    private final Set<CurveKey> carried = EnumSet.noneOf(CurveKey.class);
    private final Optional<ObliviousKey> function;

    /** Null until somebody needs it. */
    private @Nullable Tdh2Cipher cipher;

    private GroupTranscript(JsonNode json, byte[] document) {
        this.document = document;
        if (JsonFields.number(json, "version") != VERSION) {
            throw new CeremonyException("the transcript has an unknown version", "use a newer Maftia");
        }
        this.name = JsonFields.text(json, "group");
        this.id = parseId(JsonFields.text(json, "id"));
        this.trust = json.path("trust");
        this.description = json.has("description") ? JsonFields.text(json, "description") : "";
        this.root = Certificates.parse(JsonFields.bytes(json, "root", CERTIFICATE_LENGTH_MAX));
        this.enrolments = JsonFields.list(json, "replicas", REPLICAS_MAX).stream()
                .map(Enrolment::of)
                .toList();
        this.gateways = JsonFields.list(json, "gateways", REPLICAS_MAX).stream()
                .map(gateway -> issued(gateway, "certificate"))
                .toList();
        for (JsonNode client : JsonFields.list(json, "clients", CLIENTS_MAX)) {
            clients.add(new Client(
                    JsonFields.number(client, "number"),
                    JsonFields.text(client, "name"),
                    issued(client, "certificate")));
        }
        this.keys = JsonFields.list(json, "keys", KEYS_MAX).stream()
                .map(key -> ServiceKey.of(key, issued(key, "certificate"), trust.path("sharing"), ids()))
                .toList();
        for (CurveKey key : CurveKey.of(isHybrid())) {
            if (key.isCarried(json)) {
                carried.add(key);
            }
            Optional<byte[]> serial = key.madeSerial(json, isHybrid());
            if (serial.isPresent()) {
                made.put(key, serial.get());
                continue;
            }
            curveKeys.put(key, key.of(json, id, trust.path("sharing"), ids()));
            if (key.isForSignatures()) {
                signing.put(key, signing(key(key), JsonFields.text(json, key.publicKeyField())));
            }
        }
        this.function = FunctionKey.of(json, id);
        requireOneKeyForEachUse();
        if (gateways.size() != enrolments.size() || enrolments.isEmpty()) {
            throw new CeremonyException("the transcript lacks a replica or a certificate", HINT);
        }
    }

    /** What a service signs with one padding must not pass for what it, or another, signs with a second key. */
    private void requireOneKeyForEachUse() {
        Set<String> uses = new TreeSet<>();
        Set<String> others = new TreeSet<>();
        for (ServiceKey key : keys) {
            // Keys for callers differ in who may use them, which their policies say.
            String use = key.purpose().service() + " "
                    + (key.purpose() == KeyPurpose.SIGNING
                            ? key.id()
                            : key.scheme().key().encoding());
            if (!uses.add(use)
                    || !others.add(key.id())
                    || !others.add(key.key().modulus().toString(16))) {
                throw new CeremonyException(
                        "key " + key.id()
                                + " of the transcript has the name, the modulus, or the service and padding of"
                                + " another",
                        HINT);
            }
        }
    }

    /** All threshold keys of the group, as outsiders see them. */
    public List<KeyEntry> catalogue() {
        List<KeyEntry> entries = new ArrayList<>();
        keys.forEach(key -> entries.add(KeyEntry.of(key, ids())));
        curveKeys.forEach((kind, key) -> entries.add(
                switch (kind) {
                    case COIN, CONFIDENTIAL -> KeyEntry.of(kind, key, sharing());
                    case BEACON, RECEIPTS, DRAWS -> KeyEntry.of(kind, signing(kind), user(kind), sharing());
                }));
        made.keySet().forEach(kind -> entries.add(KeyEntry.made(kind, user(kind), sharing())));
        function.ifPresent(key -> entries.add(KeyEntry.of(key, ids())));
        return entries;
    }

    /** Who may have a key sign that is for signatures. */
    private static String user(CurveKey kind) {
        return switch (kind) {
            case BEACON -> Beacon.NAME;
            case RECEIPTS -> Evaluator.NAME;
            case DRAWS -> "all";
            case COIN, CONFIDENTIAL -> throw new IllegalStateException("nothing is signed with key " + kind.id());
        };
    }

    /**
     * Which service may have which key used: a certified key signs for the service of its purpose alone, but for the one
     * for exchanges, which signs receipts of registrations, too; secrets are opened for every service, each those that were
     * encrypted for it.
     *
     * @param services that the group runs
     */
    public KeyGrants grants(SortedSet<String> services) {
        SortedMap<String, String> signing = new TreeMap<>();
        keys.forEach(key -> signing.put(key.id(), key.purpose().service()));
        signing.put(CurveKey.BEACON.id(), Beacon.NAME);
        if (curveKeys.containsKey(CurveKey.RECEIPTS) || made.containsKey(CurveKey.RECEIPTS)) {
            signing.put(CurveKey.RECEIPTS.id(), Evaluator.NAME);
        }
        return KeyGrants.of(signing, services)
                .signingToo(ServiceKey.EXCHANGE, Registrar.NAME) // both sign JWS, with types that the other refuses
                .evaluating(new TreeMap<>(Map.of(FunctionKey.ID, Evaluator.NAME)))
                .evaluatingToo(FunctionKey.ID, Provider.NAME); // names of users that the other refuses
    }

    private static BlsKey signing(DiscreteLogKey sharing, String hex) {
        try {
            BlsKey key = new BlsKey(sharing, HexFormat.of().parseHex(hex));
            if (key.isOfOneNumber()) {
                return key;
            }
        } catch (IllegalArgumentException e) {
            throw new CeremonyException("the transcript's public key of " + sharing.keyId() + " is none", HINT, e);
        }
        throw new CeremonyException(
                "the transcript's public key of " + sharing.keyId() + " is of another number", HINT);
    }

    private static UUID parseId(String hex) {
        if (!hex.matches("[0-9a-f]{32}")) {
            throw new CeremonyException("the transcript's group id is no 16 bytes of hex", HINT);
        }
        return new UUID(
                Long.parseUnsignedLong(hex.substring(0, 16), 16), Long.parseUnsignedLong(hex.substring(16), 16));
    }

    private X509Certificate issued(JsonNode json, String field) {
        X509Certificate certificate = Certificates.parse(JsonFields.bytes(json, field, CERTIFICATE_LENGTH_MAX));
        try {
            certificate.verify(root.getPublicKey());
            return certificate;
        } catch (GeneralSecurityException e) {
            throw new CeremonyException("a certificate of the transcript is not the root's", HINT, e);
        }
    }

    /**
     * Reads a transcript and checks all signatures in it.
     *
     * @throws CeremonyException when it is damaged or contradicts itself
     */
    public static GroupTranscript read(Path file) {
        byte[] bytes = DurableFiles.read(
                file, LENGTH_MAX, "`maftia key ceremony` writes it, `maftia key install` takes it over");
        return new GroupTranscript(CanonicalJson.decode(bytes, file.toString(), HINT), bytes);
    }

    /** The document as it is hashed. */
    public byte[] document() {
        return document.clone();
    }

    /** The configuration of the group. */
    public Digest digest() {
        return digest(document);
    }

    /** The {@link #digest} of a document, of which nothing is read. */
    public static Digest digest(byte[] document) {
        return Transcript.sha256(document);
    }

    /**
     * Demands that this is the transcript whose hash the people of the ceremony read out.
     *
     * @param hash in hex; blanks and the case of letters do not count
     * @throws CeremonyException when it is another one
     */
    public void requireDigest(String hash) {
        if (!hasDigest(hash)) {
            throw new CeremonyException(
                    "the transcript's hash is " + digest() + ", not the one expected",
                    "ask the people of the ceremony for the hash again; if it stays so, somebody changed the file");
        }
    }

    /** Whether this is the transcript of that hash, in hex; blanks and the case of letters do not count. */
    boolean hasDigest(String hash) {
        return digest().toString().equals(hash.replaceAll("\\s", "").toLowerCase(Locale.ROOT));
    }

    /** The root's certificate in PEM, for clients. */
    public byte[] rootPem() {
        return Certificates.pem(List.of(root));
    }

    /** The group's name, for people. */
    public String name() {
        return name;
    }

    /** The group's id; as an integer it is the arc below 2.25 of the group's own object identifiers. */
    public UUID id() {
        return id;
    }

    /** What the replicas showed of themselves, by index. */
    public List<Enrolment> enrolments() {
        return enrolments;
    }

    /** The self-signed root, {@code caCertificate} of clients. */
    public X509Certificate root() {
        return root;
    }

    /** The HTTPS certificates of the gateways, by index. */
    public List<X509Certificate> gateways() {
        return gateways;
    }

    /**
     * A program with an identity of its own.
     *
     * @param number from {@link #CLIENTS_FROM} on
     */
    public record Client(int number, String name, X509Certificate certificate) {}

    /** The certificates of clients, by number from {@link #CLIENTS_FROM} on. */
    public SortedMap<Integer, X509Certificate> clients() {
        SortedMap<Integer, X509Certificate> certificates = new TreeMap<>();
        clients.forEach(client -> certificates.put(client.number, client.certificate));
        return Collections.unmodifiableSortedMap(certificates);
    }

    /** All clients, in the order of the document. */
    public List<Client> clientList() {
        return List.copyOf(clients);
    }

    /** The configuration as its operators wrote it down, for which this ceremony was held; empty where none was given. */
    public String description() {
        return description;
    }

    /**
     * Reads a transcript that came over a network, and checks all signatures in it.
     *
     * @throws CeremonyException when it is damaged or contradicts itself
     */
    public static GroupTranscript parse(byte[] document) {
        if (document.length > LENGTH_MAX) {
            throw new CeremonyException("the transcript is too long", HINT);
        }
        return new GroupTranscript(CanonicalJson.decode(document, "the transcript", HINT), document.clone());
    }

    public List<ServiceKey> keys() {
        return keys;
    }

    /**
     * The key of this id.
     *
     * @throws CeremonyException when the ceremony dealt none
     */
    public ServiceKey key(String keyId) {
        return keys.stream()
                .filter(key -> key.id().equals(keyId))
                .findFirst()
                .orElseThrow(() -> new CeremonyException(
                        "the ceremony dealt no key \"" + keyId + "\"", "hold a ceremony with this service"));
    }

    /** The public part of a key that has no certificate. */
    DiscreteLogKey key(CurveKey key) {
        return key(key, curveKeys);
    }

    /** Whether the key goes on from the configuration before: then it is stated as it was dealt for an earlier one. */
    boolean isCarried(CurveKey key) {
        return carried.contains(key);
    }

    /** Whether some key goes on from the configuration before. */
    public boolean carriesKeys() {
        return !carried.isEmpty();
    }

    /**
     * Demands that the keys which go on, if any do, are those of the configuration before.
     *
     * @throws CeremonyException when one is another
     */
    public void requireCarried(GroupTranscript before) {
        CarriedKeys.require(this, before);
    }

    /** Over which formula the group shares what it deals or shares anew. */
    private String sharing() {
        return trust.path("sharing").toString();
    }

    /** What outsiders verify the key's signatures with. */
    BlsKey signing(CurveKey key) {
        return key(key, signing);
    }

    private static <T> T key(CurveKey key, Map<CurveKey, T> keys) {
        return Objects.requireNonNull(keys.get(key), "the constructor reads all");
    }

    /** Whether trusted components stand beside the replicas: then a part of the keys of other groups is not there. */
    public boolean isHybrid() {
        return enrolments.stream().anyMatch(enrolment -> enrolment.component().isPresent());
    }

    /** The keys that nobody deals, as the group makes them for itself: the serial of each, which names it. */
    Map<CurveKey, byte[]> madeKeys() {
        return Collections.unmodifiableMap(made);
    }

    /** The serial of a key that the group makes for itself. */
    byte[] serial(CurveKey key) {
        return key(key, made).clone();
    }

    /** Those keys of the group on the curve that were dealt. */
    Set<CurveKey> curveKeys() {
        return Collections.unmodifiableSet(curveKeys.keySet());
    }

    /**
     * What clients encrypt with to the group: nobody reads it before a qualified set of replicas agrees. None in a
     * {@linkplain #isHybrid hybrid} group.
     */
    public ThresholdCipher cipher() {
        return confidentialCipher();
    }

    /** One for all who have this document: what the gateway of a replica finds out the replica need not find out again. */
    synchronized Tdh2Cipher confidentialCipher() {
        Tdh2Cipher known = cipher;
        if (known == null) {
            known = new Tdh2Cipher(confidential());
            cipher = known;
        }
        return known;
    }

    /** The key to which clients encrypt, in a group that is not {@linkplain #isHybrid hybrid}. */
    public DiscreteLogKey confidential() {
        return key(CurveKey.CONFIDENTIAL);
    }

    /** The key of the randomness beacon as it was dealt; empty: the group makes it, and names it by {@link #beaconSerial}. */
    public Optional<BlsKey> beacon() {
        return Optional.ofNullable(signing.get(CurveKey.BEACON));
    }

    /** What names the key of the randomness beacon where the group makes it for itself; empty: it was dealt. */
    public Optional<byte[]> beaconSerial() {
        return Optional.ofNullable(made.get(CurveKey.BEACON)).map(byte[]::clone);
    }

    /**
     * The key under which the group signs what it evaluated, as it was dealt; empty: the group makes it, and names it by {@link
     * #receiptsSerial}, or evaluates nothing.
     */
    public Optional<BlsKey> receipts() {
        return Optional.ofNullable(signing.get(CurveKey.RECEIPTS));
    }

    /** What names that key where the group makes it for itself; empty: it was dealt, or the group evaluates nothing. */
    public Optional<byte[]> receiptsSerial() {
        return Optional.ofNullable(made.get(CurveKey.RECEIPTS)).map(byte[]::clone);
    }

    /** The keys with which the group signs, those excepted that are certified and those that it makes: all were dealt. */
    Map<CurveKey, BlsKey> dealtSigning() {
        return Collections.unmodifiableMap(signing);
    }

    /** The group's oblivious function; empty where it evaluates none. */
    public Optional<ObliviousKey> function() {
        return function;
    }

    /** The index of the replica that signs with this key. */
    int indexOfSigningKey(byte[] signingKey) {
        for (int i = 0; i < enrolments.size(); i++) {
            if (Arrays.equals(enrolments.get(i).signingKey(), signingKey)) {
                return i;
            }
        }
        throw new CeremonyException(
                "the ceremony of group " + name + " does not know this replica",
                "give the replica's enrolment to the ceremony");
    }

    /**
     * Makes sure that the configuration says about trust what the ceremony dealt for.
     *
     * @throws CeremonyException when it differs
     */
    public void requireTrust(FaultStructure structure) {
        if (!TrustDocument.of(structure, ids()).equals(trust)) {
            throw new CeremonyException(
                    "the configuration's trust is not the one that the ceremony shared the keys for",
                    "restore group.toml, or hold a new ceremony");
        }
    }

    /** The replicas' ids, by index. */
    public List<String> ids() {
        return enrolments.stream().map(Enrolment::id).toList();
    }

    /** Puts a document together; the parts are the ceremony's. */
    static GroupTranscript of(
            CeremonyPlan plan,
            X509Certificate root,
            List<X509Certificate> gateways,
            List<Client> clients,
            List<ServiceKey> keys,
            Map<CurveKey, DiscreteLogKey> curveKeys,
            Map<CurveKey, BlsKey> signing,
            Map<CurveKey, byte[]> made,
            Set<CurveKey> carried,
            Optional<ObliviousKey> function) {
        ObjectNode json = CanonicalJson.object();
        String id = HexFormat.of().toHexDigits(plan.id().getMostSignificantBits())
                + HexFormat.of().toHexDigits(plan.id().getLeastSignificantBits());
        json.put("version", VERSION).put("group", plan.name()).put("id", id);
        json.put("root", base64(root));
        if (!plan.description().isEmpty()) {
            json.put("description", plan.description());
        }
        List<String> ids = plan.enrolments().stream().map(Enrolment::id).toList();
        json.set("trust", TrustDocument.of(plan.trust(), ids));
        ArrayNode replicas = json.putArray("replicas");
        plan.enrolments().forEach(enrolment -> replicas.add(enrolment.json()));
        ArrayNode gatewayList = json.putArray("gateways");
        gateways.forEach(gateway -> gatewayList.addObject().put("certificate", base64(gateway)));
        ArrayNode clientList = json.putArray("clients");
        for (Client client : clients) {
            clientList
                    .addObject()
                    .put("number", client.number)
                    .put("name", client.name)
                    .put("certificate", base64(client.certificate));
        }
        ArrayNode keyList = json.putArray("keys");
        keys.forEach(key -> keyList.add(key.json().put("certificate", base64(key.certificate()))));
        curveKeys.forEach((kind, key) -> json.set(kind.id(), kind.json(key, carried.contains(kind))));
        signing.forEach(
                (kind, key) -> json.put(kind.publicKeyField(), HexFormat.of().formatHex(key.publicKey())));
        made.forEach((kind, serial) -> json.set(kind.id(), kind.made(serial, carried.contains(kind))));
        function.ifPresent(key -> json.set(FunctionKey.ID, FunctionKey.json(key)));
        byte[] document = CanonicalJson.encode(json);
        return new GroupTranscript(CanonicalJson.decode(document, "the transcript", HINT), document);
    }

    private static String base64(X509Certificate certificate) {
        return Base64.getEncoder().encodeToString(Certificates.encode(certificate));
    }
}
