package org.maftia.core.replica;

import java.util.List;
import org.maftia.core.wire.Codec;
import org.maftia.core.wire.MalformedException;
import org.maftia.core.wire.Reader;
import org.maftia.core.wire.Writer;

/** What processes of a group say to each other beside their protocols in some configuration. */
sealed interface LineageMessage {
    /** Certificates in one message: who is further behind asks again. */
    int CERTIFICATES_MAX = 8;

    /** The newest configuration that the sender knows: who knows a newer one answers with the chain. */
    record Where(long number) implements LineageMessage {}

    /** Certificates in a row, each for the configuration after the last one's. */
    record Chain(List<ConfigurationCertificate> certificates) implements LineageMessage {
        public Chain {
            certificates = List.copyOf(certificates);
        }
    }

    /** The signer is ready for the configuration after the present one. */
    record Ready(Readiness readiness) implements LineageMessage {}

    Codec<LineageMessage> CODEC = new Codec<>() {
        @Override
        public void write(Writer writer, LineageMessage value) {
            switch (value) {
                case Where where -> writer.u8(1).u64(where.number);
                case Chain chain -> writer.u8(2).list(chain.certificates, ConfigurationCertificate.CODEC::write);
                case Ready ready -> Readiness.CODEC.write(writer.u8(3), ready.readiness);
            }
        }

        @Override
        public LineageMessage read(Reader reader) {
            return switch (reader.u8()) {
                case 1 -> new Where(reader.count());
                case 2 -> new Chain(reader.list(CERTIFICATES_MAX, 1, ConfigurationCertificate.CODEC::read));
                case 3 -> new Ready(Readiness.CODEC.read(reader));
                default -> throw new MalformedException("no message of a lineage");
            };
        }
    };
}
