package org.maftia.services.registration;

import java.util.OptionalInt;
import org.maftia.core.wire.Codec;
import org.maftia.core.wire.Digest;
import org.maftia.core.wire.MalformedException;
import org.maftia.core.wire.Reader;
import org.maftia.core.wire.Writer;

/**
 * What is kept of a document that was opened.
 *
 * @param contentLength where the content was shown, which has this digest; empty: nobody showed more than the digest
 */
public record Description(String title, String contentType, Digest sha256, OptionalInt contentLength) {
    public Description {
        Document.requireLine(title, Document.TITLE_LENGTH_MAX, "title");
        Document.requireLine(contentType, Document.CONTENT_TYPE_LENGTH_MAX, "content type");
        if (contentLength.orElse(0) > Document.CONTENT_LENGTH_MAX) {
            throw new MalformedException("a content that was shown is shorter");
        }
    }

    /** What a document says of itself. */
    public static Description of(Document document) {
        OptionalInt length = document.content().isPresent()
                ? OptionalInt.of(document.content().get().length)
                : OptionalInt.empty();
        return new Description(document.title(), document.contentType(), document.sha256(), length);
    }

    static final Codec<Description> CODEC = new Codec<>() {
        @Override
        public void write(Writer writer, Description value) {
            writer.string(value.title).string(value.contentType).digest(value.sha256);
            writer.bool(value.contentLength.isPresent());
            value.contentLength.ifPresent(writer::u32);
        }

        @Override
        public Description read(Reader reader) {
            return new Description(
                    reader.string(Document.TITLE_LENGTH_MAX),
                    reader.string(Document.CONTENT_TYPE_LENGTH_MAX),
                    reader.digest(),
                    reader.bool()
                            ? OptionalInt.of((int) Math.min(Integer.MAX_VALUE, reader.u32()))
                            : OptionalInt.empty());
        }
    };
}
