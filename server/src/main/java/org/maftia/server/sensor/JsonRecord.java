package org.maftia.server.sensor;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.core.io.JsonEOFException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.maftia.services.detection.Alarm;

/** How all readers of JSON read: one object, token by token, within {@link RecordLimits}. */
final class JsonRecord {
    private static final JsonFactory FACTORY = JsonFactory.builder()
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(RecordLimits.NESTING_MAX)
                    .maxStringLength(RecordLimits.LENGTH_MAX)
                    .maxNameLength(RecordLimits.NAME_LENGTH_MAX)
                    .maxNumberLength(RecordLimits.NUMBER_LENGTH_MAX)
                    .build())
            .disable(JsonFactory.Feature.INTERN_FIELD_NAMES) // names come from strangers
            .build();

    private JsonRecord() {}

    /** What reads the object. */
    interface Body {
        /** Called with the parser at the opening brace; may stop before the closing one. */
        @Nullable
        Alarm read(JsonParser parser) throws IOException, BadRecord;
    }

    /** Runs the body on the record and gives the exceptions of the parser their reasons. */
    static @Nullable Alarm read(byte[] bytes, int offset, int length, Body body) throws BadRecord {
        try (JsonParser parser = FACTORY.createParser(bytes, offset, length)) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                throw new BadRecord(Reason.SYNTAX);
            }
            return body.read(parser);
        } catch (StreamConstraintsException e) {
            String message = String.valueOf(e.getMessage());
            throw new BadRecord(message.contains("nesting depth") ? Reason.NESTING : Reason.FIELD);
        } catch (JsonEOFException e) {
            throw new BadRecord(Reason.CUT);
        } catch (JsonProcessingException e) {
            throw new BadRecord(Reason.SYNTAX);
        } catch (IOException e) {
            throw new BadRecord(Reason.SYNTAX); // malformed UTF-8 inside of a text
        } catch (IllegalArgumentException e) {
            throw new BadRecord(Reason.FIELD); // the alarm refused a value
        }
    }

    /** Refuses anything behind the object. */
    static void end(JsonParser parser) throws IOException, BadRecord {
        if (parser.nextToken() != null) {
            throw new BadRecord(Reason.SYNTAX);
        }
    }

    /** The value at hand as text: a text, number or truth value; passes over an object, array or null. */
    static @Nullable String text(JsonParser parser) throws IOException {
        JsonToken token = parser.currentToken();
        if (token == JsonToken.VALUE_NULL) {
            return null;
        }
        if (token.isScalarValue()) {
            return parser.getText();
        }
        parser.skipChildren();
        return null;
    }

    /** The value at hand as a port, written as a number or a text; anything else is {@link Alarm#NONE}. */
    static int port(JsonParser parser) throws IOException, BadRecord {
        @Nullable String text = text(parser);
        return text == null || text.isEmpty() ? Alarm.NONE : Fields.port(text);
    }

    /** The texts of the array at hand, or the one text; at most so many. */
    static List<String> texts(JsonParser parser, int most) throws IOException {
        List<String> texts = new ArrayList<>();
        if (parser.currentToken() != JsonToken.START_ARRAY) {
            @Nullable String text = text(parser);
            return text == null ? List.of() : List.of(text);
        }
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            @Nullable String text = text(parser);
            if (text != null && texts.size() < most) {
                texts.add(text);
            }
        }
        return texts;
    }
}
