package org.maftia.server.ceremony;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Arrays;
import java.util.Base64;
import java.util.EnumMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.maftia.core.crypto.BlsKey;
import org.maftia.core.crypto.DiscreteLogDealer;
import org.maftia.core.crypto.DiscreteLogKey;
import org.maftia.core.crypto.DiscreteLogShares;
import org.maftia.core.crypto.Entropy;
import org.maftia.core.replica.Drawing;
import org.maftia.core.trust.SharingFormula;
import org.maftia.core.wire.MalformedException;
import org.maftia.core.wire.Reader;
import org.maftia.core.wire.Writer;

/**
 * The keys of the group in BLS12-381 G1, as the ceremony's documents have them: dealt like the others, but certified by
 * nobody; or named only, where the group makes them for itself. Each scheme has its own, so that nothing which one releases serves in another.
 */
enum CurveKey {
    /** Of the coin that elects leaders. */
    COIN("coin", "cachin-kursawe-shoup", "coin"),

    /** To which clients encrypt what must stay secret until it is ordered. */
    CONFIDENTIAL("confidential", "tdh2-aes-256-gcm", "confidential-requests"),

    /** Under which the rounds of the beacon are signed; outsiders verify with its power in the second group. */
    BEACON("beacon", "bls-unchained-g1-rfc9380", "randomness-beacon"),

    /** Under which the group says what it evaluated for whom; outsiders verify as with the beacon's. */
    RECEIPTS("receipts", "bls-unchained-g1-rfc9380", "evaluation-receipts"),

    /** Whose signatures are the randomness that services draw: it signs nothing else. */
    DRAWS(Drawing.KEY_ID, "bls-unchained-g1-rfc9380", "drawn-values");

    private static final String HINT = "take the transcript anew from the ceremony";

    private static final String CARRIED = "carried";

    private static final String MADE_BY = "madeBy";

    private static final String GROUP = "group";

    /** Bytes of the name of a key that the group makes: drawn, so that no two are alike. */
    static final int SERIAL_LENGTH = 16;

    /** 1024 leaves of 48 bytes, and the formula. */
    private static final int PUBLIC_LENGTH_MAX = 256 << 10;

    private final String id;
    private final String algorithm;
    private final String purpose;

    CurveKey(String id, String algorithm, String purpose) {
        this.id = id;
        this.algorithm = algorithm;
        this.purpose = purpose;
    }

    /**
     * Those that a group has.
     *
     * @param hybrid whether trusted components stand beside its replicas: then its order tosses no coin, it takes no
     *     confidential requests, and under Q2 nobody could tell a false evaluation
     */
    static List<CurveKey> of(boolean hybrid) {
        return hybrid ? List.of(BEACON, DRAWS) : List.of(values());
    }

    /** Whether a group may make the key for itself: one that signs. A hybrid group makes none. */
    boolean canBeMade(boolean hybrid) {
        return isForSignatures() && !hybrid;
    }

    /**
     * Whether a new group makes the key for itself, so that nobody deals it.
     *
     * @param strong whether the group's sharing formula is: where it is not, one member that never comes keeps a key from being
     *     made, and the beacon alone may wait for that
     */
    boolean isMadeByGroup(boolean hybrid, boolean strong) {
        return canBeMade(hybrid) && (strong || this == BEACON);
    }

    /** @param serial names the key, as its public half nobody knows yet */
    ObjectNode made(byte[] serial, boolean carried) {
        ObjectNode json = CanonicalJson.object()
                .put("id", id)
                .put("algorithm", algorithm)
                .put(MADE_BY, GROUP)
                .put("serial", HexFormat.of().formatHex(serial));
        return carried ? json.put(CARRIED, true) : json;
    }

    /**
     * The serial of a key that the group makes for itself; empty: it was dealt.
     *
     * @param json of the whole transcript
     * @throws CeremonyException when it says something else about such a key than it may
     */
    Optional<byte[]> madeSerial(JsonNode json, boolean hybrid) {
        JsonNode stated = json.path(id);
        if (!stated.has(MADE_BY)) {
            return Optional.empty();
        }
        String serial = JsonFields.text(stated, "serial");
        boolean possible = canBeMade(hybrid)
                && !json.has(publicKeyField())
                && serial.matches("[0-9a-f]{" + 2 * SERIAL_LENGTH + "}");
        if (!possible || !stated.equals(made(HexFormat.of().parseHex(serial), isCarried(json)))) {
            throw new CeremonyException("key " + id + " of the transcript is none that a group makes", HINT);
        }
        return Optional.of(HexFormat.of().parseHex(serial));
    }

    String algorithm() {
        return algorithm;
    }

    /** What it is for, as {@link KeyPurpose} words it for keys that are certified. */
    String purpose() {
        return purpose;
    }

    /** Names it in the transcript, in files, and in every hash of its scheme. */
    String id() {
        return id;
    }

    /** Whether outsiders verify with the power of its secret in the second group. */
    boolean isForSignatures() {
        return this == BEACON || this == RECEIPTS || this == DRAWS;
    }

    /** The member of the transcript that has that power: 96 bytes in hex. */
    String publicKeyField() {
        return id + "PublicKey";
    }

    /** Where custody keeps a replica's shares of it. */
    private String custodyName() {
        return ServiceKey.custodyName(id, 0);
    }

    /** The group in the hashes of its keys. */
    static String name(UUID group) {
        return group.toString().replace("-", "");
    }

    /**
     * Whether the key may go on when the group changes, with shares that the group itself makes for the new members. Not the
     * coin: agreement never waits for it, so it must be there for the new members from the first slot on.
     */
    boolean outlivesConfigurations() {
        return this != COIN;
    }

    /** One dealing of each key that is new; closing it erases the shares. */
    record Dealings(Map<CurveKey, DiscreteLogDealer.Dealing> byKey) implements AutoCloseable {
        /** Deals, and makes sure that every minimal set of shares gives the key before anybody relies on it. */
        static Dealings deal(UUID group, SharingFormula formula, Set<CurveKey> fresh, Entropy entropy) {
            Map<CurveKey, DiscreteLogDealer.Dealing> dealings = new EnumMap<>(CurveKey.class);
            for (CurveKey key : fresh) {
                DiscreteLogDealer.Dealing dealing = DiscreteLogDealer.deal(name(group), key.id, formula, entropy);
                if (!dealing.rehearse()) {
                    throw new IllegalStateException("the dealt shares of key " + key.id + " do not fit it");
                }
                dealings.put(key, dealing);
            }
            return new Dealings(dealings);
        }

        Map<CurveKey, DiscreteLogKey> keys() {
            Map<CurveKey, DiscreteLogKey> keys = new EnumMap<>(CurveKey.class);
            byKey.forEach((key, dealing) -> keys.put(key, dealing.key()));
            return keys;
        }

        /** What outsiders verify signatures with, beside the keys that they were dealt as. */
        Map<CurveKey, BlsKey> signing() {
            Map<CurveKey, BlsKey> keys = new EnumMap<>(CurveKey.class);
            byKey.forEach((key, dealing) -> {
                if (key.isForSignatures()) {
                    keys.put(key, BlsKey.of(dealing));
                }
            });
            return keys;
        }

        /** A replica's shares of these keys, as {@link CurveKey#read} takes them one after the other. */
        void write(Writer writer, int replica) {
            byKey.values().forEach(dealing -> DiscreteLogShares.CODEC.write(writer, dealing.sharesOf(replica)));
        }

        @Override
        public void close() {
            byKey.values().forEach(DiscreteLogDealer.Dealing::close);
        }
    }

    /** Whether the shares that the ceremony dealt are still there: not where the group has renewed them. */
    boolean isIn(Custody custody) {
        return custody.holds(custodyName() + Custody.SHARE) && custody.holds(custodyName() + Custody.DATA_KEY);
    }

    /** @param carried whether it goes on from the configuration before, and is stated as it was dealt for an earlier one */
    ObjectNode json(DiscreteLogKey key, boolean carried) {
        byte[] encoded = DiscreteLogKey.CODEC.encode(key);
        ObjectNode json = CanonicalJson.object()
                .put("id", key.keyId())
                .put("algorithm", algorithm)
                .put("key", Base64.getEncoder().encodeToString(encoded));
        return carried ? json.put(CARRIED, true) : json;
    }

    /** Whether the transcript says that the key goes on from the configuration before. */
    boolean isCarried(JsonNode json) {
        return json.path(id).path(CARRIED).asBoolean(false);
    }

    /**
     * @param json of the whole transcript
     * @param sharing the group's sharing formula, as the transcript states it
     * @throws CeremonyException when it is no key of this group's
     */
    DiscreteLogKey of(JsonNode json, UUID group, JsonNode sharing, List<String> ids) {
        JsonNode stated = json.path(id);
        try {
            DiscreteLogKey key = DiscreteLogKey.CODEC.decode(JsonFields.bytes(stated, "key", PUBLIC_LENGTH_MAX));
            boolean carried = isCarried(json);
            boolean own = key.keyId().equals(id) && key.group().equals(name(group));
            boolean shared = carried
                    ? outlivesConfigurations()
                    : TrustDocument.of(key.formula().formula(), ids).equals(sharing);
            if (!own || !shared || !stated.equals(json(key, carried))) {
                throw new CeremonyException("key " + id + " of the transcript is not this group's", HINT);
            }
            return key;
        } catch (MalformedException e) {
            throw new CeremonyException("key " + id + " of the transcript does not decode: " + e.getMessage(), HINT, e);
        }
    }

    /**
     * A replica's shares from the ceremony's file.
     *
     * @throws CeremonyException when they do not fit the key
     */
    DiscreteLogShares read(Reader reader, DiscreteLogKey key, int index) {
        DiscreteLogShares shares = DiscreteLogShares.CODEC.read(reader);
        if (shares.replica() != index || !key.isConsistent() || !shares.match(key)) {
            shares.close();
            throw Installation.contradiction(id);
        }
        return shares;
    }

    void store(Custody custody, DiscreteLogShares shares) {
        byte[] secret = DiscreteLogShares.CODEC.encode(shares);
        custody.storeUnderDataKey(custodyName(), secret);
        Arrays.fill(secret, (byte) 0);
    }

    /**
     * This replica's shares, from custody.
     *
     * @throws CeremonyException when they are another replica's, or another key's
     */
    DiscreteLogShares load(Custody custody, DiscreteLogKey key, int index) {
        byte[] secret = custody.loadUnderDataKey(custodyName());
        try {
            DiscreteLogShares shares = DiscreteLogShares.CODEC.decode(secret);
            if (shares.replica() != index || !shares.match(key)) {
                shares.close();
                throw new CeremonyException("the shares of key " + id + " are not this replica's", HINT);
            }
            return shares;
        } catch (MalformedException e) {
            throw new CeremonyException("the shares of key " + id + " do not decode", HINT, e);
        } finally {
            Arrays.fill(secret, (byte) 0);
        }
    }
}
