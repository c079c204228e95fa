package org.maftia.server.ceremony;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/** Takes members out of a ceremony's documents, each checked for kind and size. */
final class JsonFields {
    private static final String HINT = "take the file anew from where it was made";

    private JsonFields() {}

    static String text(JsonNode object, String name) {
        JsonNode value = object.path(name);
        if (!value.isTextual()) {
            throw missing(name, "text");
        }
        return value.textValue();
    }

    static int number(JsonNode object, String name) {
        JsonNode value = object.path(name);
        if (!value.isInt()) {
            throw missing(name, "number");
        }
        return value.intValue();
    }

    /** Base64 of at most so many bytes. */
    static byte[] bytes(JsonNode object, String name, int lengthMax) {
        try {
            byte[] bytes = Base64.getDecoder().decode(text(object, name));
            if (bytes.length <= lengthMax) {
                return bytes;
            }
            throw missing(name, "value of at most " + lengthMax + " bytes");
        } catch (IllegalArgumentException e) {
            throw missing(name, "base64");
        }
    }

    static List<JsonNode> list(JsonNode object, String name, int countMax) {
        JsonNode value = object.path(name);
        if (!value.isArray() || value.size() > countMax) {
            throw missing(name, "list of at most " + countMax);
        }
        List<JsonNode> elements = new ArrayList<>(value.size());
        value.forEach(elements::add);
        return elements;
    }

    static List<String> texts(JsonNode object, String name, int countMax) {
        List<String> texts = new ArrayList<>();
        for (JsonNode element : list(object, name, countMax)) {
            if (!element.isTextual()) {
                throw missing(name, "list of texts");
            }
            texts.add(element.textValue());
        }
        return List.copyOf(texts);
    }

    private static CeremonyException missing(String name, String kind) {
        return new CeremonyException("the document has no " + kind + " \"" + name + "\"", HINT);
    }
}
