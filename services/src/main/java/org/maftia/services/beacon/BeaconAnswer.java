package org.maftia.services.beacon;

import org.maftia.core.wire.Codec;
import org.maftia.core.wire.MalformedException;
import org.maftia.core.wire.Reader;
import org.maftia.core.wire.Writer;

/** What the {@link Beacon} answers. */
public sealed interface BeaconAnswer {
    /**
     * A round.
     *
     * @param signature of {@link BeaconSchedule#message}
     */
    record Signed(long round, byte[] signature) implements BeaconAnswer {}

    /**
     * Its time has not come.
     *
     * @param newest the newest round whose time has come
     */
    record Early(long newest) implements BeaconAnswer {}

    /** So many old rounds are being signed again that one must ask at another time. */
    record Busy() implements BeaconAnswer {}

    /** The group is still making the key for it. */
    record Unmade() implements BeaconAnswer {}

    /** The command was none. */
    record Malformed() implements BeaconAnswer {}

    Codec<BeaconAnswer> CODEC = new Codec<>() {
        @Override
        public void write(Writer writer, BeaconAnswer value) {
            switch (value) {
                case Signed signed -> writer.u8(1).u64(signed.round).opaque8(signed.signature);
                case Early early -> writer.u8(2).u64(early.newest);
                case Busy busy -> writer.u8(3);
                case Malformed malformed -> writer.u8(4);
                case Unmade unmade -> writer.u8(5);
            }
        }

        @Override
        public BeaconAnswer read(Reader reader) {
            return switch (reader.u8()) {
                case 1 -> new Signed(reader.count(), reader.opaque8(Beacon.SIGNATURE_LENGTH_MAX));
                case 2 -> new Early(reader.count());
                case 3 -> new Busy();
                case 4 -> new Malformed();
                case 5 -> new Unmade();
                default -> throw new MalformedException("no answer of a beacon");
            };
        }
    };
}
