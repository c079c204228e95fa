package org.maftia.client;

import java.net.InetSocketAddress;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;
import org.maftia.client.transport.TlsIdentity;
import org.maftia.core.crypto.ThresholdCipher;
import org.maftia.core.protocol.Limits;
import org.maftia.core.trust.FaultStructure;
import org.maftia.core.wire.Digest;

/**
 * What a client must know of its group.
 *
 * @param trust says how many equal answers are enough
 * @param limits of the group
 * @param configuration digest of the group's configuration
 * @param replicas all of them, by index
 * @param identity the key and certificate under which the group knows the client
 * @param timeoutMicros how long a result may take before its future fails
 * @param confidentiality what it takes to encrypt requests; empty for a client that does not
 */
public record GroupClientSetup(
        FaultStructure trust,
        Limits limits,
        Digest configuration,
        List<Endpoint> replicas,
        TlsIdentity identity,
        long timeoutMicros,
        Optional<Confidentiality> confidentiality) {
    public GroupClientSetup {
        replicas = List.copyOf(replicas);
        if (replicas.size() != trust.size()) {
            throw new IllegalArgumentException(
                    replicas.size() + " endpoints for a group of " + trust.size() + " replicas");
        }
    }

    /** A client that encrypts nothing. */
    public GroupClientSetup(
            FaultStructure trust,
            Limits limits,
            Digest configuration,
            List<Endpoint> replicas,
            TlsIdentity identity,
            long timeoutMicros) {
        this(trust, limits, configuration, replicas, identity, timeoutMicros, Optional.empty());
    }

    /**
     * What a client encrypts with. Both are in the group's transcript, and must come from there: a replica that could say
     * which number the client has could have its requests opened under another client's name.
     *
     * @param client the number under which the group knows this client
     * @param cipher of the group
     */
    public record Confidentiality(int client, ThresholdCipher cipher) {}

    /**
     * @param address of the client port
     * @param certificate that pins the replica
     */
    public record Endpoint(InetSocketAddress address, X509Certificate certificate) {}
}
