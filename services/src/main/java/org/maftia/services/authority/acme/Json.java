package org.maftia.services.authority.acme;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Optional;

/**
 * JSON of strangers: one object, no member twice, nothing behind it, no deep nesting; members are asked for by name and
 * type. Whatever is wrong is a {@link Refusal} of kind {@code malformed}.
 */
final class Json {
    /** ACME's objects are three deep at most. */
    private static final int DEPTH_MAX = 8;

    private static final int LENGTH_MAX = 128 << 10;

    static final JsonMapper MAPPER = JsonMapper.builder(JsonFactory.builder()
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxNestingDepth(DEPTH_MAX)
                            .maxDocumentLength(LENGTH_MAX)
                            .maxStringLength(LENGTH_MAX)
                            .maxNameLength(256)
                            .maxNumberLength(32)
                            .build())
                    .build())
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private final JsonNode node;
    private final String what;

    private Json(JsonNode node, String what) {
        this.node = node;
        this.what = what;
    }

    /** @param what it is, for the sentence of a refusal */
    static Json object(byte[] bytes, String what) {
        try {
            JsonNode node = MAPPER.readTree(bytes);
            if (node != null && node.isObject()) {
                return new Json(node, what);
            }
        } catch (IOException e) { // all that the library says about nonsense
            throw malformed(what + " is no JSON, or has a member twice");
        }
        throw malformed(what + " is no JSON object");
    }

    static Refusal malformed(String detail) {
        return new Refusal(Problem.Kind.MALFORMED, detail);
    }

    boolean has(String name) {
        return node.has(name);
    }

    int size() {
        return node.size();
    }

    /** Refuses members that are not named: where more would be a danger. */
    void only(String... names) {
        List<String> known = Arrays.asList(names);
        node.fieldNames().forEachRemaining(name -> {
            if (!known.contains(name)) {
                throw malformed(what + " has a member that it may not have");
            }
        });
    }

    Optional<String> text(String name) {
        JsonNode value = node.get(name);
        if (value == null) {
            return Optional.empty();
        }
        if (!value.isTextual()) {
            throw malformed("\"" + name + "\" of " + what + " is no text");
        }
        return Optional.of(value.textValue());
    }

    String requiredText(String name) {
        return text(name).orElseThrow(() -> malformed(what + " lacks \"" + name + "\""));
    }

    boolean flag(String name) {
        JsonNode value = node.get(name);
        if (value == null) {
            return false;
        }
        if (!value.isBoolean()) {
            throw malformed("\"" + name + "\" of " + what + " is neither true nor false");
        }
        return value.booleanValue();
    }

    Optional<Integer> number(String name) {
        JsonNode value = node.get(name);
        if (value == null) {
            return Optional.empty();
        }
        if (!value.isInt()) {
            throw malformed("\"" + name + "\" of " + what + " is no small number");
        }
        return Optional.of(value.intValue());
    }

    Optional<Json> child(String name) {
        JsonNode value = node.get(name);
        if (value == null) {
            return Optional.empty();
        }
        if (!value.isObject()) {
            throw malformed("\"" + name + "\" of " + what + " is no object");
        }
        return Optional.of(new Json(value, "\"" + name + "\""));
    }

    /** Objects in an array; at least one. */
    List<Json> children(String name, int max) {
        List<Json> children = new ArrayList<>();
        for (JsonNode element : array(name, max)) {
            if (!element.isObject()) {
                throw malformed("\"" + name + "\" of " + what + " holds something that is no object");
            }
            children.add(new Json(element, "an element of \"" + name + "\""));
        }
        return children;
    }

    List<String> texts(String name, int max) {
        List<String> texts = new ArrayList<>();
        for (JsonNode element : array(name, max)) {
            if (!element.isTextual()) {
                throw malformed("\"" + name + "\" of " + what + " holds something that is no text");
            }
            texts.add(element.textValue());
        }
        return texts;
    }

    private JsonNode array(String name, int max) {
        JsonNode value = node.get(name);
        if (value == null || !value.isArray() || value.size() > max) {
            throw malformed("\"" + name + "\" of " + what + " is no array of at most " + max);
        }
        return value;
    }

    /** Bytes in base64url without padding, in their one spelling (RFC 7515, section 2). */
    byte[] bytes(String name) {
        return bytes(requiredText(name), "\"" + name + "\" of " + what);
    }

    static byte[] bytes(String text, String what) {
        try {
            byte[] bytes = Base64.getUrlDecoder().decode(text);
            if (base64(bytes).equals(text)) {
                return bytes;
            }
        } catch (IllegalArgumentException e) {
            throw malformed(what + " is no base64url");
        }
        throw malformed(what + " is base64url in a second spelling");
    }

    static String base64(byte[] bytes) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }
}
