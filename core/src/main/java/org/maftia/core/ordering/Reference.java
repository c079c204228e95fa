package org.maftia.core.ordering;

import org.maftia.core.wire.Codec;
import org.maftia.core.wire.Digest;
import org.maftia.core.wire.Reader;
import org.maftia.core.wire.Writer;

/**
 * Names a request together with its content. A corrupt client may give one name to two contents: these are two
 * references, and the sessions see to it that one of them at most is executed.
 */
public record Reference(RequestId id, Digest digest) implements Comparable<Reference> {
    /** Bytes on the wire: client, session, sequence, digest. */
    static final int LENGTH = 2 + 8 + 8 + Digest.LENGTH;

    public static final Codec<Reference> CODEC = new Codec<>() {
        @Override
        public void write(Writer writer, Reference value) {
            RequestId.CODEC.write(writer, value.id);
            writer.digest(value.digest);
        }

        @Override
        public Reference read(Reader reader) {
            return new Reference(RequestId.CODEC.read(reader), reader.digest());
        }
    };

    public static Reference to(Request request) {
        return new Reference(request.id(), request.digest());
    }

    @Override
    public int compareTo(Reference other) {
        int order = id.compareTo(other.id);
        return order != 0 ? order : digest.compareTo(other.digest);
    }

    /** The digest is uniform already. */
    @Override
    public int hashCode() {
        return digest.hashCode();
    }

    @Override
    public String toString() {
        return id.client() + "." + id.session() + "." + id.sequence() + ":" + Brief.of(digest);
    }
}
