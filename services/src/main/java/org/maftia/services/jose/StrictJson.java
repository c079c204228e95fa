package org.maftia.services.jose;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import org.maftia.core.wire.MalformedException;

/**
 * One JSON object of a stranger, whose members are asked for by name and type. Whatever is not as asked is a {@link
 * MalformedException} with a sentence for its sender.
 */
public final class StrictJson {
    /** Bytes of the longest object. */
    public static final int LENGTH_MAX = 128 << 10;

    /** Objects in objects: messages nest keys in parties. */
    private static final int DEPTH_MAX = 8;

    private static final int NAME_LENGTH_MAX = 256;
    private static final int NUMBER_LENGTH_MAX = 32;

    private static final JsonMapper MAPPER = JsonMapper.builder(JsonFactory.builder()
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxNestingDepth(DEPTH_MAX)
                            .maxDocumentLength(LENGTH_MAX)
                            .maxStringLength(LENGTH_MAX)
                            .maxNameLength(NAME_LENGTH_MAX)
                            .maxNumberLength(NUMBER_LENGTH_MAX)
                            .build())
                    .build())
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private final JsonNode node;
    private final String what;

    private StrictJson(JsonNode node, String what) {
        this.node = node;
        this.what = what;
    }

    /**
     * @param what it is, for the sentence that says what is wrong with it
     * @throws MalformedException when the bytes are no such object
     */
    public static StrictJson object(byte[] bytes, String what) {
        if (bytes.length > LENGTH_MAX) {
            throw new MalformedException(what + " is longer than " + LENGTH_MAX + " bytes");
        }
        try {
            JsonNode node = MAPPER.readTree(bytes);
            if (node != null && node.isObject()) {
                return new StrictJson(node, what);
            }
        } catch (IOException e) { // the library's one word for all nonsense; its text may quote the input
            throw new MalformedException(what + " is no JSON, or has a member twice");
        }
        throw new MalformedException(what + " is no JSON object");
    }

    /** A new object, for who writes one; members stay in the order in which they are put. */
    public static ObjectNode create() {
        return MAPPER.createObjectNode();
    }

    /** The bytes of an object that was made here. */
    public static byte[] bytes(ObjectNode node) {
        try {
            return MAPPER.writeValueAsBytes(node);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a tree of names and texts can be written", e);
        }
    }

    /** Refuses members that are not named: nobody signs what another does not read. */
    public StrictJson only(String... names) {
        List<String> known = Arrays.asList(names);
        node.fieldNames().forEachRemaining(name -> {
            if (!known.contains(name)) {
                throw new MalformedException(what + " has a member that it may not have");
            }
        });
        return this;
    }

    public boolean has(String name) {
        return node.has(name);
    }

    /** The names of the members, in their order. */
    public List<String> names() {
        List<String> names = new ArrayList<>();
        node.fieldNames().forEachRemaining(names::add);
        return names;
    }

    /** Whether the member is a text. */
    public boolean isText(String name) {
        return node.path(name).isTextual();
    }

    /** Whether there is a member of this name that is true; absent and false are the same. */
    public boolean isTrue(String name) {
        JsonNode value = node.get(name);
        if (value != null && !value.isBoolean()) {
            throw new MalformedException("\"" + name + "\" of " + what + " is neither true nor false");
        }
        return value != null && value.booleanValue();
    }

    public String text(String name) {
        JsonNode value = node.get(name);
        if (value == null || !value.isTextual()) {
            throw new MalformedException(what + " lacks the text \"" + name + "\"");
        }
        return value.textValue();
    }

    /** A number from 0 on. */
    public long number(String name) {
        JsonNode value = node.get(name);
        if (value == null || !value.isIntegralNumber() || !value.canConvertToLong() || value.longValue() < 0) {
            throw new MalformedException(what + " lacks the number \"" + name + "\"");
        }
        return value.longValue();
    }

    /** A text, or an array of one to so many. */
    public List<String> oneOrMore(String name, int countMax) {
        JsonNode value = node.get(name);
        if (value == null || value.isTextual()) {
            return List.of(text(name));
        }
        List<String> texts = new ArrayList<>();
        if (value.isArray() && !value.isEmpty() && value.size() <= countMax) {
            for (JsonNode element : value) {
                if (element.isTextual()) {
                    texts.add(element.textValue());
                }
            }
        }
        if (texts.isEmpty() || texts.size() != value.size()) {
            throw new MalformedException(what + " lacks the texts \"" + name + "\", " + countMax + " at most");
        }
        return texts;
    }

    public StrictJson child(String name) {
        JsonNode value = node.get(name);
        if (value == null || !value.isObject()) {
            throw new MalformedException(what + " lacks the object \"" + name + "\"");
        }
        return new StrictJson(value, "\"" + name + "\"");
    }

    /** The objects of an array, at most so many. */
    public List<StrictJson> children(String name, int countMax) {
        JsonNode value = node.get(name);
        if (value == null || !value.isArray() || value.size() > countMax) {
            throw new MalformedException(what + " lacks the array \"" + name + "\" of at most " + countMax);
        }
        List<StrictJson> children = new ArrayList<>();
        for (JsonNode element : value) {
            if (!element.isObject()) {
                throw new MalformedException("\"" + name + "\" of " + what + " has something else than objects");
            }
            children.add(new StrictJson(element, "an element of \"" + name + "\""));
        }
        return children;
    }

    /**
     * Bytes in base64url.
     *
     * @param lengthMax of the bytes
     */
    public byte[] bytes(String name, int lengthMax) {
        byte[] bytes = base64(text(name), "\"" + name + "\" of " + what);
        if (bytes.length > lengthMax) {
            throw new MalformedException("\"" + name + "\" of " + what + " is longer than " + lengthMax + " bytes");
        }
        return bytes;
    }

    /** Bytes in base64url, of one length only. */
    public byte[] exactly(String name, int length) {
        byte[] bytes = bytes(name, length);
        if (bytes.length != length) {
            throw new MalformedException("\"" + name + "\" of " + what + " is not of " + length + " bytes");
        }
        return bytes;
    }

    /** Base64url without padding, in its one spelling (RFC 7515, section 2). */
    static byte[] base64(String text, String what) {
        try {
            byte[] bytes = Base64.getUrlDecoder().decode(text.getBytes(StandardCharsets.ISO_8859_1));
            if (base64(bytes).equals(text)) {
                return bytes;
            }
        } catch (IllegalArgumentException e) {
            throw new MalformedException(what + " is no base64url");
        }
        throw new MalformedException(what + " is no base64url in its one spelling");
    }

    public static String base64(byte[] bytes) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }
}
