package org.maftia.simulator;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.maftia.core.crypto.DiscreteLogKey;
import org.maftia.core.crypto.DiscreteLogShares;
import org.maftia.core.crypto.Renewable;
import org.maftia.core.crypto.ThresholdCipher;
import org.maftia.core.crypto.Transcript;
import org.maftia.core.ordering.RequestId;
import org.maftia.core.wire.Digest;

/**
 * Holds correct replicas to their promise about confidential requests: no share leaves one before the request has its
 * place in that replica's log. The corrupted ones never qualify, so without such a share they have read nothing: what
 * they see is secret until then, whatever they do.
 */
final class Secrecy {
    /** By ciphertext, what was made of it at correct replicas. */
    private final SortedMap<Digest, List<Release>> releases = new TreeMap<>();

    /** @param decided the last slot that the log of the replica held then */
    private record Release(int replica, long decided) {}

    /** A correct replica's part of the key, in whatever epoch, with somebody who looks on. */
    ThresholdCipher.Holder watch(int replica, ThresholdCipher.Holder holder, LongSupplier decided) {
        return new Watched(replica, holder, decided);
    }

    private final class Watched implements ThresholdCipher.Holder {
        private final int replica;
        private final ThresholdCipher.Holder holder;
        private final LongSupplier decided;

        Watched(int replica, ThresholdCipher.Holder holder, LongSupplier decided) {
            this.replica = replica;
            this.holder = holder;
            this.decided = decided;
        }

        @Override
        public ThresholdCipher cipher() {
            return holder.cipher();
        }

        @Override
        public byte[] share(byte[] ciphertext, byte[] label) {
            releases.computeIfAbsent(Transcript.sha256(ciphertext), key -> new ArrayList<>())
                    .add(new Release(replica, decided.getAsLong()));
            return holder.share(ciphertext, label);
        }

        @Override
        public Optional<Renewable<ThresholdCipher.Holder>> renewable() {
            return holder.renewable().map(pattern -> new Renewable<>() {
                @Override
                public DiscreteLogKey sharing() {
                    return pattern.sharing();
                }

                @Override
                public ThresholdCipher.Holder in(DiscreteLogKey epoch, @Nullable DiscreteLogShares own) {
                    return watch(replica, pattern.in(epoch, own), decided);
                }
            });
        }
    }

    /**
     * Checks the whole run.
     *
     * @param sent the ciphertexts of correct clients
     * @param slots where requests were executed
     */
    void check(Map<RequestId, byte[]> sent, Map<RequestId, Long> slots) {
        sent.forEach((id, ciphertext) -> {
            Long slot = slots.get(id);
            for (Release release : releases.getOrDefault(Transcript.sha256(ciphertext), List.of())) {
                Violation.unless(
                        slot != null && slot <= release.decided,
                        "r" + release.replica + " releases its share of " + id + " before the log holds it");
            }
        });
    }
}
