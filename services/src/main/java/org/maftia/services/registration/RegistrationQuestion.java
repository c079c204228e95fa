package org.maftia.services.registration;

import java.util.List;
import org.maftia.core.wire.Codec;
import org.maftia.core.wire.Digest;
import org.maftia.core.wire.MalformedException;
import org.maftia.core.wire.Reader;
import org.maftia.core.wire.Writer;

/** What a gateway asks its replica's own copy of the {@link Registrar}; nobody vouches for the answer. */
public sealed interface RegistrationQuestion {
    /** How far a registration has come. */
    record ById(Digest id) implements RegistrationQuestion {}

    /** Where a content is registered. */
    record ByContent(Digest sha256) implements RegistrationQuestion {}

    /**
     * The answer.
     *
     * @param count of all registrations that were meant
     * @param earliest the first {@link #EARLIEST_MAX} of them, by sequence
     */
    record Found(long count, List<Registration> earliest) {
        /** Who asks wants the first; the others show that it is repeated. */
        public static final int EARLIEST_MAX = 16;

        public Found {
            earliest = List.copyOf(earliest);
        }

        public static final Codec<Found> CODEC = new Codec<>() {
            @Override
            public void write(Writer writer, Found value) {
                writer.u64(value.count).list(value.earliest, Registration.CODEC::write);
            }

            @Override
            public Found read(Reader reader) {
                return new Found(reader.count(), reader.list(EARLIEST_MAX, Digest.LENGTH, Registration.CODEC::read));
            }
        };
    }

    Codec<RegistrationQuestion> CODEC = new Codec<>() {
        @Override
        public void write(Writer writer, RegistrationQuestion value) {
            switch (value) {
                case ById byId -> writer.u8(1).digest(byId.id);
                case ByContent byContent -> writer.u8(2).digest(byContent.sha256);
            }
        }

        @Override
        public RegistrationQuestion read(Reader reader) {
            return switch (reader.u8()) {
                case 1 -> new ById(reader.digest());
                case 2 -> new ByContent(reader.digest());
                default -> throw new MalformedException("no question to a registrar");
            };
        }
    };
}
