package org.maftia.services.registration;

import org.jspecify.annotations.Nullable;
import org.maftia.core.wire.Codec;
import org.maftia.core.wire.MalformedException;
import org.maftia.core.wire.Reader;
import org.maftia.core.wire.Writer;
import org.maftia.services.registration.Registration.Fault;

/**
 * A registration that has its place and is not decided: it is being opened, or those before it are.
 *
 * @param client through whom it came
 * @param length of what is sealed, in bytes
 * @param finding what it turned out to be; null: not known yet
 */
record Waiting(int client, int length, @Nullable Finding finding) {
    /** What an opening came to. */
    sealed interface Finding {
        /** A document. */
        record Found(Description description) implements Finding {}

        /** Nothing that can be registered. */
        record Faulty(Fault fault) implements Finding {}
    }

    /** Judges what was opened. */
    Waiting opened(byte @Nullable [] message) {
        return new Waiting(client, length, judged(message));
    }

    private static Finding judged(byte @Nullable [] message) {
        if (message == null) {
            return new Finding.Faulty(Fault.UNREADABLE);
        }
        try {
            Document document = Document.CODEC.decode(message);
            return document.agreesWithItself()
                    ? new Finding.Found(Description.of(document))
                    : new Finding.Faulty(Fault.OTHER_CONTENT);
        } catch (MalformedException e) {
            return new Finding.Faulty(Fault.NO_DOCUMENT); // its owner encrypted something else
        }
    }

    static final Codec<Waiting> CODEC = new Codec<>() {
        @Override
        public void write(Writer writer, Waiting value) {
            writer.u16(value.client).u32(value.length);
            switch (value.finding) {
                case null -> writer.u8(0);
                case Finding.Found found -> Description.CODEC.write(writer.u8(1), found.description);
                case Finding.Faulty faulty -> writer.u8(2).u8(faulty.fault.ordinal());
            }
        }

        @Override
        public Waiting read(Reader reader) {
            int client = reader.u16();
            long length = reader.u32();
            if (length > SealedDocument.LENGTH_MAX) {
                throw new MalformedException("a sealed document is shorter");
            }
            return new Waiting(client, (int) length, finding(reader));
        }
    };

    private static @Nullable Finding finding(Reader reader) {
        return switch (reader.u8()) {
            case 0 -> null;
            case 1 -> new Finding.Found(Description.CODEC.read(reader));
            case 2 -> new Finding.Faulty(Fault.read(reader));
            default -> throw new MalformedException("no finding of an opening");
        };
    }
}
