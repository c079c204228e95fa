package org.maftia.server.host;

import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.maftia.core.replica.MadeKeys;
import org.maftia.core.wire.Digest;
import org.maftia.server.gateway.CertifiedState;

/**
 * Public keys that the group made for itself, as this replica's gateways use them: each from a state that a quorum certified, and
 * from then on also while a next configuration, in which the key goes on, has certified nothing yet. Any thread may ask.
 */
final class MadeKeysHere {
    private final CertifiedState state;

    /** The newest of each key id, of which a group has a few. */
    private final Map<String, Learnt> learnt = new ConcurrentHashMap<>();

    private record Learnt(byte[] serial, byte[] publicKey) {}

    MadeKeysHere(CertifiedState state) {
        this.state = state;
    }

    /**
     * The public key; empty while the group makes it, or this replica knows of no such state.
     *
     * @param serial names the key among all that the group ever makes
     * @param configuration the present one, whose key it is
     */
    Optional<byte[]> publicKey(String keyId, byte[] serial, Digest configuration) {
        Learnt known = learnt.get(keyId);
        if (known != null && Arrays.equals(known.serial, serial)) {
            return Optional.of(known.publicKey.clone());
        }
        Optional<byte[]> made = state.certified()
                .filter(view -> view.configuration().equals(configuration))
                .flatMap(view -> MadeKeys.in(view, keyId));
        made.ifPresent(key -> learnt.put(keyId, new Learnt(serial.clone(), key.clone())));
        return made;
    }
}
