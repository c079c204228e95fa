package org.maftia.services.registration;

import org.maftia.core.wire.Codec;
import org.maftia.core.wire.Digest;
import org.maftia.core.wire.MalformedException;
import org.maftia.core.wire.Reader;
import org.maftia.core.wire.Writer;

/** A command of the {@link Registrar}. */
public sealed interface RegistrationCommand {
    /** Registers what is sealed, once. */
    record Register(byte[] sealed) implements RegistrationCommand {}

    /** Has a receipt signed for the gateway that asks. */
    record Certify(Digest id) implements RegistrationCommand {}

    Codec<RegistrationCommand> CODEC = new Codec<>() {
        @Override
        public void write(Writer writer, RegistrationCommand value) {
            switch (value) {
                case Register register -> writer.u8(1).opaque32(register.sealed);
                case Certify certify -> writer.u8(2).digest(certify.id);
            }
        }

        @Override
        public RegistrationCommand read(Reader reader) {
            return switch (reader.u8()) {
                case 1 -> new Register(reader.opaque32(SealedDocument.LENGTH_MAX));
                case 2 -> new Certify(reader.digest());
                default -> throw new MalformedException("no command of a registrar");
            };
        }
    };
}
