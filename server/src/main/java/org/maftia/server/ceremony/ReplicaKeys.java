package org.maftia.server.ceremony;

import java.nio.file.Path;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.maftia.core.crypto.BlsThreshold;
import org.maftia.core.crypto.Certifier;
import org.maftia.core.crypto.Coin;
import org.maftia.core.crypto.DiscreteLogKey;
import org.maftia.core.crypto.Ed25519Certifier;
import org.maftia.core.crypto.ModularPower;
import org.maftia.core.crypto.Tdh2Cipher;
import org.maftia.core.crypto.ThresholdCipher;
import org.maftia.core.crypto.ThresholdCoin;
import org.maftia.core.crypto.ThresholdSignature;
import org.maftia.core.wire.Digest;

/**
 * All that a replica knows by key: its own secrets, opened, and everybody's public halves.
 *
 * @param index this replica's index in the group
 * @param group the public document that the ceremony wrote
 * @param linkKey answers to this replica's link certificate
 * @param peers the link certificates of all replicas, by index; pin them
 * @param httpsKey answers to the first certificate of {@code httpsChain}
 * @param httpsChain the gateway's certificate, then the root
 * @param certifier signs for this replica
 * @param keys the threshold keys of the group, by id
 * @param signers this replica's shares of them, by id
 * @param coin the group's coin, with this replica's shares of it
 * @param cipher what clients encrypt to, with this replica's shares of its key
 */
public record ReplicaKeys(
        int index,
        GroupTranscript group,
        PrivateKey linkKey,
        List<X509Certificate> peers,
        PrivateKey httpsKey,
        List<X509Certificate> httpsChain,
        Certifier certifier,
        SortedMap<String, ThresholdSignature> keys,
        SortedMap<String, ThresholdSignature.Signer> signers,
        Coin coin,
        ThresholdCipher.Holder cipher) {
    /** The file in a directory of keys that says how its secrets open. */
    public static final String CUSTODY = Custody.DESCRIPTION;

    public ReplicaKeys {
        peers = List.copyOf(peers);
        httpsChain = List.copyOf(httpsChain);
        keys = Collections.unmodifiableSortedMap(new TreeMap<>(keys));
        signers = Collections.unmodifiableSortedMap(new TreeMap<>(signers));
    }

    /** This replica's link certificate. */
    public X509Certificate linkCertificate() {
        return peers.get(index);
    }

    /** The certificates of clients, by number from 64 on; pin them. */
    public SortedMap<Integer, X509Certificate> clients() {
        return group.clients();
    }

    /** Binds the configuration that all replicas share: the hash of the transcript. */
    public Digest configuration() {
        return group.digest();
    }

    /** Opens the keys with what the surroundings offer ({@link Unlock#fromEnvironment}), in plain arithmetic. */
    public static ReplicaKeys load(Path keysDirectory) {
        return load(keysDirectory, Unlock.fromEnvironment(), ModularPower.JAVA);
    }

    /**
     * Opens the keys of a replica.
     *
     * @param power computes the shares of signatures
     * @throws CeremonyException when files are missing or damaged, the shares are not installed yet, or the passphrase
     *     is wrong
     */
    public static ReplicaKeys load(Path keysDirectory, Unlock unlock, ModularPower power) {
        GroupTranscript group = GroupTranscript.read(keysDirectory.resolve(GroupTranscript.FILE));
        try (Custody custody = Custody.open(keysDirectory, unlock, new SecureRandom())) {
            byte[] signing = custody.load(Enrolment.SIGNING_KEY);
            int index = group.indexOfSigningKey(Ed25519Certifier.publicKey(signing));
            SortedMap<String, ThresholdSignature> keys = new TreeMap<>();
            SortedMap<String, ThresholdSignature.Signer> signers = new TreeMap<>();
            for (ServiceKey key : group.keys()) {
                keys.put(key.id(), key.scheme());
                if (key.isSharedBy(index)) {
                    signers.put(key.id(), Installation.signer(custody, key, index, power));
                }
            }
            BlsThreshold beacon = new BlsThreshold(group.beacon());
            keys.put(beacon.keyId(), beacon);
            signers.put(
                    beacon.keyId(), beacon.signer(CurveKey.BEACON.load(custody, group.key(CurveKey.BEACON), index)));
            List<X509Certificate> peers = new ArrayList<>();
            List<byte[]> signingKeys = new ArrayList<>();
            for (Enrolment enrolment : group.enrolments()) {
                peers.add(enrolment.linkCertificate());
                signingKeys.add(enrolment.signingKey());
            }
            Certifier certifier = new Ed25519Certifier(signing, signingKeys);
            Arrays.fill(signing, (byte) 0);
            return new ReplicaKeys(
                    index,
                    group,
                    Certificates.privateKey("EC", custody.load(Enrolment.LINK_KEY)),
                    peers,
                    Certificates.privateKey("EC", custody.load(Enrolment.HTTPS_KEY)),
                    List.of(group.gateways().get(index), group.root()),
                    certifier,
                    keys,
                    signers,
                    coin(custody, group.key(CurveKey.COIN), index),
                    cipher(custody, group.key(CurveKey.CONFIDENTIAL), index));
        }
    }

    /** What opens the secrets in a directory of keys, in words. */
    public static String custody(Path keysDirectory) {
        return CustodyMethod.in(Custody.description(keysDirectory), keysDirectory)
                .description();
    }

    private static Coin coin(Custody custody, DiscreteLogKey key, int index) {
        return new ThresholdCoin(key, CurveKey.COIN.load(custody, key, index));
    }

    private static ThresholdCipher.Holder cipher(Custody custody, DiscreteLogKey key, int index) {
        return new Tdh2Cipher(key).holder(CurveKey.CONFIDENTIAL.load(custody, key, index));
    }
}
