package org.maftia.core.replica;

import org.maftia.core.wire.Codec;
import org.maftia.core.wire.MalformedException;
import org.maftia.core.wire.Reader;
import org.maftia.core.wire.Writer;

/** What a lineage keeps in its journal. */
sealed interface LineageRecord {
    /** A record of the protocols of a configuration. */
    record Kept(long number, byte[] record) implements LineageRecord {}

    /** One more configuration. */
    record Followed(ConfigurationCertificate certificate) implements LineageRecord {}

    /** This replica lived before, and its journal was lost. */
    record Lost() implements LineageRecord {}

    /** This replica said that it is ready. */
    record Said(Readiness readiness) implements LineageRecord {}

    Codec<LineageRecord> CODEC = new Codec<>() {
        @Override
        public void write(Writer writer, LineageRecord value) {
            switch (value) {
                case Kept kept -> writer.u8(1).u64(kept.number).opaque32(kept.record);
                case Followed followed -> ConfigurationCertificate.CODEC.write(writer.u8(2), followed.certificate);
                case Lost lost -> writer.u8(3);
                case Said said -> Readiness.CODEC.write(writer.u8(4), said.readiness);
            }
        }

        @Override
        public LineageRecord read(Reader reader) {
            return switch (reader.u8()) {
                case 1 -> new Kept(reader.count(), reader.opaque32(Integer.MAX_VALUE));
                case 2 -> new Followed(ConfigurationCertificate.CODEC.read(reader));
                case 3 -> new Lost();
                case 4 -> new Said(Readiness.CODEC.read(reader));
                default -> throw new MalformedException("no record of a lineage");
            };
        }
    };
}
