package org.maftia.core.keys;

import java.util.Optional;
import org.maftia.core.crypto.DiscreteLogKey;
import org.maftia.core.trust.ReplicaSet;
import org.maftia.core.wire.Codec;
import org.maftia.core.wire.Reader;
import org.maftia.core.wire.Writer;

/**
 * Where a key stands, as the log tells it: the same at all correct replicas after the same slot, and no secret.
 *
 * @param key as it is now; empty: the group has not made it yet
 * @param sinceMicros agreed time at which the epoch began; 0: with the configuration
 * @param attempts so far, the one under way included
 * @param open the attempt under way
 * @param last the one that ended last
 */
public record KeyStanding(
        String keyId,
        Optional<DiscreteLogKey> key,
        long sinceMicros,
        long attempts,
        Optional<Open> open,
        Optional<Ended> last) {
    /** The epoch of the present sharing; -1 before the first. */
    public long epoch() {
        return key.map(DiscreteLogKey::epoch).orElse(-1L);
    }

    /** Without the public values of all leaves, and the same in every run. */
    @Override
    public String toString() {
        return keyId + " e" + epoch() + " since " + sinceMicros + ", " + attempts + " attempts"
                + open.map(attempt -> ", open: " + attempt).orElse("")
                + last.map(attempt -> ", last: " + attempt).orElse("");
    }

    /**
     * An attempt under way.
     *
     * @param enrolled who takes part
     * @param dealers whose dealing the log has
     * @param safe who has its new shares in safety
     */
    public record Open(long attempt, ReplicaSet enrolled, ReplicaSet dealers, ReplicaSet safe) {}

    /**
     * An attempt that is over.
     *
     * @param made whether an epoch began with it; otherwise all stayed as it was
     * @param enrolled who took part
     * @param refuted who dealt falsely
     * @param safe who has its new shares in safety, until now
     * @param micros agreed time of its end
     */
    public record Ended(
            long attempt, boolean made, ReplicaSet enrolled, ReplicaSet refuted, ReplicaSet safe, long micros) {
        static final Codec<Ended> CODEC = new Codec<>() {
            @Override
            public void write(Writer writer, Ended value) {
                writer.u64(value.attempt).bool(value.made).u64(value.enrolled.bits());
                writer.u64(value.refuted.bits()).u64(value.safe.bits()).u64(value.micros);
            }

            @Override
            public Ended read(Reader reader) {
                return new Ended(
                        reader.count(),
                        reader.bool(),
                        new ReplicaSet(reader.u64()),
                        new ReplicaSet(reader.u64()),
                        new ReplicaSet(reader.u64()),
                        reader.count());
            }
        };
    }
}
