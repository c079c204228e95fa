package org.maftia.core.ordering;

import org.maftia.core.crypto.Certificate;
import org.maftia.core.crypto.Transcript;
import org.maftia.core.wire.Codec;
import org.maftia.core.wire.Digest;
import org.maftia.core.wire.Reader;
import org.maftia.core.wire.Writer;

/**
 * A state of the group that a quorum signed: whoever holds it can prove it to anybody.
 *
 * @param claim what was signed
 * @param certificate signatures of a quorum over {@link Claim#digest}
 */
public record StableCheckpoint(Claim claim, Certificate certificate) {
    /**
     * @param slot the last slot whose effects are in the state
     * @param epoch the epoch whose slots hold it, with what later ones follow from: who comes later goes on from there
     * @param timeMicros agreed time of the slot
     * @param stateRoot binds services, sessions, pending requests
     * @param viewRoot binds what the services show to readers, key by key
     * @param history binds all decisions up to the slot, one after the other
     */
    public record Claim(long slot, Epoch epoch, long timeMicros, Digest stateRoot, Digest viewRoot, Digest history) {
        /** What the replicas of the group sign. */
        public Digest digest(Digest configuration) {
            return Transcript.of("checkpoint")
                    .field(configuration)
                    .field(slot)
                    .field(Epoch.CODEC.encode(epoch))
                    .field(timeMicros)
                    .field(stateRoot)
                    .field(viewRoot)
                    .field(history)
                    .digest();
        }

        public static final Codec<Claim> CODEC = new Codec<>() {
            @Override
            public void write(Writer writer, Claim claim) {
                Epoch.CODEC.write(writer.u64(claim.slot), claim.epoch);
                writer.u64(claim.timeMicros)
                        .digest(claim.stateRoot)
                        .digest(claim.viewRoot)
                        .digest(claim.history);
            }

            @Override
            public Claim read(Reader reader) {
                return new Claim(
                        reader.count(),
                        Epoch.CODEC.read(reader),
                        reader.count(),
                        reader.digest(),
                        reader.digest(),
                        reader.digest());
            }
        };
    }

    public static final Codec<StableCheckpoint> CODEC = new Codec<>() {
        @Override
        public void write(Writer writer, StableCheckpoint value) {
            Claim.CODEC.write(writer, value.claim);
            Certificate.CODEC.write(writer, value.certificate);
        }

        @Override
        public StableCheckpoint read(Reader reader) {
            return new StableCheckpoint(Claim.CODEC.read(reader), Certificate.CODEC.read(reader));
        }
    };
}
