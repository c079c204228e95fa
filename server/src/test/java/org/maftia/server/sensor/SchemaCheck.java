package org.maftia.server.sensor;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/** As much of JSON Schema draft-04 as the schemas of these tests use; a keyword it does not know fails the test. */
final class SchemaCheck {
    private static final List<String> IGNORED =
            List.of("description", "$schema", "title", "definitions", "format", "examples", "$id", "default", "id");

    private final JsonNode root;
    private final List<String> faults = new ArrayList<>();

    SchemaCheck(Path schema) throws Exception {
        this.root = new ObjectMapper().readTree(schema.toFile());
    }

    /** What is wrong with the document; empty for nothing. */
    List<String> faults(JsonNode document) {
        faults.clear();
        check(document, root, "$");
        return List.copyOf(faults);
    }

    private void check(JsonNode value, JsonNode schema, String where) {
        for (Map.Entry<String, JsonNode> rule : schema.properties()) {
            JsonNode wanted = rule.getValue();
            switch (rule.getKey()) {
                case "$ref" -> check(value, root.at(wanted.asText().substring(1)), where);
                case "type" -> require(isType(value, wanted), where + " is no " + wanted);
                case "enum" -> {
                    boolean found = false;
                    for (JsonNode one : wanted) {
                        found |= one.equals(value);
                    }
                    require(found, where + " is " + value + ", which is not listed");
                }
                case "pattern" ->
                    require(
                            Pattern.compile(wanted.asText())
                                    .matcher(value.asText())
                                    .find(),
                            where + " is " + value + ", not " + wanted);
                case "required" ->
                    wanted.forEach(name -> require(value.has(name.asText()), where + " lacks " + name.asText()));
                case "properties" ->
                    wanted.properties().forEach(property -> {
                        if (value.has(property.getKey())) {
                            check(value.get(property.getKey()), property.getValue(), where + "." + property.getKey());
                        }
                    });
                case "additionalProperties" ->
                    value.fieldNames()
                            .forEachRemaining(name -> require(
                                    wanted.asBoolean()
                                            || schema.get("properties").has(name),
                                    where + " has " + name + ", which is not foreseen"));
                case "items" -> value.forEach(item -> check(item, wanted, where + "[]"));
                case "minimum" -> require(value.asDouble() >= wanted.asDouble(), where + " is too small");
                case "maximum" -> require(value.asDouble() <= wanted.asDouble(), where + " is too large");
                default -> require(IGNORED.contains(rule.getKey()), "unknown keyword " + rule.getKey());
            }
        }
    }

    private void require(boolean holds, String fault) {
        if (!holds) {
            faults.add(fault);
        }
    }

    private static boolean isType(JsonNode value, JsonNode wanted) {
        if (wanted.isArray()) {
            for (JsonNode one : wanted) {
                if (isType(value, one)) {
                    return true;
                }
            }
            return false;
        }
        return switch (wanted.asText()) {
            case "object" -> value.isObject();
            case "array" -> value.isArray();
            case "string" -> value.isTextual();
            case "integer" -> value.isIntegralNumber();
            case "number" -> value.isNumber();
            default -> false;
        };
    }
}
