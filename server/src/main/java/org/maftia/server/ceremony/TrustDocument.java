package org.maftia.server.ceremony;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import org.maftia.core.trust.FaultStructure;
import org.maftia.core.trust.Formula;
import org.maftia.core.trust.ReplicaSet;

/** The trust of a group as the transcript states it: the maximal fault sets, and the formula over which keys are shared. */
final class TrustDocument {
    private TrustDocument() {}

    static JsonNode of(FaultStructure trust, List<String> ids) {
        ObjectNode json = CanonicalJson.object();
        ArrayNode sets = json.putArray("faultSets");
        for (ReplicaSet set : trust.maximalFaultSets()) {
            ArrayNode members = sets.addArray();
            set.forEach(replica -> members.add(ids.get(replica)));
        }
        json.set("sharing", of(trust.sharing().formula(), ids));
        json.put("strong", trust.sharing().strong());
        return json;
    }

    static JsonNode of(Formula formula, List<String> ids) {
        return switch (formula) {
            case Formula.Leaf leaf -> CanonicalJson.MAPPER.getNodeFactory().textNode(ids.get(leaf.replica()));
            case Formula.Gate gate -> {
                ObjectNode json = CanonicalJson.object().put("select", gate.threshold());
                ArrayNode children = json.putArray("out-of");
                for (Formula.Child child : gate.children()) {
                    JsonNode below = of(child.formula(), ids);
                    if (child.weight() == 1) {
                        children.add(below);
                    } else {
                        children.addObject().put("weight", child.weight()).set("of", below);
                    }
                }
                yield json;
            }
        };
    }
}
