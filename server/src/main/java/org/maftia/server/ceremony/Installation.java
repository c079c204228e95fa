package org.maftia.server.ceremony;

import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.maftia.core.crypto.DiscreteLogShares;
import org.maftia.core.crypto.Ed25519Certifier;
import org.maftia.core.crypto.ModularPower;
import org.maftia.core.crypto.ObliviousShares;
import org.maftia.core.crypto.RsaKey;
import org.maftia.core.crypto.RsaShares;
import org.maftia.core.crypto.ShareBox;
import org.maftia.core.crypto.ThresholdSignature;
import org.maftia.core.wire.MalformedException;
import org.maftia.core.wire.Reader;

/**
 * Takes a replica's shares from the ceremony into its own custody, once: checks each against the verification keys of
 * the transcript, seals it under a key of this replica, and erases the key to which the ceremony had sealed it. After
 * that the file of the ceremony is of no use to anybody.
 */
public final class Installation {
    private static final String HINT = "fetch transcript.json and the .shares file anew, both from the same ceremony";

    private Installation() {}

    /**
     * Installs. May be repeated after a crash, until the key that opens the shares is erased.
     *
     * @throws CeremonyException when the shares are for another replica or another ceremony, or contradict the
     *     transcript, or the passphrase is wrong
     */
    public static void install(
            Path keysDirectory, GroupTranscript group, Path sharesFile, Unlock unlock, ModularPower power) {
        try (Custody custody = Custody.open(keysDirectory, unlock, new SecureRandom())) {
            byte[] signing = custody.load(Enrolment.SIGNING_KEY);
            int index = group.indexOfSigningKey(Ed25519Certifier.publicKey(signing));
            Arrays.fill(signing, (byte) 0);
            if (!custody.holds(Enrolment.SHARES_KEY)) {
                throw new CeremonyException(
                        "the shares in " + keysDirectory + " are installed already", "start the replica");
            }
            byte[] privateKey = custody.load(Enrolment.SHARES_KEY);
            byte[] plain =
                    open(privateKey, group, DurableFiles.read(sharesFile, SealedBytes.LENGTH_MAX, HINT), sharesFile);
            Arrays.fill(privateKey, (byte) 0);
            try {
                take(custody, group, index, plain, power);
            } finally {
                Arrays.fill(plain, (byte) 0);
            }
            DurableFiles.write(
                    keysDirectory.resolve("https.pem"),
                    Certificates.pem(List.of(group.gateways().get(index), group.root())),
                    DurableFiles.Access.ALL);
            DurableFiles.write(keysDirectory.resolve(GroupTranscript.FILE), group.document(), DurableFiles.Access.ALL);
            // Everything is durable: from here on the ceremony's file opens for nobody.
            custody.erase(Enrolment.SHARES_KEY);
        }
    }

    /** Whether the shares of this ceremony have been taken into that directory. */
    public static boolean isDone(Path keysDirectory, GroupTranscript group) {
        Path transcript = keysDirectory.resolve(GroupTranscript.FILE);
        return Files.exists(transcript)
                && !Files.exists(keysDirectory.resolve(Enrolment.SHARES_KEY))
                && GroupTranscript.read(transcript).digest().equals(group.digest());
    }

    private static byte[] open(byte[] privateKey, GroupTranscript group, byte[] sealed, Path file) {
        try (ShareBox box = ShareBox.of(privateKey)) {
            return box.open(Ceremony.SHARES_PURPOSE, group.digest().toBytes(), sealed)
                    .orElseThrow(() -> new CeremonyException(
                            file + " does not open: it is altered, for another replica, or of another ceremony", HINT));
        }
    }

    /** Everything is checked before anything is stored. */
    private static void take(Custody custody, GroupTranscript group, int index, byte[] plain, ModularPower power) {
        List<RsaShares> taken = new ArrayList<>();
        Map<CurveKey, DiscreteLogShares> onCurve = new EnumMap<>(CurveKey.class);
        Optional<ObliviousShares> seeds = Optional.empty();
        try {
            Reader reader = new Reader(plain);
            for (int count = reader.u8(); count > 0; count--) {
                RsaShares shares = RsaShares.CODEC.read(reader);
                taken.add(shares);
                RsaKey key = group.key(shares.keyId()).key();
                if (shares.replica() != index || !key.isConsistent() || !shares.match(key, power)) {
                    throw contradiction(shares.keyId());
                }
            }
            List<String> ids = taken.stream().map(RsaShares::keyId).toList();
            for (ServiceKey key : group.keys()) {
                if (!ids.contains(key.id()) && key.isSharedBy(index)) {
                    throw new CeremonyException("the file lacks the shares of key " + key.id(), HINT);
                }
            }
            seeds = group.function().map(key -> FunctionKey.read(reader, key, index));
            for (CurveKey key : group.curveKeys()) {
                if (!group.isCarried(key)) {
                    onCurve.put(key, key.read(reader, group.key(key), index));
                }
            }
            reader.end();
            taken.forEach(shares -> store(custody, group.key(shares.keyId()), shares));
            onCurve.forEach((key, shares) -> key.store(custody, shares));
            seeds.ifPresent(shares -> FunctionKey.store(custody, shares));
        } catch (MalformedException e) {
            throw new CeremonyException("the shares do not decode: " + e.getMessage(), HINT, e);
        } finally {
            taken.forEach(RsaShares::close);
            onCurve.values().forEach(DiscreteLogShares::close);
            seeds.ifPresent(ObliviousShares::close);
        }
    }

    static CeremonyException contradiction(String keyId) {
        return new CeremonyException(
                "the shares of key " + keyId + " contradict the transcript",
                "hold a new ceremony: this one was not honest");
    }

    private static void store(Custody custody, ServiceKey key, RsaShares shares) {
        byte[] secret = RsaShares.CODEC.encode(shares);
        custody.storeUnderDataKey(key.custodyName(), secret);
        Arrays.fill(secret, (byte) 0);
    }

    /** This replica's half of a key, from custody. */
    static ThresholdSignature.Signer signer(Custody custody, ServiceKey key, int index, ModularPower power) {
        byte[] secret = custody.loadUnderDataKey(key.custodyName());
        try {
            RsaShares shares = RsaShares.CODEC.decode(secret);
            if (shares.replica() != index) {
                throw new CeremonyException("the shares of key " + key.id() + " are another replica's", HINT);
            }
            return key.scheme().signer(shares, power);
        } catch (MalformedException | IllegalArgumentException e) {
            throw new CeremonyException("the shares of key " + key.id() + " do not decode", HINT, e);
        } finally {
            Arrays.fill(secret, (byte) 0);
        }
    }
}
