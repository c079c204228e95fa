package org.maftia.server.gateway;

import java.nio.charset.StandardCharsets;
import org.maftia.core.crypto.Transcript;
import org.maftia.core.wire.Digest;
import org.maftia.core.wire.Writer;
import org.maftia.services.beacon.BeaconSchedule;

/**
 * What clients must know of a beacon; all of it stands in the group's public documents, or a quorum certifies it where the
 * group made the key for itself, so that nobody need believe a gateway.
 *
 * @param publicKey 96 bytes of G2
 * @param group binds the group's identity
 * @param id names the beacon, for people
 */
public record BeaconInfo(byte[] publicKey, BeaconSchedule schedule, Digest group, String id) {
    /** drand's name for signatures in G1 over the hash of the round's number alone. */
    public static final String SCHEME = "bls-unchained-g1-rfc9380";

    public BeaconInfo {
        publicKey = publicKey.clone();
    }

    @Override
    public byte[] publicKey() {
        return publicKey.clone();
    }

    /** The chain's hash as drand's clients compute it: period, beginning, key, group, and the name unless it is the default. */
    public Digest hash() {
        Writer writer = new Writer()
                .u32(schedule.periodSeconds())
                .u64(schedule.genesisSeconds())
                .fixed(publicKey)
                .digest(group);
        if (!id.equals("default") && !id.isEmpty()) {
            writer.fixed(id.getBytes(StandardCharsets.UTF_8));
        }
        return Transcript.sha256(writer.toBytes());
    }
}
