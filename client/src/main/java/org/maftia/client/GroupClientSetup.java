package org.maftia.client;

import java.net.InetSocketAddress;
import java.security.cert.X509Certificate;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Function;
import org.maftia.client.transport.TlsIdentity;
import org.maftia.core.crypto.ThresholdCipher;
import org.maftia.core.protocol.Limits;
import org.maftia.core.replica.Charter;
import org.maftia.core.replica.ConfidentialCall;
import org.maftia.core.replica.Lineage;
import org.maftia.core.replica.RefusedReadException;
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
 * @param signature with what it signs its requests; empty for a client that does not
 * @param mode to whom it gives its requests
 * @param successor how it goes on with the group to another configuration; empty for a client that does not
 */
public record GroupClientSetup(
        Charter charter,
        Limits limits,
        List<Endpoint> replicas,
        TlsIdentity identity,
        long timeoutMicros,
        Optional<Confidentiality> confidentiality,
        SortedSet<String> quorumReads,
        Optional<Signature> signature,
        Mode mode,
        Optional<Successor> successor) {
    /** A client that does not sign. */
    public GroupClientSetup(
            Charter charter,
            Limits limits,
            List<Endpoint> replicas,
            TlsIdentity identity,
            long timeoutMicros,
            Optional<Confidentiality> confidentiality,
            SortedSet<String> quorumReads) {
        this(
                charter,
                limits,
                replicas,
                identity,
                timeoutMicros,
                confidentiality,
                quorumReads,
                Optional.empty(),
                Mode.BROADCAST,
                Optional.empty());
    }

    public GroupClientSetup {
        replicas = List.copyOf(replicas);
        quorumReads = Collections.unmodifiableSortedSet(new TreeSet<>(quorumReads));
        if (replicas.size() != charter.trust().size()) {
            throw new IllegalArgumentException(replicas.size() + " endpoints for a group of "
                    + charter.trust().size() + " replicas");
        }
        if (mode == Mode.HOME && signature.isEmpty()) {
            throw new IllegalArgumentException("who gives requests to one replica alone signs them");
        }
    }

    /** To whom a client gives its requests. */
    public enum Mode {
        /** To all replicas: none of them alone can hold a request back, and no signature is needed. */
        BROADCAST,
        /**
         * To one replica, signed, which hands it on; after a time-out to all, and the next requests to another replica.
         * Saves the client all messages but one. Confidential requests go to all in any case.
         */
        HOME
    }

    /**
     * What a client signs with.
     *
     * @param client the number under which the group knows this client
     * @param signer makes an Ed25519 signature over a digest, with the key of the client's certificate
     */
    public record Signature(int client, Function<Digest, byte[]> signer) {}

    /** The same, but signing. */
    public GroupClientSetup signing(Signature key, Mode to) {
        return new GroupClientSetup(
                charter,
                limits,
                replicas,
                identity,
                timeoutMicros,
                confidentiality,
                quorumReads,
                Optional.of(key),
                to,
                successor);
    }

    /** The same, but following the group from configuration to configuration. */
    public GroupClientSetup following(Successor next) {
        return new GroupClientSetup(
                charter,
                limits,
                replicas,
                identity,
                timeoutMicros,
                confidentiality,
                quorumReads,
                signature,
                mode,
                Optional.of(next));
    }

    /**
     * Whether a refusal says no more than that the group has gone on, to a client that follows it: however many replicas of the
     * configuration that it knows say so, that is no answer.
     */
    boolean isOfThePast(String reason) {
        return successor.isPresent()
                && (reason.equals(Lineage.NO_MEMBER) || reason.equals(ConfidentialCall.OTHER_KEYS));
    }

    /** Reads what a replica says of the configuration that followed. */
    public interface Successor {
        /**
         * What the same client must know of the group in the configuration that followed this setup's.
         *
         * @param step from a replica, of which nothing is to be believed that it does not prove
         * @throws RefusedReadException when it proves nothing
         */
        GroupClientSetup follow(byte[] step) throws RefusedReadException;
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
