package org.maftia.server.ceremony;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;

/**
 * JSON with one encoding for each value, so that it can be hashed: RFC 8785, without fractions. Members are sorted by
 * UTF-16 code units, nothing is blank, strings are escaped in the one shortest way.
 */
final class CanonicalJson {
    /** Beyond it not every reader of JSON keeps an integer (RFC 8785, section 3.2.2.3). */
    private static final long INTEGER_MAX = (1L << 53) - 1;

    /** Our documents nest formulas of depth 16 in a few objects. */
    private static final int DEPTH_MAX = 64;

    static final ObjectMapper MAPPER = JsonMapper.builder(com.fasterxml.jackson.core.JsonFactory.builder()
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxNestingDepth(DEPTH_MAX)
                            .build())
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    .build())
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private CanonicalJson() {}

    static ObjectNode object() {
        return MAPPER.createObjectNode();
    }

    static byte[] encode(JsonNode value) {
        StringBuilder text = new StringBuilder(1024);
        append(text, value);
        return text.toString().getBytes(StandardCharsets.UTF_8);
    }

    /**
     * Reads a document that must be in canonical form, byte for byte.
     *
     * @param name what the document is, for the message
     */
    static JsonNode decode(byte[] bytes, String name, String hint) {
        try {
            JsonNode value = MAPPER.readTree(bytes);
            if (!value.isMissingNode() && Arrays.equals(encode(value), bytes)) {
                return value;
            }
            throw new CeremonyException(name + " was changed: it is not in canonical form", hint);
        } catch (JsonProcessingException e) {
            throw new CeremonyException(name + " is no JSON: " + e.getOriginalMessage(), hint, e);
        } catch (IOException | IllegalArgumentException e) {
            throw new CeremonyException(name + " cannot be read: " + e.getMessage(), hint, e);
        }
    }

    private static void append(StringBuilder text, JsonNode value) {
        switch (value.getNodeType()) {
            case OBJECT -> appendObject(text, value);
            case ARRAY -> {
                String separator = "[";
                for (JsonNode element : value) {
                    text.append(separator);
                    append(text, element);
                    separator = ",";
                }
                text.append(value.isEmpty() ? "[]" : "]");
            }
            case STRING -> appendString(text, value.textValue());
            case BOOLEAN -> text.append(value.booleanValue());
            case NULL -> text.append("null");
            case NUMBER -> {
                boolean exact = value.isIntegralNumber() && value.canConvertToLong();
                if (!exact || Math.abs(value.longValue()) > INTEGER_MAX) {
                    throw new IllegalArgumentException("only integers below 2^53 are written: " + value);
                }
                text.append(value.longValue());
            }
            default -> throw new IllegalArgumentException("no JSON value: " + value.getNodeType());
        }
    }

    private static void appendObject(StringBuilder text, JsonNode value) {
        // String's order is that of UTF-16 code units, which RFC 8785 prescribes.
        Map<String, JsonNode> members = new TreeMap<>();
        value.properties().forEach(member -> members.put(member.getKey(), member.getValue()));
        String separator = "{";
        for (Map.Entry<String, JsonNode> member : members.entrySet()) {
            text.append(separator);
            appendString(text, member.getKey());
            text.append(':');
            append(text, member.getValue());
            separator = ",";
        }
        text.append(members.isEmpty() ? "{}" : "}");
    }

    private static void appendString(StringBuilder text, String value) {
        text.append('"');
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            switch (c) {
                case '"' -> text.append("\\\"");
                case '\\' -> text.append("\\\\");
                case '\b' -> text.append("\\b");
                case '\t' -> text.append("\\t");
                case '\n' -> text.append("\\n");
                case '\f' -> text.append("\\f");
                case '\r' -> text.append("\\r");
                default -> {
                    if (c < 0x20) {
                        text.append("\\u00")
                                .append(Character.forDigit(c >> 4, 16))
                                .append(Character.forDigit(c & 15, 16));
                    } else if (isLoneSurrogate(value, i)) {
                        throw new IllegalArgumentException("a lone surrogate is no text");
                    } else {
                        text.append(c);
                    }
                }
            }
        }
        text.append('"');
    }

    private static boolean isLoneSurrogate(String value, int i) {
        char c = value.charAt(i);
        if (Character.isHighSurrogate(c)) {
            return i + 1 == value.length() || !Character.isLowSurrogate(value.charAt(i + 1));
        }
        return Character.isLowSurrogate(c) && (i == 0 || !Character.isHighSurrogate(value.charAt(i - 1)));
    }
}
