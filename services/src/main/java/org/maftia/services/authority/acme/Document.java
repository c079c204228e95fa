package org.maftia.services.authority.acme;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;

/** A JSON object that is being written; its members stand in the order in which they were put. */
public final class Document {
    private final ObjectNode node = Json.MAPPER.createObjectNode();

    public Document put(String name, String value) {
        node.put(name, value);
        return this;
    }

    public Document put(String name, long value) {
        node.put(name, value);
        return this;
    }

    public Document put(String name, boolean value) {
        node.put(name, value);
        return this;
    }

    public Document put(String name, Document value) {
        node.set(name, value.node);
        return this;
    }

    public Document putTexts(String name, List<String> values) {
        ArrayNode array = node.putArray(name);
        values.forEach(array::add);
        return this;
    }

    public Document putAll(String name, List<Document> values) {
        ArrayNode array = node.putArray(name);
        values.forEach(value -> array.add(value.node));
        return this;
    }

    /** In UTF-8. */
    public byte[] toBytes() {
        try {
            return Json.MAPPER.writeValueAsBytes(node);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a tree of texts and numbers can be written", e);
        }
    }
}
