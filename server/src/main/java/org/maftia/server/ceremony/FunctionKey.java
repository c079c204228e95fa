package org.maftia.server.ceremony;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.maftia.core.crypto.Entropy;
import org.maftia.core.crypto.ObliviousDealer;
import org.maftia.core.crypto.ObliviousKey;
import org.maftia.core.crypto.ObliviousShares;
import org.maftia.core.trust.FaultStructure;
import org.maftia.core.trust.ReplicaSet;
import org.maftia.core.trust.SharingFormula;
import org.maftia.core.wire.MalformedException;
import org.maftia.core.wire.Reader;

/**
 * The key of the group's oblivious function, as the ceremony's documents have it: one seed for each maximal fault set, which
 * exactly the others keep. Nobody outside can check a seed; what several say of it is compared.
 */
final class FunctionKey {
    /** Names it in the transcript, in files, and in every hash of its scheme. */
    static final String ID = "oprf";

    static final String ALGORITHM = "oprf-p256-sha256";
    static final String PURPOSE = "evaluations";

    private static final String HINT = "take the transcript anew from the ceremony";
    private static final int PUBLIC_LENGTH_MAX = 256 << 10;
    private static final String CUSTODY_NAME = ServiceKey.custodyName(ID, 0);

    private FunctionKey() {}

    /**
     * How the group shares it. Empty where it has too many fault sets for copies, or where a corrupted one could keep the
     * correct keepers of a summand from being believed: such a group evaluates nothing.
     */
    private static Optional<SharingFormula> sharing(FaultStructure trust) {
        return trust.copiedSharing().filter(sharing -> {
            List<ReplicaSet> sets = trust.maximalFaultSets();
            return sets.stream()
                    .allMatch(unknowing -> sets.stream()
                            .allMatch(corrupted ->
                                    trust.isKernel(trust.all().minus(unknowing).minus(corrupted))));
        });
    }

    static Optional<ObliviousDealer.Dealing> deal(UUID group, FaultStructure trust, Entropy entropy) {
        return sharing(trust).map(formula -> ObliviousDealer.deal(CurveKey.name(group), ID, formula, entropy));
    }

    static ObjectNode json(ObliviousKey key) {
        byte[] encoded = ObliviousKey.CODEC.encode(key);
        return CanonicalJson.object()
                .put("id", key.keyId())
                .put("algorithm", ALGORITHM)
                .put("key", Base64.getEncoder().encodeToString(encoded));
    }

    /**
     * @param json of the whole transcript
     * @throws CeremonyException when it is no key of this group's
     */
    static Optional<ObliviousKey> of(JsonNode json, UUID group) {
        JsonNode stated = json.path(ID);
        if (stated.isMissingNode()) {
            return Optional.empty();
        }
        try {
            ObliviousKey key = ObliviousKey.CODEC.decode(JsonFields.bytes(stated, "key", PUBLIC_LENGTH_MAX));
            if (!key.keyId().equals(ID) || !key.group().equals(CurveKey.name(group)) || !stated.equals(json(key))) {
                throw new CeremonyException("key " + ID + " of the transcript is not this group's", HINT);
            }
            return Optional.of(key);
        } catch (MalformedException e) {
            throw new CeremonyException("key " + ID + " of the transcript does not decode: " + e.getMessage(), HINT, e);
        }
    }

    /** A replica's seeds from the ceremony's file. */
    static ObliviousShares read(Reader reader, ObliviousKey key, int index) {
        ObliviousShares shares = ObliviousShares.CODEC.read(reader);
        if (shares.replica() != index || !shares.match(key)) {
            shares.close();
            throw Installation.contradiction(ID);
        }
        return shares;
    }

    static void store(Custody custody, ObliviousShares shares) {
        byte[] secret = ObliviousShares.CODEC.encode(shares);
        custody.storeUnderDataKey(CUSTODY_NAME, secret);
        Arrays.fill(secret, (byte) 0);
    }

    /**
     * This replica's seeds, from custody.
     *
     * @throws CeremonyException when they are another replica's, or another key's
     */
    static ObliviousShares load(Custody custody, ObliviousKey key, int index) {
        byte[] secret = custody.loadUnderDataKey(CUSTODY_NAME);
        try {
            ObliviousShares shares = ObliviousShares.CODEC.decode(secret);
            if (shares.replica() != index || !shares.match(key)) {
                shares.close();
                throw new CeremonyException("the shares of key " + ID + " are not this replica's", HINT);
            }
            return shares;
        } catch (MalformedException e) {
            throw new CeremonyException("the shares of key " + ID + " do not decode", HINT, e);
        } finally {
            Arrays.fill(secret, (byte) 0);
        }
    }
}
