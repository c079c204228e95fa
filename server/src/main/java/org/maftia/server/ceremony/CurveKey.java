package org.maftia.server.ceremony;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.UUID;
import org.maftia.core.crypto.Coin;
import org.maftia.core.crypto.DiscreteLogDealer;
import org.maftia.core.crypto.DiscreteLogKey;
import org.maftia.core.crypto.DiscreteLogShares;
import org.maftia.core.crypto.Entropy;
import org.maftia.core.crypto.ThresholdCoin;
import org.maftia.core.trust.SharingFormula;
import org.maftia.core.wire.MalformedException;
import org.maftia.core.wire.Reader;
import org.maftia.core.wire.Writer;

/** The key of the group's coin in the ceremony's documents: dealt like the others, but certified by nobody. */
final class CoinKey {
    private static final String KEY_ID = "coin";
    private static final String HINT = "take the transcript anew from the ceremony";

    /** Where custody keeps a replica's shares of it. */
    private static final String CUSTODY_NAME = ServiceKey.custodyName(KEY_ID, 0);

    /** 1024 leaves of 48 bytes, and the formula. */
    private static final int PUBLIC_LENGTH_MAX = 256 << 10;

    private CoinKey() {}

    /** Deals, and makes sure that every minimal set of shares gives the key before anybody relies on it. */
    static DiscreteLogDealer.Dealing deal(UUID group, SharingFormula formula, Entropy entropy) {
        DiscreteLogDealer.Dealing dealing =
                DiscreteLogDealer.deal(group.toString().replace("-", ""), KEY_ID, formula, entropy);
        if (!dealing.rehearse()) {
            throw new IllegalStateException("the dealt shares of the coin do not fit its key");
        }
        return dealing;
    }

    static ObjectNode json(DiscreteLogKey key) {
        byte[] encoded = DiscreteLogKey.CODEC.encode(key);
        return CanonicalJson.object()
                .put("id", key.keyId())
                .put("algorithm", "cachin-kursawe-shoup")
                .put("key", Base64.getEncoder().encodeToString(encoded));
    }

    /**
     * @param sharing the group's sharing formula, as the transcript states it
     * @throws CeremonyException when it is no key of this group's
     */
    static DiscreteLogKey of(JsonNode json, UUID group, JsonNode sharing, List<String> ids) {
        try {
            DiscreteLogKey key = DiscreteLogKey.CODEC.decode(JsonFields.bytes(json, "key", PUBLIC_LENGTH_MAX));
            boolean own = key.keyId().equals(KEY_ID)
                    && key.group().equals(group.toString().replace("-", ""))
                    && TrustDocument.of(key.formula().formula(), ids).equals(sharing);
            if (!own || !json.equals(json(key))) {
                throw new CeremonyException("the coin of the transcript is not this group's", HINT);
            }
            return key;
        } catch (MalformedException e) {
            throw new CeremonyException("the coin of the transcript does not decode: " + e.getMessage(), HINT, e);
        }
    }

    static void write(Writer writer, DiscreteLogDealer.Dealing dealing, int replica) {
        DiscreteLogShares.CODEC.write(writer, dealing.sharesOf(replica));
    }

    /**
     * A replica's shares from the ceremony's file.
     *
     * @throws CeremonyException when they do not fit the key
     */
    static DiscreteLogShares read(Reader reader, DiscreteLogKey key, int index) {
        DiscreteLogShares shares = DiscreteLogShares.CODEC.read(reader);
        if (shares.replica() != index || !key.isConsistent() || !shares.match(key)) {
            shares.close();
            throw Installation.contradiction(KEY_ID);
        }
        return shares;
    }

    static void store(Custody custody, DiscreteLogShares shares) {
        byte[] secret = DiscreteLogShares.CODEC.encode(shares);
        custody.storeUnderDataKey(CUSTODY_NAME, secret);
        Arrays.fill(secret, (byte) 0);
    }

    /** The coin as this replica tosses it. */
    static Coin load(Custody custody, DiscreteLogKey key, int index) {
        byte[] secret = custody.loadUnderDataKey(CUSTODY_NAME);
        try {
            DiscreteLogShares shares = DiscreteLogShares.CODEC.decode(secret);
            if (shares.replica() != index) {
                throw new CeremonyException("the shares of the coin are another replica's", HINT);
            }
            return new ThresholdCoin(key, shares);
        } catch (MalformedException | IllegalArgumentException e) {
            throw new CeremonyException("the shares of the coin do not decode", HINT, e);
        } finally {
            Arrays.fill(secret, (byte) 0);
        }
    }
}
