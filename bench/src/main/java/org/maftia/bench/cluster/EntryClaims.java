package org.maftia.bench.cluster;

import java.io.IOException;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.maftia.core.wire.MalformedException;
import org.maftia.services.log.LogPolicy;
import org.maftia.services.log.LogProof;
import org.maftia.services.log.RefusedProofException;

/**
 * What gateways claimed to have recorded: no place may be given twice, and of some entries the place is proved in the end. Any thread
 * may tell.
 */
final class EntryClaims {
    private final BitSet places = new BitSet();

    /** The last of each client. */
    private final SortedMap<Integer, Claim> last = new TreeMap<>();

    /**
     * One of them.
     *
     * @param body of the entry
     */
    record Claim(int client, long index, byte[] body) {}

    /** @throws IOException when another entry has the place */
    synchronized void add(Claim claim) throws IOException {
        int place =
                Math.toIntExact(claim.index); // a load of two thousand million entries takes longer than anybody waits
        if (places.get(place)) {
            throw new IOException("two entries have the index " + place + " of the log");
        }
        places.set(place);
        last.put(claim.client, claim);
    }

    synchronized int count() {
        return places.cardinality();
    }

    /** Some, no more than this, of clients far apart, the newest of all among them. */
    synchronized List<Claim> some(int countMax) {
        List<Claim> all = new ArrayList<>(last.values());
        all.sort((a, b) -> Long.compare(b.index, a.index));
        if (all.size() <= countMax) {
            return all;
        }
        List<Claim> chosen = new ArrayList<>();
        for (int i = 0; i < countMax; i++) {
            chosen.add(all.get((int) ((long) i * all.size() / countMax)));
        }
        return chosen;
    }

    /**
     * Judges a claim by a proof under a published head.
     *
     * @param text of the proof
     * @param policy from the group's transcript, not from a gateway
     * @throws IOException when it proves something else, or nothing
     */
    static void require(Claim claim, String text, LogPolicy policy) throws IOException {
        try {
            LogProof proof = LogProof.parsed(text);
            if (proof.index() != claim.index) {
                throw new IOException("asked for entry " + claim.index + ", got a proof of entry " + proof.index());
            }
            proof.verify(policy, proof.entry(claim.body));
        } catch (MalformedException | RefusedProofException e) {
            throw new IOException("entry " + claim.index + " is not in the log as it was sent", e);
        }
    }
}
