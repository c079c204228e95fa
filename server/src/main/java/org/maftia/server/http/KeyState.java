package org.maftia.server.http;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Where a key stands that the group makes and renews by itself. All correct replicas say the same once they have executed
 * the same slots.
 *
 * @param epoch of the present sharing; -1: the group has not made the key yet
 * @param publicKey in hex, 48 bytes of G1, the same in all epochs; empty before the first
 * @param sinceSeconds agreed time at which the epoch began, in seconds since 1970; 0: with the configuration
 * @param attempts so far, the one under way included
 * @param open the attempt under way
 * @param last the one that ended last
 */
public record KeyState(
        String id,
        long epoch,
        String publicKey,
        long sinceSeconds,
        long attempts,
        Optional<Open> open,
        Optional<Ended> last) {
    /**
     * An attempt under way, by ids of replicas.
     *
     * @param enrolled who takes part
     * @param dealers whose dealing the log has
     * @param safe who has its new shares in safety
     */
    public record Open(long attempt, List<String> enrolled, List<String> dealers, List<String> safe) {
        public Open {
            enrolled = List.copyOf(enrolled);
            dealers = List.copyOf(dealers);
            safe = List.copyOf(safe);
        }
    }

    /**
     * An attempt that is over.
     *
     * @param made whether an epoch began with it; otherwise all stayed as it was
     * @param refuted who dealt falsely
     * @param safe who has its new shares in safety, until now
     */
    public record Ended(long attempt, boolean made, List<String> enrolled, List<String> refuted, List<String> safe) {
        public Ended {
            enrolled = List.copyOf(enrolled);
            refuted = List.copyOf(refuted);
            safe = List.copyOf(safe);
        }
    }

    void write(ArrayNode keys) {
        ObjectNode node = keys.addObject().put("id", id).put("epoch", epoch).put("publicKey", publicKey);
        node.put("sinceSeconds", sinceSeconds).put("attempts", attempts);
        open.ifPresent(now -> {
            ObjectNode attempt = node.putObject("open").put("attempt", now.attempt);
            now.enrolled.forEach(attempt.putArray("enrolled")::add);
            now.dealers.forEach(attempt.putArray("dealers")::add);
            now.safe.forEach(attempt.putArray("safe")::add);
        });
        last.ifPresent(ended -> {
            ObjectNode attempt =
                    node.putObject("last").put("attempt", ended.attempt).put("made", ended.made);
            ended.enrolled.forEach(attempt.putArray("enrolled")::add);
            ended.refuted.forEach(attempt.putArray("refuted")::add);
            ended.safe.forEach(attempt.putArray("safe")::add);
        });
    }

    static KeyState parse(JsonNode node) {
        JsonNode open = node.path("open");
        JsonNode last = node.path("last");
        return new KeyState(
                node.required("id").asText(),
                node.required("epoch").asLong(),
                node.required("publicKey").asText(),
                node.required("sinceSeconds").asLong(),
                node.required("attempts").asLong(),
                open.isMissingNode()
                        ? Optional.empty()
                        : Optional.of(new Open(
                                open.required("attempt").asLong(),
                                texts(open.required("enrolled")),
                                texts(open.required("dealers")),
                                texts(open.required("safe")))),
                last.isMissingNode()
                        ? Optional.empty()
                        : Optional.of(new Ended(
                                last.required("attempt").asLong(),
                                last.required("made").asBoolean(),
                                texts(last.required("enrolled")),
                                texts(last.required("refuted")),
                                texts(last.required("safe")))));
    }

    static List<String> texts(JsonNode array) {
        List<String> texts = new ArrayList<>();
        array.forEach(text -> texts.add(text.asText()));
        return texts;
    }
}
