package org.maftia.services.registration;

import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.maftia.core.crypto.Transcript;
import org.maftia.core.wire.Codec;
import org.maftia.core.wire.Digest;
import org.maftia.core.wire.MalformedException;
import org.maftia.core.wire.Reader;
import org.maftia.core.wire.Writer;

/**
 * What is registered, as its owner encrypts it.
 *
 * @param title for people, at most {@link #TITLE_LENGTH_MAX} bytes in UTF-8; may be empty
 * @param contentType the media type, at most {@link #CONTENT_TYPE_LENGTH_MAX} bytes; may be empty
 * @param sha256 of the content
 * @param content at most {@link #CONTENT_LENGTH_MAX} bytes; without it the group knows the digest alone
 */
public record Document(String title, String contentType, Digest sha256, Optional<byte[]> content) {
    public static final int TITLE_LENGTH_MAX = 256;
    public static final int CONTENT_TYPE_LENGTH_MAX = 128;

    /** What many documents have; a longer one is registered by its digest, which proves the same about its time. */
    public static final int CONTENT_LENGTH_MAX = 64 << 10;

    /** Of the encoding. */
    static final int LENGTH_MAX =
            1 + 2 + TITLE_LENGTH_MAX + 2 + CONTENT_TYPE_LENGTH_MAX + Digest.LENGTH + 1 + 4 + CONTENT_LENGTH_MAX;

    private static final int VERSION = 1;

    /** @throws MalformedException when a text is too long, or has characters that no line has */
    public Document {
        requireLine(title, TITLE_LENGTH_MAX, "title");
        requireLine(contentType, CONTENT_TYPE_LENGTH_MAX, "content type");
        if (content.isPresent() && content.get().length > CONTENT_LENGTH_MAX) {
            throw new MalformedException("a content has at most " + CONTENT_LENGTH_MAX + " bytes");
        }
    }

    /** Both are printed on terminals and in logs, where a control character could pretend things. */
    static void requireLine(String text, int lengthMax, String what) {
        if (text.getBytes(StandardCharsets.UTF_8).length > lengthMax) {
            throw new MalformedException("a " + what + " has at most " + lengthMax + " bytes");
        }
        if (text.codePoints().anyMatch(Document::isNoCharacterOfALine)) {
            throw new MalformedException("a " + what + " has no control characters");
        }
    }

    private static boolean isNoCharacterOfALine(int character) {
        return switch (Character.getType(character)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.SURROGATE,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR -> true;
            default -> false;
        };
    }

    /** With the content itself, so that the registration also says that who registered had it. */
    public static Document of(String title, String contentType, byte[] content) {
        return new Document(title, contentType, Transcript.sha256(content), Optional.of(content));
    }

    /** By its digest alone. */
    public static Document ofDigest(String title, String contentType, Digest sha256) {
        return new Document(title, contentType, sha256, Optional.empty());
    }

    /** Whether the digest is that of the content, where there is one. */
    boolean agreesWithItself() {
        return content.isEmpty() || Transcript.sha256(content.get()).equals(sha256);
    }

    static final Codec<Document> CODEC = new Codec<>() {
        @Override
        public void write(Writer writer, Document value) {
            writer.u8(VERSION).string(value.title).string(value.contentType).digest(value.sha256);
            writer.bool(value.content.isPresent());
            value.content.ifPresent(writer::opaque32);
        }

        @Override
        public Document read(Reader reader) {
            if (reader.u8() != VERSION) {
                throw new MalformedException("a document of another version");
            }
            return new Document(
                    reader.string(TITLE_LENGTH_MAX),
                    reader.string(CONTENT_TYPE_LENGTH_MAX),
                    reader.digest(),
                    reader.bool() ? Optional.of(reader.opaque32(CONTENT_LENGTH_MAX)) : Optional.empty());
        }
    };
}
