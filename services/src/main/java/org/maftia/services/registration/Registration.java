package org.maftia.services.registration;

import org.maftia.core.wire.Codec;
import org.maftia.core.wire.Digest;
import org.maftia.core.wire.MalformedException;
import org.maftia.core.wire.Reader;
import org.maftia.core.wire.Writer;

/**
 * One registration. Its place is final from the beginning; what is registered there is known a moment later.
 *
 * @param id SHA-256 of the sealed document
 * @param sequence counts registrations from 1 on, in the order of the log
 * @param slot of the log in which the sealed document was ordered
 * @param timeMicros agreed time of that, in microseconds since 1970
 */
public record Registration(Digest id, long sequence, long slot, long timeMicros, Standing standing) {
    /** How far it has come. */
    public sealed interface Standing {
        /** It has its place, and is being opened. */
        record Ordered() implements Standing {}

        /**
         * It stands in the transparency log.
         *
         * @param first sequence of the earliest remembered registration of the same content; its own where there is none
         * @param since sequence of the earliest registration of any content that was remembered then: {@code first} was looked
         *     for from there on
         * @param entry index in the transparency log
         */
        record Registered(Description description, long first, long since, long entry) implements Standing {}

        /** Nothing is registered there. */
        record Rejected(Fault fault) implements Standing {}
    }

    /** Why nothing is registered. */
    public enum Fault {
        /** Not made for this group under its reference, or hides garbage. */
        UNREADABLE("it does not open: it was not made for this group, or was altered"),
        /** It hides something else than a document. */
        NO_DOCUMENT("what it hides is no document"),
        /** The content has another digest. */
        OTHER_CONTENT("the content that it hides has another digest than it says");

        private final String sentence;

        Fault(String sentence) {
            this.sentence = sentence;
        }

        /** For people. */
        public String sentence() {
            return sentence;
        }

        static Fault read(Reader reader) {
            Fault[] all = values();
            int ordinal = reader.u8();
            if (ordinal >= all.length) {
                throw new MalformedException("no fault of a registration");
            }
            return all[ordinal];
        }
    }

    /** The same place, where something else is known of it now. */
    Registration now(Standing next) {
        return new Registration(id, sequence, slot, timeMicros, next);
    }

    public static final Codec<Registration> CODEC = new Codec<>() {
        @Override
        public void write(Writer writer, Registration value) {
            writer.digest(value.id).u64(value.sequence).u64(value.slot).u64(value.timeMicros);
            switch (value.standing) {
                case Standing.Ordered ordered -> writer.u8(1);
                case Standing.Registered registered -> {
                    Description.CODEC.write(writer.u8(2), registered.description);
                    writer.u64(registered.first).u64(registered.since).u64(registered.entry);
                }
                case Standing.Rejected rejected -> writer.u8(3).u8(rejected.fault.ordinal());
            }
        }

        @Override
        public Registration read(Reader reader) {
            return new Registration(reader.digest(), reader.count(), reader.count(), reader.count(), standing(reader));
        }
    };

    private static Standing standing(Reader reader) {
        return switch (reader.u8()) {
            case 1 -> new Standing.Ordered();
            case 2 ->
                new Standing.Registered(Description.CODEC.read(reader), reader.count(), reader.count(), reader.count());
            case 3 -> new Standing.Rejected(Fault.read(reader));
            default -> throw new MalformedException("no standing of a registration");
        };
    }
}
