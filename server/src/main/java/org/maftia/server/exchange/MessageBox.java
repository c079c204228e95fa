package org.maftia.server.exchange;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.maftia.core.trust.FaultStructure;
import org.maftia.core.trust.ReplicaSet;
import org.maftia.core.wire.Digest;
import org.maftia.core.wire.MalformedException;
import org.maftia.server.cluster.SecureHttp;
import org.maftia.services.exchange.message.Answering;
import org.maftia.services.exchange.message.ContractAcceptance;
import org.maftia.services.exchange.message.ContractConfirmation;
import org.maftia.services.exchange.message.ContractOffer;
import org.maftia.services.exchange.message.Opening;
import org.maftia.services.jose.CompactJws;
import org.maftia.services.jose.StrictJson;

/**
 * The mailbox of a group, for parties who cannot reach each other. A gateway may hide what lies there, so all are asked; what they show
 * is checked when it is used, as whatever comes from another party.
 */
public final class MessageBox {
    private static final int TIMEOUT_MILLIS = 20_000;

    /** Of what lies between two parties: thirty-two exchanges, each with two escrows of the longest. */
    private static final int CONTENT_LENGTH_MAX = 4 << 20;

    private static final ObjectMapper MAPPER = new ObjectMapper();
    private static final String JSON = "application/json";

    private final List<String> addresses;
    private final SecureHttp http;
    private final FaultStructure trust;

    /**
     * @param addresses of the service at all gateways, by the index of their replicas; tried in this order
     * @param http trusts the group's root
     * @param trust which of the gateways may lie together
     */
    public MessageBox(List<String> addresses, SecureHttp http, FaultStructure trust) {
        this.addresses = List.copyOf(addresses);
        this.http = http;
        this.trust = trust;
    }

    /** The group does not keep a message: a kernel of gateways says so, among which is a correct one. */
    public static final class RefusedException extends Exception {
        private static final long serialVersionUID = 1;

        RefusedException(String reason) {
            super(reason);
        }
    }

    /**
     * Leaves the first message of an exchange.
     *
     * @throws IOException when no gateway took it; says what each did
     * @throws RefusedException when the group will not
     */
    public void leave(Opening opening) throws IOException, RefusedException {
        post(StrictJson.create().put("message", opening.message().toString()));
    }

    /**
     * Leaves a message that follows.
     *
     * @param message a JWS in compact serialisation, or in base64url what B opens
     * @throws IOException when no gateway took it; says what each did
     * @throws RefusedException when the group will not
     */
    public void leave(Digest exchange, String message) throws IOException, RefusedException {
        post(StrictJson.create()
                .put("id", StrictJson.base64(exchange.toBytes()))
                .put("message", message));
    }

    private void post(ObjectNode body) throws IOException, RefusedException {
        StringBuilder failures = new StringBuilder();
        ReplicaSet refusing = ReplicaSet.EMPTY;
        for (int gateway = 0; gateway < addresses.size(); gateway++) {
            String address = addresses.get(gateway);
            try {
                SecureHttp.Reply reply = http.post(address, TIMEOUT_MILLIS, JSON, StrictJson.bytes(body));
                if (reply.status() == 200) {
                    return;
                }
                String detail = TrustedParty.detail(reply);
                if (reply.status() == 400 || reply.status() == 404 || reply.status() == 409) {
                    refusing = refusing.with(gateway);
                    if (trust.isKernel(refusing)) {
                        throw new RefusedException(detail);
                    }
                }
                failures.append("; ").append(address).append(": HTTP ").append(reply.status());
                failures.append(' ').append(detail);
            } catch (IOException e) {
                failures.append("; ").append(address).append(": ").append(e.getMessage());
            }
        }
        throw new IOException("no gateway took the message" + failures);
    }

    /**
     * What lies there between the signer of a request and another party: of each exchange the messages in their order.
     *
     * @param request as {@code PartyKeys.reading} signs it
     * @throws IOException when no gateway answered; says what each did
     */
    public SortedMap<Digest, List<String>> read(CompactJws request) throws IOException {
        byte[] body = StrictJson.bytes(StrictJson.create().put("request", request.toString()));
        SortedMap<Digest, List<String>> found = new TreeMap<>();
        StringBuilder failures = new StringBuilder();
        boolean answered = false;
        for (String address : addresses) {
            try {
                SecureHttp.Reply reply =
                        http.post(address + "/messages", TIMEOUT_MILLIS, JSON, body, CONTENT_LENGTH_MAX);
                if (reply.status() == 200) {
                    add(reply.body(), found);
                    answered = true;
                } else {
                    failures.append("; ").append(address).append(": HTTP ").append(reply.status());
                    failures.append(' ').append(TrustedParty.detail(reply));
                }
            } catch (IOException | MalformedException e) {
                failures.append("; ").append(address).append(": ").append(e.getMessage());
            }
        }
        if (!answered) {
            throw new IOException("no gateway shows what lies there" + failures);
        }
        return found;
    }

    /** Of an exchange what is most: one gateway may be behind, another may hide. */
    static void add(byte[] body, SortedMap<Digest, List<String>> found) {
        JsonNode json;
        try {
            json = MAPPER.readTree(body);
        } catch (JsonProcessingException e) {
            throw new MalformedException("the answer is no JSON");
        } catch (IOException e) {
            throw new IllegalStateException("bytes in memory can be read", e);
        }
        for (JsonNode one : json.path("exchanges")) {
            List<String> messages = new ArrayList<>();
            one.path("messages").forEach(message -> messages.add(message.asText()));
            if (!messages.isEmpty()) {
                Opening opening = Opening.of(CompactJws.decode(messages.getFirst()));
                List<String> good = good(opening, messages);
                if (good.size() > found.getOrDefault(opening.id(), List.of()).size()) {
                    found.put(opening.id(), good);
                }
            }
        }
    }

    /** Those that follow from each other, up to the first that does not: what a gateway adds hides nothing that others show. */
    private static List<String> good(Opening opening, List<String> messages) {
        List<String> good = new ArrayList<>(List.of(messages.getFirst()));
        try {
            @Nullable Answering answering = null;
            for (String message : messages.subList(1, messages.size())) {
                if (answering == null) {
                    answering = Answering.of(CompactJws.decode(message), opening);
                } else if (good.size() == 2
                        && opening instanceof ContractOffer offer
                        && answering instanceof ContractAcceptance acceptance) {
                    ContractConfirmation.of(CompactJws.decode(message), offer, acceptance);
                } else if (good.size() > 3
                        || !(answering instanceof ContractAcceptance acceptance)
                        || !ContractConfirmation.opens(opened(message), acceptance.commitment())) {
                    return good;
                }
                good.add(message);
            }
        } catch (MalformedException e) {
            return good;
        }
        return good;
    }

    /**
     * What B opens, of its text.
     *
     * @throws MalformedException when it is none
     */
    public static byte[] opened(String text) {
        return StrictJson.object(StrictJson.bytes(StrictJson.create().put("message", text)), "the message")
                .exactly("message", ContractConfirmation.SECRET_LENGTH);
    }
}
