package org.maftia.server.ceremony;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import org.maftia.core.trust.FaultStructure;
import org.maftia.core.trust.Formula;

/** The trust of a group as the transcript states it: its quorums, and the formula over which keys are shared. */
final class TrustDocument {
    private TrustDocument() {}

    static JsonNode of(FaultStructure trust, List<String> ids) {
        ObjectNode json = CanonicalJson.object();
        json.set("quorums", of(trust.quorums(), ids));
        json.set("sharing", of(trust.sharing().formula(), ids));
        json.put("strong", trust.sharing().strong());
        return json;
    }

    static JsonNode of(Formula formula, List<String> ids) {
        try {
            return CanonicalJson.MAPPER.readTree(formula.toJson(ids));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a formula writes no JSON", e);
        }
    }
}
