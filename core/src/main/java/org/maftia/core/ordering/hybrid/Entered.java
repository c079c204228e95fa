package org.maftia.core.ordering.hybrid;

import org.maftia.core.crypto.Certificate;
import org.maftia.core.wire.Codec;
import org.maftia.core.wire.Reader;
import org.maftia.core.wire.Writer;

/**
 * A view of which a kernel says that its NEW-VIEW is valid: somebody correct has seen all that it follows from, so nobody
 * needs that again.
 *
 * @param certificate signatures of a kernel under {@link Statements#entering}
 */
record Entered(Summary summary, Certificate certificate) {
    static final Codec<Entered> CODEC = new Codec<>() {
        @Override
        public void write(Writer writer, Entered value) {
            Summary.CODEC.write(writer, value.summary);
            Certificate.CODEC.write(writer, value.certificate);
        }

        @Override
        public Entered read(Reader reader) {
            return new Entered(Summary.CODEC.read(reader), Certificate.CODEC.read(reader));
        }
    };

    @Override
    public String toString() {
        return summary + " say " + certificate.signers();
    }
}
