package org.maftia.server.gateway;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.helidon.http.HeaderNames;
import io.helidon.http.Status;
import io.helidon.webserver.http.HttpRouting;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.maftia.core.crypto.BlsSignature;
import org.maftia.core.crypto.ObliviousFunction;
import org.maftia.core.wire.Digest;
import org.maftia.services.evaluation.EvaluationAnswer;
import org.maftia.services.evaluation.EvaluationReceipt;
import org.maftia.services.evaluation.EvaluationRequest;
import org.maftia.services.evaluation.Evaluator;

/**
 * Evaluations over HTTPS: {@code POST /oprf/evaluate} with {@code {"user","blinded"}} answers {@code
 * {"evaluated","function","signature"}}, bytes in base64url without padding; {@code GET /oprf/info} says under which keys. Who
 * asks too often for a user gets 429 with {@code Retry-After}.
 */
public final class EvaluationGateway implements Gateway {
    private static final String PATH = "/oprf";
    private static final String JSON = "application/json";
    private static final ObjectMapper MAPPER =
            new ObjectMapper().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

    /** A name of 255 bytes, each of which JSON may write as six characters, and a point. */
    private static final int BODY_LENGTH_MAX = 2_048;

    /** As for the beacon's key. */
    private static final long UNMADE_SECONDS = 2;

    private final Submission submission;
    private final Supplier<Optional<EvaluationInfo>> info;

    /** @param info of the present configuration; empty where its group evaluates nothing */
    public EvaluationGateway(Submission submission, Supplier<Optional<EvaluationInfo>> info) {
        this.submission = submission;
        this.info = info;
    }

    @Override
    public String service() {
        return "oprf";
    }

    @Override
    public String path() {
        return PATH + "/evaluate";
    }

    @Override
    public void register(HttpRouting.Builder plain, HttpRouting.Builder tls) {
        tls.get(PATH + "/info", (request, response) -> {
            Answer answer = info.get().map(EvaluationGateway::told).orElseGet(EvaluationGateway::none);
            response.status(Status.create(answer.status()));
            response.header(HeaderNames.CONTENT_TYPE, answer.contentType());
            response.header(HeaderNames.CACHE_CONTROL, "no-store");
            if (answer.retryAfterSeconds() > 0) {
                response.header(HeaderNames.RETRY_AFTER, Long.toString(answer.retryAfterSeconds()));
            }
            response.send(answer.body());
        });
        tls.post(PATH + "/evaluate", BodyHandler.of(JSON, BODY_LENGTH_MAX, this::evaluate));
    }

    private static Answer none() {
        return Answer.text(404, "this group evaluates nothing: it has too many fault sets");
    }

    private static Answer json(int status, ObjectNode node) {
        try {
            return new Answer(status, JSON, MAPPER.writeValueAsBytes(node));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a tree of names and numbers can be written", e);
        }
    }

    private static Answer unmade() {
        return Answer.text(503, "the group is making the key of its receipts, which nobody dealt; come back")
                .retryAfter(UNMADE_SECONDS);
    }

    private static Answer told(EvaluationInfo present) {
        return present.receiptsKey()
                .map(key -> json(
                        200,
                        MAPPER.createObjectNode()
                                .put("suite", "P256-SHA256")
                                .put("mode", "OPRF")
                                .put("function", present.function().toString())
                                .put("receiptsKey", HexFormat.of().formatHex(key))))
                .orElseGet(EvaluationGateway::unmade);
    }

    private Answer evaluate(byte[] body) throws TimeoutException, InterruptedException {
        Optional<EvaluationInfo> present = info.get();
        if (present.isEmpty()) {
            return none();
        }
        Optional<byte[]> receiptsKey = present.get().receiptsKey();
        if (receiptsKey.isEmpty()) {
            return unmade();
        }
        Optional<EvaluationRequest> request = request(body);
        if (request.isEmpty()) {
            return Answer.text(
                    400,
                    "send {\"user\":\"NAME\",\"blinded\":\"BASE64URL\"}: a name of at most "
                            + ObliviousFunction.USER_LENGTH_MAX + " bytes and a compressed point of P-256");
        }
        EvaluationAnswer answer;
        try {
            byte[] operation = EvaluationRequest.CODEC.encode(request.get());
            answer = EvaluationAnswer.CODEC.decode(
                    submission.submit(Evaluator.NAME, operation).get());
        } catch (ExecutionException e) {
            switch (e.getCause()) {
                case TimeoutException timeout -> throw timeout;
                case Submission.Busy busy -> throw busy;
                case Submission.Undone undone -> throw undone;
                case null, default -> throw new IllegalStateException("the group refused an evaluation", e);
            }
        }
        return switch (answer) {
            case EvaluationAnswer.Evaluated evaluated ->
                checked(present.get().function(), receiptsKey.get(), request.get(), evaluated);
            case EvaluationAnswer.Limited limited -> limited(limited.micros());
            case EvaluationAnswer.Busy busy -> Answer.text(503, "too many requests wait; come back");
            case EvaluationAnswer.Malformed malformed -> Answer.text(400, "that is no blinded input");
            case EvaluationAnswer.Refused refused -> none();
        };
    }

    private static Optional<EvaluationRequest> request(byte[] body) {
        try {
            JsonNode json = MAPPER.readTree(body);
            byte[] user = json.path("user").asText().getBytes(StandardCharsets.UTF_8);
            byte[] blinded = Base64.getUrlDecoder().decode(json.path("blinded").asText());
            boolean wellFormed = EvaluationRequest.isName(user) && blinded.length == ObliviousFunction.ELEMENT_LENGTH;
            return wellFormed ? Optional.of(new EvaluationRequest(user, blinded)) : Optional.empty();
        } catch (IOException | IllegalArgumentException e) {
            return Optional.empty(); // no JSON, or no base64
        }
    }

    /** While the group goes over to new keys, its answer and what this replica knows of it may be of different ones. */
    private static Answer checked(
            Digest function, byte[] receiptsKey, EvaluationRequest request, EvaluationAnswer.Evaluated evaluated) {
        byte[] receipt = EvaluationReceipt.message(function, request.user(), request.blinded(), evaluated.element());
        if (!BlsSignature.verify(receiptsKey, receipt, evaluated.signature())) {
            return Answer.text(503, "the group is getting new keys; come back");
        }
        Base64.Encoder base64 = Base64.getUrlEncoder().withoutPadding();
        return json(
                200,
                MAPPER.createObjectNode()
                        .put("evaluated", base64.encodeToString(evaluated.element()))
                        .put("function", function.toString())
                        .put("signature", base64.encodeToString(evaluated.signature())));
    }

    private static Answer limited(long micros) {
        long seconds = TimeUnit.MICROSECONDS.toSeconds(micros) + 1;
        return Answer.text(429, "this user was asked for too often").retryAfter(seconds);
    }
}
