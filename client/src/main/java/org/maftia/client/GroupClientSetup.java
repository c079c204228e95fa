package org.maftia.client;

import java.net.InetSocketAddress;
import java.security.cert.X509Certificate;
import java.util.List;
import org.maftia.client.transport.TlsIdentity;
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
 */
public record GroupClientSetup(
        FaultStructure trust,
        Limits limits,
        Digest configuration,
        List<Endpoint> replicas,
        TlsIdentity identity,
        long timeoutMicros) {
    public GroupClientSetup {
        replicas = List.copyOf(replicas);
        if (replicas.size() != trust.size()) {
            throw new IllegalArgumentException(
                    replicas.size() + " endpoints for a group of " + trust.size() + " replicas");
        }
    }

    /**
     * @param address of the client port
     * @param certificate that pins the replica
     */
    public record Endpoint(InetSocketAddress address, X509Certificate certificate) {}
}
