package org.maftia.core.replica;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.maftia.core.crypto.Certificate;
import org.maftia.core.crypto.Ed25519Certifier;
import org.maftia.core.crypto.Ed25519Verifier;
import org.maftia.core.ordering.Epoch;
import org.maftia.core.ordering.StableCheckpoint;
import org.maftia.core.replica.RefusedReadException.Reason;
import org.maftia.core.testing.Attack;
import org.maftia.core.testing.CodecCheck;
import org.maftia.core.testing.Structures;
import org.maftia.core.trust.ReplicaSet;
import org.maftia.core.wire.Digest;
import org.maftia.core.wire.MalformedException;

/** Attack register: stale and forged reads. Four replicas with real keys; what one of them may say to a reader. */
class CertifiedReadTest {
    private static final Digest CONFIGURATION = new Digest(1, 1, 1, 1);
    private static final byte[] VALUE = "value".getBytes(StandardCharsets.US_ASCII);
    private static final long TIME = 1_000_000;
    private static final List<byte[]> PUBLIC = List.of(publicKey(0), publicKey(1), publicKey(2), publicKey(3));
    private static final Charter CHARTER = new Charter(CONFIGURATION, Structures.FOUR, new Ed25519Verifier(PUBLIC));

    private static byte[] privateKey(int replica) {
        byte[] key = new byte[Ed25519Certifier.PRIVATE_KEY_LENGTH];
        key[0] = (byte) (replica + 1);
        return key;
    }

    private static byte[] publicKey(int replica) {
        return Ed25519Certifier.publicKey(privateKey(replica));
    }

    private static Views views(byte[] value) {
        TreeMap<String, MerkleMap> views = new TreeMap<>();
        views.put("policy", MerkleMap.EMPTY.with("key", value).with("other", new byte[] {1}));
        views.put("register", MerkleMap.EMPTY.with("key", new byte[] {2}));
        MerkleMap roots = MerkleMap.EMPTY;
        for (var view : views.entrySet()) {
            roots = roots.with(view.getKey(), view.getValue().root().toBytes());
        }
        return new Views(views, roots);
    }

    private static StableCheckpoint checkpoint(Views views, Digest configuration, int... signers) {
        StableCheckpoint.Claim claim =
                new StableCheckpoint.Claim(8, Epoch.FIRST, TIME, new Digest(9, 9, 9, 9), views.root(), Digest.ZERO);
        TreeMap<Integer, byte[]> signatures = new TreeMap<>();
        for (int signer : signers) {
            signatures.put(signer, new Ed25519Certifier(privateKey(signer), PUBLIC).sign(claim.digest(configuration)));
        }
        return new StableCheckpoint(claim, Certificate.of(signatures));
    }

    private static CertifiedRead read(String service, String key) {
        Views views = views(VALUE);
        return new CertifiedView(CONFIGURATION, checkpoint(views, CONFIGURATION, 0, 1, 3), views)
                .read(service, key)
                .orElseThrow();
    }

    private static CertifiedRead with(CertifiedRead read, byte @Nullable [] value) {
        return new CertifiedRead(
                read.configuration(),
                read.service(),
                read.key(),
                value,
                read.keyProof(),
                read.serviceProof(),
                read.checkpoint());
    }

    private static CertifiedRead with(CertifiedRead read, StableCheckpoint checkpoint) {
        return new CertifiedRead(
                read.configuration(),
                read.service(),
                read.key(),
                read.value(),
                read.keyProof(),
                read.serviceProof(),
                checkpoint);
    }

    private static void refused(CertifiedRead read, Reason reason) {
        assertThatThrownBy(() -> read.verify(CHARTER, "policy", "key", 0))
                .isInstanceOfSatisfying(RefusedReadException.class, refusal -> {
                    assertThat(refusal.reason()).isEqualTo(reason);
                    assertThat(refusal.getMessage()).matches("[a-z].* .*[a-z]");
                });
    }

    @Test
    void aReadOfAnyReplicaProvesItself() throws Exception {
        CertifiedRead read = read("policy", "key");
        read.verify(CHARTER, "policy", "key", TIME);
        assertThat(read.value()).isEqualTo(VALUE);
        assertThat(read.slot()).isEqualTo(8);
        assertThat(read.timeMicros()).isEqualTo(TIME);
    }

    @Test
    void theAbsenceOfAKeyProvesItself() throws Exception {
        CertifiedRead read = read("policy", "nothing");
        assertThat(read.value()).isNull();
        read.verify(CHARTER, "policy", "nothing", 0);
        assertThat(new CertifiedView(CONFIGURATION, read.checkpoint(), views(VALUE)).read("no service", "key"))
                .isEmpty();
    }

    @Test
    void anotherAnswerIsRefused() {
        CertifiedRead read = read("policy", "key");
        refused(with(read, new byte[] {7}), Reason.NOT_IN_STATE);
        refused(with(read, (byte[]) null), Reason.NOT_IN_STATE);
        CertifiedRead absent = read("policy", "key ");
        refused(
                new CertifiedRead(
                        CONFIGURATION,
                        "policy",
                        "key",
                        null,
                        absent.keyProof(),
                        absent.serviceProof(),
                        read.checkpoint()),
                Reason.NOT_IN_STATE);
    }

    @Test
    void theAnswerToAnotherQuestionIsRefused() {
        refused(read("policy", "other"), Reason.OTHER_QUESTION);
        refused(read("register", "key"), Reason.OTHER_QUESTION);
        CertifiedRead register = read("register", "key");
        refused(
                new CertifiedRead(
                        CONFIGURATION,
                        "policy",
                        "key",
                        register.value(),
                        register.keyProof(),
                        register.serviceProof(),
                        register.checkpoint()),
                Reason.NOT_IN_STATE);
    }

    @Test
    void anOldConfigurationIsRefused() {
        Digest old = new Digest(2, 2, 2, 2);
        Views views = views(VALUE);
        StableCheckpoint signed = checkpoint(views, old, 0, 1, 2);
        refused(new CertifiedView(old, signed, views).read("policy", "key").orElseThrow(), Reason.OTHER_CONFIGURATION);
        // Said to be of the present one, its signatures no longer fit.
        refused(
                new CertifiedView(CONFIGURATION, signed, views)
                        .read("policy", "key")
                        .orElseThrow(),
                Reason.FALSE_SIGNATURE);
    }

    @Attack("reads: stale, or blocking clients")
    @Test
    void aKernelOfSignaturesIsRefused() {
        refused(with(read("policy", "key"), checkpoint(views(VALUE), CONFIGURATION, 0, 1)), Reason.NO_QUORUM);
    }

    @Test
    void aStrangersSignatureIsRefused() {
        StableCheckpoint good = checkpoint(views(VALUE), CONFIGURATION, 0, 1, 2);
        TreeMap<Integer, byte[]> signatures = new TreeMap<>();
        for (int i = 0; i < 3; i++) {
            signatures.put(i + 2, good.certificate().signatures().get(i));
        }
        refused(
                with(read("policy", "key"), new StableCheckpoint(good.claim(), Certificate.of(signatures))),
                Reason.UNKNOWN_SIGNER);
    }

    @Test
    void everyPartOfTheClaimIsSigned() {
        StableCheckpoint good = checkpoint(views(VALUE), CONFIGURATION, 0, 1, 2);
        StableCheckpoint.Claim c = good.claim();
        Digest lie = new Digest(6, 6, 6, 6);
        List<StableCheckpoint.Claim> lies = new ArrayList<>();
        lies.add(new StableCheckpoint.Claim(9, Epoch.FIRST, TIME, c.stateRoot(), c.viewRoot(), c.history()));
        lies.add(new StableCheckpoint.Claim(
                8, new Epoch(1, 1, 0, ReplicaSet.EMPTY, 0, 0), TIME, c.stateRoot(), c.viewRoot(), c.history()));
        lies.add(new StableCheckpoint.Claim(
                8, new Epoch(0, 2, 0, ReplicaSet.EMPTY, 0, 0), TIME, c.stateRoot(), c.viewRoot(), c.history()));
        lies.add(new StableCheckpoint.Claim(8, Epoch.FIRST, TIME + 1, c.stateRoot(), c.viewRoot(), c.history()));
        lies.add(new StableCheckpoint.Claim(8, Epoch.FIRST, TIME, lie, c.viewRoot(), c.history()));
        lies.add(new StableCheckpoint.Claim(
                8, Epoch.FIRST, TIME, c.stateRoot(), views(new byte[0]).root(), c.history()));
        lies.add(new StableCheckpoint.Claim(8, Epoch.FIRST, TIME, c.stateRoot(), c.viewRoot(), lie));
        for (StableCheckpoint.Claim claim : lies) {
            refused(
                    with(read("policy", "key"), new StableCheckpoint(claim, good.certificate())),
                    Reason.FALSE_SIGNATURE);
        }
    }

    @Attack("reads: stale, or blocking clients")
    @Test
    void aReadOlderThanAskedForIsRefused() {
        CertifiedRead read = read("policy", "key");
        assertThatThrownBy(() -> read.verify(CHARTER, "policy", "key", TIME + 1))
                .isInstanceOfSatisfying(
                        RefusedReadException.class,
                        refusal -> assertThat(refusal.reason()).isEqualTo(Reason.TOO_OLD));
    }

    /** Any one bit of the encoding, flipped: no reader believes anything but what the group certified. */
    @Attack("reads: stale, or blocking clients")
    @Test
    void everyForgedBitIsRefused() {
        byte[] bytes = CertifiedRead.CODEC.encode(read("policy", "key"));
        int decoded = 0;
        for (int bit = 0; bit < bytes.length * 8; bit += 3) {
            byte[] forged = bytes.clone();
            forged[bit / 8] ^= (byte) (1 << bit % 8);
            try {
                CertifiedRead lie = CertifiedRead.CODEC.decode(forged);
                decoded++;
                assertThatThrownBy(() -> lie.verify(CHARTER, "policy", "key", 0))
                        .as("bit " + bit)
                        .isInstanceOf(RefusedReadException.class);
            } catch (MalformedException refused) {
                assertThat(Objects.requireNonNull(refused.getMessage())).isNotEmpty();
            }
        }
        assertThat(decoded).as("flips that reach the checks").isGreaterThan(bytes.length);
    }

    @Test
    void readsAreEncodedCanonically() {
        CodecCheck.check(CertifiedRead.CODEC, List.of(read("policy", "key"), read("register", "absent")));
    }
}
