package org.maftia.core.ordering;

import org.maftia.core.wire.Codec;
import org.maftia.core.wire.Digest;
import org.maftia.core.wire.Reader;
import org.maftia.core.wire.Writer;

/**
 * What was decided for a slot, by digest.
 *
 * @param epoch the epoch whose leader or recovery filled it
 * @param timeMicros agreed time, or for a slot that is not delivered yet the least that it can be
 * @param digest of the proposal; zero for an empty slot of a recovery
 */
public record Outcome(long slot, Epoch epoch, long timeMicros, Digest digest) {
    static final int LENGTH = 8 + Epoch.LENGTH + 8 + Digest.LENGTH;

    public static final Codec<Outcome> CODEC = new Codec<>() {
        @Override
        public void write(Writer writer, Outcome value) {
            Epoch.CODEC.write(writer.u64(value.slot), value.epoch);
            writer.u64(value.timeMicros).digest(value.digest);
        }

        @Override
        public Outcome read(Reader reader) {
            return new Outcome(reader.count(), Epoch.CODEC.read(reader), reader.count(), reader.digest());
        }
    };

    boolean isEmpty() {
        return digest.equals(Digest.ZERO);
    }

    @Override
    public String toString() {
        return "e" + epoch.number() + "(" + epoch.start() + ") s" + slot + " t" + timeMicros + " " + Brief.of(digest);
    }
}
