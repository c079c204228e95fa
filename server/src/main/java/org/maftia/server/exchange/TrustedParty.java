package org.maftia.server.exchange;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import org.maftia.core.trust.FaultStructure;
import org.maftia.core.trust.ReplicaSet;
import org.maftia.core.wire.Digest;
import org.maftia.core.wire.MalformedException;
import org.maftia.server.cluster.SecureHttp;
import org.maftia.services.exchange.ExchangeAnswer;
import org.maftia.services.exchange.message.Answering;
import org.maftia.services.exchange.message.ExchangeToken;
import org.maftia.services.exchange.message.Opening;
import org.maftia.services.jose.CompactJws;
import org.maftia.services.jose.JsonWebKey;
import org.maftia.services.jose.StrictJson;

/**
 * Asks the group to decide an exchange, through the first gateway whose answer verifies: a gateway may be down, slow or lying,
 * and can do no more than deny.
 */
public final class TrustedParty {
    /** Two escrows are opened and a token is signed: well under a second; a group in recovery takes some seconds. */
    private static final int TIMEOUT_MILLIS = 20_000;

    private static final int REPLY_LENGTH_MAX = ExchangeAnswer.TOKEN_LENGTH_MAX + 2 * ExchangeAnswer.ITEM_LENGTH_MAX;

    private final List<String> addresses;
    private final SecureHttp http;
    private final JsonWebKey key;
    private final FaultStructure trust;

    /**
     * @param addresses of the service at all gateways, by the index of their replicas; tried in this order
     * @param http trusts the group's root
     * @param key under which the group signs decisions
     * @param trust which of the gateways may lie together
     */
    public TrustedParty(List<String> addresses, SecureHttp http, JsonWebKey key, FaultStructure trust) {
        this.addresses = List.copyOf(addresses);
        this.http = http;
        this.key = key;
        this.trust = trust;
    }

    /**
     * What was decided.
     *
     * @param token as the group signed it
     * @param item sealed for who asked; empty where there is none
     */
    public record Decision(CompactJws token, ExchangeToken decided, Optional<byte[]> item) {}

    /** The group refuses: a kernel of gateways says so, among which is a correct one. */
    public static final class RefusedException extends Exception {
        private static final long serialVersionUID = 1;

        RefusedException(String reason) {
            super(reason);
        }
    }

    /**
     * A gives up.
     *
     * @throws IOException when no gateway gave an answer that verifies; says what each did
     * @throws RefusedException when the group will not
     */
    public Decision abort(Opening opening, CompactJws request) throws IOException, RefusedException {
        ObjectNode body =
                StrictJson.create().put("first", opening.message().toString()).put("request", request.toString());
        return post(opening.id(), "abort", body);
    }

    /**
     * A party wants it done.
     *
     * @throws IOException when no gateway gave an answer that verifies; says what each did
     * @throws RefusedException when the group will not
     */
    public Decision resolve(Opening opening, Answering answering, CompactJws request)
            throws IOException, RefusedException {
        ObjectNode body = StrictJson.create()
                .put("first", opening.message().toString())
                .put("second", answering.message().toString())
                .put("request", request.toString());
        return post(opening.id(), "resolve", body);
    }

    private Decision post(Digest id, String what, ObjectNode body) throws IOException, RefusedException {
        StringBuilder failures = new StringBuilder();
        ReplicaSet refusing = ReplicaSet.EMPTY;
        for (int gateway = 0; gateway < addresses.size(); gateway++) {
            String address = addresses.get(gateway);
            String place = address + "/" + StrictJson.base64(id.toBytes()) + "/" + what;
            try {
                SecureHttp.Reply reply = http.post(place, TIMEOUT_MILLIS, "application/json", StrictJson.bytes(body));
                if (reply.status() == 200) {
                    return read(id, reply.body());
                }
                String detail = detail(reply);
                if (reply.status() == 400 || reply.status() == 403) {
                    refusing = refusing.with(gateway);
                    if (trust.isKernel(refusing)) {
                        throw new RefusedException(detail);
                    }
                }
                failures.append("; ").append(address).append(": HTTP ").append(reply.status());
                failures.append(' ').append(detail);
            } catch (IOException | MalformedException e) {
                failures.append("; ").append(address).append(": ").append(e.getMessage());
            }
        }
        throw new IOException("no gateway gave a decision that verifies" + failures);
    }

    static String detail(SecureHttp.Reply reply) {
        try {
            return StrictJson.object(reply.body(), "the problem").text("detail");
        } catch (MalformedException e) {
            return new String(reply.body(), StandardCharsets.UTF_8).strip();
        }
    }

    private Decision read(Digest id, byte[] body) {
        if (body.length > REPLY_LENGTH_MAX) {
            throw new MalformedException("the answer is too long");
        }
        StrictJson json = StrictJson.object(body, "the answer").only("id", "state", "token", "item");
        CompactJws token = CompactJws.decode(json.text("token"));
        ExchangeToken decided = ExchangeToken.verify(token, key);
        if (!decided.id().equals(id)) {
            throw new MalformedException("the token is one about another exchange");
        }
        return new Decision(
                token,
                decided,
                json.has("item") ? Optional.of(json.bytes("item", ExchangeAnswer.ITEM_LENGTH_MAX)) : Optional.empty());
    }
}
