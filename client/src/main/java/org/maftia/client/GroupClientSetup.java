package org.maftia.client;

import java.net.InetSocketAddress;
import java.security.cert.X509Certificate;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import org.maftia.client.transport.TlsIdentity;
import org.maftia.core.crypto.ThresholdCipher;
import org.maftia.core.protocol.Limits;
import org.maftia.core.replica.Charter;
import org.maftia.core.trust.FaultStructure;
import org.maftia.core.wire.Digest;

/**
 * What a client must know of its group.
 *
 * @param charter says how many equal answers are enough, and judges certificates
 * @param limits of the group
 * @param replicas all of them, by index
 * @param identity the key and certificate under which the group knows the client
 * @param timeoutMicros how long a result may take before its future fails
 * @param confidentiality what it takes to encrypt requests; empty for a client that does not
 * @param quorumReads services whose readers may ask the replicas instead of the log; the same with all clients of the
 *     group, as results of such a service are believed from a quorum only
 */
public record GroupClientSetup(
        Charter charter,
        Limits limits,
        List<Endpoint> replicas,
        TlsIdentity identity,
        long timeoutMicros,
        Optional<Confidentiality> confidentiality,
        SortedSet<String> quorumReads) {
    public GroupClientSetup {
        replicas = List.copyOf(replicas);
        quorumReads = Collections.unmodifiableSortedSet(new TreeSet<>(quorumReads));
        if (replicas.size() != charter.trust().size()) {
            throw new IllegalArgumentException(replicas.size() + " endpoints for a group of "
                    + charter.trust().size() + " replicas");
        }
    }

    /**
     * What a client encrypts with. Both are in the group's transcript, and must come from there: a replica that could say
     * which number the client has could have its requests opened under another client's name.
     *
     * @param client the number under which the group knows this client
     * @param cipher of the group
     */
    public record Confidentiality(int client, ThresholdCipher cipher) {}

    /** Who may be corrupted together. */
    public FaultStructure trust() {
        return charter.trust();
    }

    /** Digest of the group's configuration. */
    public Digest configuration() {
        return charter.configuration();
    }

    /**
     * @param address of the client port
     * @param certificate that pins the replica
     */
    public record Endpoint(InetSocketAddress address, X509Certificate certificate) {}
}
