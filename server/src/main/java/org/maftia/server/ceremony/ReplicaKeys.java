package org.maftia.server.ceremony;

import java.nio.file.Path;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.BiPredicate;
import java.util.function.Predicate;
import org.maftia.core.crypto.BlsSigner;
import org.maftia.core.crypto.BlsThreshold;
import org.maftia.core.crypto.Certifier;
import org.maftia.core.crypto.Coin;
import org.maftia.core.crypto.DiscreteLogKey;
import org.maftia.core.crypto.Ed25519Certifier;
import org.maftia.core.crypto.ModularPower;
import org.maftia.core.crypto.ObliviousFunction;
import org.maftia.core.crypto.ObliviousShares;
import org.maftia.core.crypto.ReplicatedOprf;
import org.maftia.core.crypto.RsaSigner;
import org.maftia.core.crypto.Tdh2Cipher;
import org.maftia.core.crypto.ThresholdCipher;
import org.maftia.core.crypto.ThresholdCoin;
import org.maftia.core.crypto.ThresholdSignature;
import org.maftia.core.trust.FaultStructure;
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
 * @param seeds of the group's oblivious function; empty where it evaluates none
 * @param log sign heads of the transparency log
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
        ThresholdCipher.Holder cipher,
        Optional<ObliviousShares> seeds,
        LogKeys log)
        implements AutoCloseable {
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
        try (Custody custody = Custody.open(keysDirectory, unlock, new SecureRandom())) {
            return load(custody, power, (group, kind) -> kind.isIn(custody));
        }
    }

    /**
     * The same from a directory that is open, and stays so; without shares of keys that the group renews, which come from the
     * keeper in each epoch.
     *
     * @param keeper of the shares in it that change
     */
    public static ReplicaKeys load(ShareKeeper keeper, ModularPower power) {
        return load(keeper.custody(), power, (group, kind) -> !KeptKeys.renews(group, kind));
    }

    /** @param loaded of which keys the dealt shares are loaded */
    private static ReplicaKeys load(
            Custody custody, ModularPower power, BiPredicate<GroupTranscript, CurveKey> loaded) {
        GroupTranscript group = GroupTranscript.read(custody.directory().resolve(GroupTranscript.FILE));
        Predicate<CurveKey> wanted = kind -> loaded.test(group, kind);
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
        group.dealtSigning().forEach((kind, key) -> {
            BlsThreshold scheme = new BlsThreshold(key);
            keys.put(scheme.keyId(), scheme);
            if (wanted.test(kind)) {
                signers.put(scheme.keyId(), scheme.signer(kind.load(custody, key.sharing(), index)));
            }
        });
        List<X509Certificate> peers = new ArrayList<>();
        List<byte[]> signingKeys = new ArrayList<>();
        for (Enrolment enrolment : group.enrolments()) {
            peers.add(enrolment.linkCertificate());
            signingKeys.add(enrolment.signingKey());
        }
        Certifier certifier = new Ed25519Certifier(signing, signingKeys);
        LogKeys log = LogKeys.of(signing);
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
                coin(custody, group, index, wanted),
                cipher(custody, group, index, wanted),
                group.function().map(key -> FunctionKey.load(custody, key, index)),
                log);
    }

    /**
     * This replica's part in the group's oblivious function, by the id of its key; none where it has none.
     *
     * @param trust of the configuration whose keys these are
     */
    public SortedMap<String, ObliviousFunction.Holder> evaluators(FaultStructure trust) {
        SortedMap<String, ObliviousFunction.Holder> evaluators = new TreeMap<>();
        group.function()
                .ifPresent(key -> seeds.ifPresent(
                        own -> evaluators.put(key.keyId(), new ReplicatedOprf(key, trust).holder(own))));
        return evaluators;
    }

    /**
     * Overwrites the shares of threshold keys; to use them afterwards is an error, so no computation may still do so. Keys
     * that prove who the replica is stay, as it keeps them from one configuration to the next.
     */
    @Override
    public void close() {
        List<Object> holders = new ArrayList<>(signers.values());
        if (!group.isHybrid()) {
            holders.add(coin);
            holders.add(cipher);
        }
        for (Object holder : holders) {
            switch (holder) {
                case RsaSigner signer -> signer.close();
                case BlsSigner signer -> signer.close();
                case ThresholdCoin shares -> shares.close();
                case Tdh2Cipher.KeyHolder shares -> shares.close();
                default -> throw new IllegalStateException("nobody knows how to erase the shares of " + holder);
            }
        }
        seeds.ifPresent(ObliviousShares::close);
    }

    /** What opens the secrets in a directory of keys, in words. */
    public static String custody(Path keysDirectory) {
        return CustodyMethod.in(Custody.description(keysDirectory), keysDirectory)
                .description();
    }

    private static Coin coin(Custody custody, GroupTranscript group, int index, Predicate<CurveKey> wanted) {
        if (!group.curveKeys().contains(CurveKey.COIN)) {
            return AbsentKeys.COIN;
        }
        DiscreteLogKey key = group.key(CurveKey.COIN);
        return wanted.test(CurveKey.COIN)
                ? new ThresholdCoin(key, CurveKey.COIN.load(custody, key, index))
                : ThresholdCoin.bare(key);
    }

    private static ThresholdCipher.Holder cipher(
            Custody custody, GroupTranscript group, int index, Predicate<CurveKey> wanted) {
        if (!group.curveKeys().contains(CurveKey.CONFIDENTIAL)) {
            return AbsentKeys.CIPHER;
        }
        DiscreteLogKey key = group.key(CurveKey.CONFIDENTIAL);
        Tdh2Cipher cipher = group.confidentialCipher();
        return wanted.test(CurveKey.CONFIDENTIAL)
                ? cipher.holder(CurveKey.CONFIDENTIAL.load(custody, key, index))
                : cipher.bare();
    }
}
