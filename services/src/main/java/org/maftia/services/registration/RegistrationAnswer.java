package org.maftia.services.registration;

import org.maftia.core.wire.Codec;
import org.maftia.core.wire.MalformedException;
import org.maftia.core.wire.Reader;
import org.maftia.core.wire.Writer;

/** What the {@link Registrar} answers. */
public sealed interface RegistrationAnswer {
    /** Of what is signed in a receipt. */
    int INPUT_LENGTH_MAX = 4 << 10;

    /** How far the registration has come, be it new or not. */
    record Known(Registration registration) implements RegistrationAnswer {}

    /**
     * A receipt: its signature comes to the gateway that asked.
     *
     * @param input what is signed
     */
    record Certified(Registration registration, String input) implements RegistrationAnswer {}

    /** There is no such registration, or it was so long ago that the group does not remember it. */
    record Unknown() implements RegistrationAnswer {}

    /** The command was none. */
    record Malformed() implements RegistrationAnswer {}

    /** So much is under way that one must ask at another time; nothing changed. */
    record Busy() implements RegistrationAnswer {}

    Codec<RegistrationAnswer> CODEC = new Codec<>() {
        @Override
        public void write(Writer writer, RegistrationAnswer value) {
            switch (value) {
                case Known known -> Registration.CODEC.write(writer.u8(1), known.registration);
                case Certified certified -> {
                    Registration.CODEC.write(writer.u8(2), certified.registration);
                    writer.string(certified.input);
                }
                case Unknown unknown -> writer.u8(3);
                case Malformed malformed -> writer.u8(4);
                case Busy busy -> writer.u8(5);
            }
        }

        @Override
        public RegistrationAnswer read(Reader reader) {
            return switch (reader.u8()) {
                case 1 -> new Known(Registration.CODEC.read(reader));
                case 2 -> new Certified(Registration.CODEC.read(reader), reader.string(INPUT_LENGTH_MAX));
                case 3 -> new Unknown();
                case 4 -> new Malformed();
                case 5 -> new Busy();
                default -> throw new MalformedException("no answer of a registrar");
            };
        }
    };
}
