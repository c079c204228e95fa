package org.maftia.server.gateway;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.helidon.http.HeaderNames;
import io.helidon.http.Status;
import io.helidon.webserver.http.Handler;
import io.helidon.webserver.http.HttpRouting;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.Base64;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import org.maftia.core.wire.MalformedException;
import org.maftia.services.authority.Authority;
import org.maftia.services.authority.AuthorityAnswer;
import org.maftia.services.authority.AuthorityCommand;
import org.maftia.services.authority.Looks;
import org.maftia.services.authority.Reading;
import org.maftia.services.authority.acme.Jws;
import org.maftia.services.authority.acme.Problem;
import org.maftia.services.authority.acme.Refusal;
import org.maftia.services.authority.pki.OcspQuestion;

/**
 * ACME over HTTPS (RFC 8555) under {@code /acme}; revocation lists, answers about certificates and the issuer's certificate
 * under {@code /ca}, in the clear too. What clients sign goes to the group as it came, so the gateway can deny and delay, and
 * nothing else. It makes nonces, which every gateway takes.
 */
public final class AcmeGateway implements Gateway {
    private static final String ACME = "/acme";
    private static final String DIRECTORY = ACME + "/directory";
    private static final String JSON = "application/json";
    private static final String JOSE = "application/jose+json";
    private static final String PROBLEM = "application/problem+json";
    private static final String OCSP_QUESTION = "application/ocsp-request";
    private static final String OCSP_ANSWER = "application/ocsp-response";
    private static final String NONCE = "Replay-Nonce";
    private static final long PERIOD_MILLIS = 1_000L * Authority.NONCE_SECONDS;

    /** RFC 9773, section 4.3.1: often enough to hear of a mass revocation in time. */
    private static final long RENEWAL_SECONDS = 21_600;

    private static final int OFFICIAL_LENGTH_MAX = 2_048;
    private static final int LISTED_MAX = 1_000;
    private static final ObjectMapper MAPPER = new ObjectMapper();

    private final Submission submission;
    private final AuthorityState state;
    private final InstantSource clock;
    private final AtomicReference<GatewayNonces> nonces;
    private final Moment moment = new Moment();

    /** @param clock for nonces, and to know which answers are fresh; what time it is the group says */
    public AcmeGateway(Submission submission, AuthorityState state, InstantSource clock) {
        this.submission = submission;
        this.state = state;
        this.clock = clock;
        this.nonces = new AtomicReference<>(new GatewayNonces(0, new SecureRandom()));
    }

    @Override
    public String service() {
        return "acme";
    }

    @Override
    public String path() {
        return DIRECTORY;
    }

    @Override
    public void register(HttpRouting.Builder plain, HttpRouting.Builder tls) {
        tls.get(DIRECTORY, handler(this::directory));
        tls.get(ACME + "/new-nonce", handler(request -> new Answer(204, JSON, new byte[0])));
        tls.head(ACME + "/new-nonce", handler(request -> new Answer(200, JSON, new byte[0])));
        tls.get(ACME + "/renewal-info/{name}", handler(this::renewal));
        tls.post(
                ACME + "/*",
                BodyHandler.ofPath(
                        JOSE,
                        Jws.LENGTH_MAX,
                        this::post,
                        (status, sentence) ->
                                fresh(refused(status, sentence), state.place().own())));
        tls.get(ACME + "/*", handler(request -> refused(405, "this is asked for by a signed POST")));
        tls.get("/ca/certificates", handler(request -> known(looks -> looks.newest(LISTED_MAX), JSON)));
        tls.get("/ca/certificates/{serial}", handler(this::certificate));
        tls.post("/ca/official", BodyHandler.of("application/octet-stream", OFFICIAL_LENGTH_MAX, this::official));
        for (HttpRouting.Builder routes : new HttpRouting.Builder[] {plain, tls}) {
            routes.get("/ca/crl/{list}", handler(this::list));
            routes.get(
                    "/ca/issuer.cer",
                    handler(request -> known(looks -> looks.issuer(), "application/pkix-cert")
                            .with("Cache-Control", "public, max-age=3600")));
            routes.post("/ca/ocsp", BodyHandler.of(OCSP_QUESTION, OcspQuestion.LENGTH_MAX, this::ask));
            routes.get("/ca/ocsp/*", handler(this::asked));
        }
    }

    private interface Question {
        Answer answer(ServerRequest request) throws TimeoutException, InterruptedException;
    }

    /** Every answer under {@code /acme} brings a nonce, so that clients need not ask for one. */
    private Handler handler(Question question) {
        return (request, response) -> {
            Answer answer;
            try {
                answer = question.answer(request);
            } catch (TimeoutException e) {
                answer = Answer.text(503, "this replica does not answer").retryAfter(1);
            }
            boolean acme = request.path().path().startsWith(ACME + "/");
            send(response, acme ? fresh(answer, base(request)) : answer);
        };
    }

    private static void send(ServerResponse response, Answer answer) {
        response.status(Status.create(answer.status()));
        if (answer.body().length > 0) {
            response.header(HeaderNames.CONTENT_TYPE, answer.contentType());
        }
        if (answer.retryAfterSeconds() > 0) {
            response.header(HeaderNames.RETRY_AFTER, Long.toString(answer.retryAfterSeconds()));
        }
        answer.headers().forEach((name, value) -> response.header(HeaderNames.create(name), value));
        response.send(answer.body());
    }

    private Answer fresh(Answer answer, String base) {
        String directory = "<" + base + DIRECTORY + ">;rel=\"index\"";
        String links =
                answer.headers().containsKey("Link") ? answer.headers().get("Link") + ", " + directory : directory;
        return answer.with(NONCE, nonce()).with("Cache-Control", "no-store").with("Link", links);
    }

    private String nonce() {
        return nonces().next(period());
    }

    private int period() {
        return (int) (clock.millis() / PERIOD_MILLIS);
    }

    /** The number of the gateway is known once the replica runs. */
    private GatewayNonces nonces() {
        int gateway = state.place().gateway();
        return nonces.updateAndGet(
                known -> known.gateway() == gateway ? known : new GatewayNonces(gateway, new SecureRandom()));
    }

    /** The place at which the client reached this gateway, if it is one of the group's. */
    private String base(ServerRequest request) {
        AuthorityState.Place place = state.place();
        String asked = "https://" + request.headers().first(HeaderNames.HOST).orElse("");
        return place.bases().contains(asked) ? asked : place.own();
    }

    private Answer directory(ServerRequest request) {
        AuthorityState.Place place = state.place();
        String base = base(request) + ACME;
        ObjectNode json = MAPPER.createObjectNode()
                .put("newNonce", base + "/new-nonce")
                .put("newAccount", base + "/new-account")
                .put("newOrder", base + "/new-order")
                .put("revokeCert", base + "/revoke-cert")
                .put("keyChange", base + "/key-change")
                .put("renewalInfo", base + "/renewal-info");
        ObjectNode meta = json.putObject("meta").put("externalAccountRequired", place.credentialsRequired());
        ObjectNode profiles = meta.putObject("profiles");
        for (int i = 0; i + 1 < place.profiles().size(); i += 2) {
            profiles.put(place.profiles().get(i), place.profiles().get(i + 1));
        }
        return new Answer(200, JSON, bytes(json));
    }

    private static byte[] bytes(ObjectNode json) {
        try {
            return MAPPER.writeValueAsBytes(json);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a tree of texts can be written", e);
        }
    }

    private static Answer problem(Problem problem, long retryAfterSeconds) {
        byte[] body = problem.json().toBytes();
        return new Answer(problem.kind().status(), PROBLEM, body).retryAfter(retryAfterSeconds);
    }

    /** What is refused before anybody reads it; the status may say more than the type. */
    private static Answer refused(int status, String sentence) {
        Problem.Kind kind = status < 500 ? Problem.Kind.MALFORMED : Problem.Kind.SERVER_INTERNAL;
        ObjectNode json = MAPPER.createObjectNode()
                .put("type", kind.type())
                .put("detail", sentence)
                .put("status", status);
        return new Answer(status, PROBLEM, bytes(json));
    }

    private static Answer busy(String sentence) {
        byte[] body = new Problem(Problem.Kind.SERVER_INTERNAL, sentence).json().toBytes();
        return new Answer(503, PROBLEM, body);
    }

    private Answer post(String path, byte[] jws) throws InterruptedException {
        Jws request;
        String url;
        try {
            request = Jws.decode(jws);
            url = request.url();
        } catch (Refusal refusal) {
            return fresh(
                    problem(refusal.problem(), refusal.retryAfterSeconds()),
                    state.place().own());
        }
        String base = state.place().bases().stream()
                .filter(one -> url.equals(one + path))
                .findFirst()
                .orElse("");
        if (base.isEmpty()) {
            // The group judges by the signed URL alone; a client that posts elsewhere is in error (RFC 8555, section
            // 6.4).
            Problem problem = new Problem(Problem.Kind.UNAUTHORIZED, "the signed url is not the one of the request");
            return fresh(problem(problem, 0), state.place().own());
        }
        if (request.nonce()
                .filter(nonce -> nonces().standing(nonce) == GatewayNonces.Standing.SPENT)
                .isPresent()) {
            return fresh(problem(new Problem(Problem.Kind.BAD_NONCE, "the nonce is used"), 0), base);
        }
        Optional<Answer> shown = shown(request);
        return fresh(shown.isPresent() ? shown.get() : ordered(new AuthorityCommand.Post(jws)), base);
    }

    /**
     * What a request that only reads is shown without the log; empty where it does more, or where anything about it is unusual: then
     * the group judges it. A nonce serves one reading at this gateway, and nothing else here; that another gateway would take it once
     * more changes nothing that is read.
     */
    private Optional<Answer> shown(Jws request) throws InterruptedException {
        String nonce = request.nonce().orElse("");
        if (request.payload().length > 0 || nonces().standing(nonce) != GatewayNonces.Standing.OPEN) {
            return Optional.empty();
        }
        long nowMicros = clock.millis() * 1_000;
        Optional<Reading> reading;
        try {
            reading = state.look(looks -> looks.read(request, nowMicros)).flatMap(found -> found);
        } catch (TimeoutException e) {
            return Optional.of(busy("this replica does not answer").retryAfter(1));
        }
        if (reading.isEmpty() || !reading.get().isSigned()) {
            return Optional.empty();
        }
        if (!nonces().spend(nonce, period())) {
            return Optional.of(problem(new Problem(Problem.Kind.BAD_NONCE, "the nonce is used"), 0));
        }
        return Optional.of(reply(reading.get().answer()));
    }

    private Answer official(byte[] body) throws InterruptedException {
        try {
            if (AuthorityCommand.CODEC.decode(body) instanceof AuthorityCommand.Official official) {
                return ordered(official);
            }
        } catch (MalformedException e) {
            return problem(new Problem(Problem.Kind.MALFORMED, "no order of an officer"), 0);
        }
        return problem(new Problem(Problem.Kind.MALFORMED, "this is no order of an officer"), 0);
    }

    /** What became of a command, in the words of HTTP. */
    private Answer ordered(AuthorityCommand command) throws InterruptedException {
        Optional<byte[]> result = order(command);
        if (result.isEmpty()) {
            return busy("the group did not answer in time, or is too busy; come back")
                    .retryAfter(1);
        }
        if (result.get().length == 0) {
            return busy("the group runs no authority");
        }
        return reply(AuthorityAnswer.CODEC.decode(result.get()));
    }

    private static Answer reply(AuthorityAnswer answer) {
        Answer reply =
                new Answer(answer.status(), answer.contentType(), answer.body()).retryAfter(answer.retryAfterSeconds());
        if (!answer.location().isEmpty()) {
            reply = reply.with("Location", answer.location());
        }
        return answer.up().isEmpty() ? reply : reply.with("Link", "<" + answer.up() + ">;rel=\"up\"");
    }

    /** The group's result; empty where it was not given in time. */
    private Optional<byte[]> order(AuthorityCommand command) throws InterruptedException {
        CompletableFuture<byte[]> result;
        try {
            result = submission.submit(Authority.NAME, AuthorityCommand.CODEC.encode(command));
            return Optional.of(result.get());
        } catch (Submission.Busy e) {
            return Optional.empty();
        } catch (ExecutionException e) {
            return switch (e.getCause()) {
                case TimeoutException timeout -> Optional.empty();
                case Submission.Busy late -> Optional.empty();
                case Submission.Undone undone -> throw undone;
                case null, default -> throw new IllegalStateException("the group refused a command of its gateway", e);
            };
        }
    }

    private Answer known(Function<Looks, byte[]> question, String type) throws TimeoutException, InterruptedException {
        return state.look(question)
                .map(body -> new Answer(200, type, body))
                .orElseGet(() -> Answer.text(404, "the group runs no authority"));
    }

    private Answer renewal(ServerRequest request) throws TimeoutException, InterruptedException {
        String name = request.path().pathParameters().get("name");
        Optional<byte[]> window = state.look(looks -> looks.renewal(name)).flatMap(found -> found);
        return window.isPresent()
                ? new Answer(200, JSON, window.get()).retryAfter(RENEWAL_SECONDS)
                : problem(new Problem(Problem.Kind.NOT_FOUND, "there is no such certificate"), 0);
    }

    private Answer certificate(ServerRequest request) throws TimeoutException, InterruptedException {
        String serial = request.path().pathParameters().get("serial");
        return state.look(looks -> looks.certificate(serial))
                .flatMap(found -> found)
                .map(body -> new Answer(200, JSON, body))
                .orElseGet(() -> Answer.text(404, "there is no such certificate"));
    }

    private Answer list(ServerRequest request) throws TimeoutException, InterruptedException {
        String name = request.path().pathParameters().get("list");
        if (!name.matches("[0-9]{1,3}\\.crl")) {
            return Answer.text(404, "there is no such list");
        }
        Optional<Answer> kept = moment.find(name);
        if (kept.isPresent()) {
            return kept.get();
        }
        int shard = Integer.parseInt(name.substring(0, name.indexOf('.')));
        Optional<Answer> list = state.look(looks -> looks.list(shard))
                .flatMap(found -> found)
                .map(body -> new Answer(200, "application/pkix-crl", body).with("Cache-Control", "public, max-age=5"));
        list.ifPresent(answer -> moment.keep(name, answer));
        return list.orElseGet(() -> Answer.text(404, "there is no such list, or not yet"));
    }

    /** By GET the question stands in the path, in base64 (RFC 6960, appendix A.1). */
    private Answer asked(ServerRequest request) throws TimeoutException, InterruptedException {
        String text = request.path().path().substring("/ca/ocsp/".length());
        if (text.length() > 2 * OcspQuestion.LENGTH_MAX) {
            return Answer.text(414, "the question is too long");
        }
        try {
            return ask(Base64.getDecoder().decode(text));
        } catch (IllegalArgumentException e) {
            return Answer.text(400, "the path holds no question in base64");
        }
    }

    private Answer ask(byte[] question) throws TimeoutException, InterruptedException {
        String name = "ocsp " + Base64.getEncoder().encodeToString(question);
        Optional<Answer> known = moment.find(name);
        if (known.isPresent()) {
            return known.get();
        }
        long nowMicros = clock.millis() * 1_000;
        Optional<Answer> kept = state.look(looks -> looks.answer(question, nowMicros))
                .flatMap(found -> found)
                .map(body -> new Answer(200, OCSP_ANSWER, body));
        if (kept.isPresent()) {
            moment.keep(name, kept.get());
            return kept.get();
        }
        Optional<byte[]> answer = order(new AuthorityCommand.Ask(question));
        return answer.isEmpty() || answer.get().length == 0
                ? Answer.text(503, "the group does not answer now; come back").retryAfter(1)
                : new Answer(200, OCSP_ANSWER, answer.get());
    }
}
