package org.maftia.server.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.security.cert.CertificateEncodingException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.maftia.core.crypto.ThresholdSignature;
import org.maftia.core.ordering.RequestId;
import org.maftia.core.replica.Command;
import org.maftia.core.trust.FaultStructure;
import org.maftia.server.ceremony.GroupTranscript;
import org.maftia.server.ceremony.ReplicaKeys;
import org.maftia.server.ceremony.ServiceKey;
import org.maftia.server.ceremony.SmallGroup;
import org.maftia.server.gateway.Submission;
import org.maftia.services.notary.Notary;
import org.maftia.services.testing.UnaskedContext;

/**
 * A notary with the keys of a ceremony and a log reduced to one list: what is submitted is executed and signed at once,
 * with the shares of two replicas of four.
 */
public final class LocalNotary extends UnaskedContext implements Submission {
    private final List<ReplicaKeys> signers;
    private final Notary notary;
    private final SortedMap<RequestId, byte[]> results = new TreeMap<>();
    private final List<Runnable> signatures = new ArrayList<>();
    private @Nullable Throwable failure;
    private long sequence;

    private LocalNotary(List<ReplicaKeys> signers, Notary notary) {
        this.signers = signers;
        this.notary = notary;
    }

    /** Holds a ceremony in the directory first; the root's certificate is then {@code ceremony/ca.pem}. */
    public static LocalNotary in(Path directory) throws CertificateEncodingException {
        GroupTranscript group = SmallGroup.make(directory, FaultStructure.threshold(4, 1));
        ServiceKey key = group.key(ServiceKey.TIME_STAMP);
        return new LocalNotary(
                List.of(ReplicaKeys.load(directory.resolve("r1/keys")), ReplicaKeys.load(directory.resolve("r3/keys"))),
                new Notary(key.id(), key.certificate().getEncoded(), "2.25.77", 10));
    }

    /** The keys of one replica, whose gateway a test may run. */
    public ReplicaKeys keys() {
        return signers.getFirst();
    }

    /** Lets submissions fail from now on, or work again. */
    public synchronized void failWith(@Nullable Throwable reason) {
        failure = reason;
    }

    @Override
    public synchronized CompletableFuture<byte[]> submit(String service, byte[] operation) {
        if (failure != null) {
            return CompletableFuture.failedFuture(failure);
        }
        assertThat(service).isEqualTo(Notary.NAME);
        RequestId id = new RequestId(0, 1, sequence++);
        byte[] result = notary.apply(new Command(id, operation), this);
        List.copyOf(signatures).forEach(Runnable::run);
        signatures.clear();
        return CompletableFuture.completedFuture(result != null ? result : Objects.requireNonNull(results.remove(id)));
    }

    @Override
    public long timeMicros() {
        return System.currentTimeMillis() * 1_000;
    }

    @Override
    public long index() {
        return sequence;
    }

    @Override
    public boolean sign(String keyId, byte[] message, long reference) {
        SortedMap<Integer, byte[]> shares = new TreeMap<>();
        for (ReplicaKeys keys : signers) {
            ThresholdSignature.Signer signer =
                    Objects.requireNonNull(keys.signers().get(keyId));
            signer.leaves().forEach(leaf -> shares.put(leaf, signer.share(message, leaf)));
        }
        ThresholdSignature key = Objects.requireNonNull(keys().keys().get(keyId));
        byte[] signature = key.combine(message, shares).orElseThrow();
        signatures.add(() -> notary.signed(reference, signature, this));
        return true;
    }

    @Override
    public void complete(RequestId id, byte[] result) {
        results.put(id, result);
    }
}
