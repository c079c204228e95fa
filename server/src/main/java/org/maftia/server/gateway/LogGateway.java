package org.maftia.server.gateway;

import io.helidon.http.HeaderNames;
import io.helidon.http.Status;
import io.helidon.webserver.http.Handler;
import io.helidon.webserver.http.HttpRouting;
import io.helidon.webserver.http.ServerRequest;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.maftia.core.crypto.Ed25519Certifier;
import org.maftia.core.wire.MalformedException;
import org.maftia.services.jose.StrictJson;
import org.maftia.services.log.LogAnswer;
import org.maftia.services.log.LogEntry;
import org.maftia.services.log.LogOperation;
import org.maftia.services.log.LogProof;
import org.maftia.services.log.SignedCheckpoint;
import org.maftia.services.log.TransparencyLog;

/**
 * The transparency log over HTTP and HTTPS, as C2SP tlog-tiles has it: {@code GET /log/checkpoint}, {@code /log/tile/...}; and
 * {@code /log/policy}, {@code /log/proof?index=N}. {@code POST /log/entries} over HTTPS with {@code
 * {"client":N,"entry":BASE64,"signature":BASE64}} adds what a client of the group has signed; what is refused there is a problem document
 * (RFC 9457).
 */
public final class LogGateway implements Gateway {
    private static final String PATH = "/log";
    private static final String JSON = "application/json";
    private static final String TEXT = "text/plain; charset=utf-8";
    private static final String BYTES = "application/octet-stream";
    private static final String NOT_YET = "the log has no such thing here, or not yet";

    /** An entry of 60 KiB in base64, and what stands beside it. */
    private static final int BODY_LENGTH_MAX = 96 << 10;

    private static final String FOREVER = "public, max-age=31536000, immutable";

    private final Submission submission;
    private final LogSource source;
    private final Supplier<String> policy;

    /** @param policy of the present configuration, as a file */
    public LogGateway(Submission submission, LogSource source, Supplier<String> policy) {
        this.submission = submission;
        this.source = source;
        this.policy = policy;
    }

    @Override
    public String service() {
        return "log";
    }

    @Override
    public String path() {
        return PATH;
    }

    @Override
    public void register(HttpRouting.Builder plain, HttpRouting.Builder tls) {
        for (HttpRouting.Builder routing : java.util.List.of(plain, tls)) {
            routing.get(PATH + "/checkpoint", answering("no-store", request -> checkpoint()));
            routing.get(PATH + "/policy", answering("no-store", request -> text(policy.get())));
            routing.get(PATH + "/proof", answering("no-store", this::proof));
            routing.get(PATH + "/tile/*", answering(FOREVER, this::tile));
        }
        tls.post(PATH + "/entries", BodyHandler.withProblems(JSON, BODY_LENGTH_MAX, this::append));
    }

    private interface Question {
        Answer answer(ServerRequest request) throws IOException;
    }

    private static Handler answering(String caching, Question question) {
        return (request, response) -> {
            Answer answer = question.answer(request);
            response.status(Status.create(answer.status()));
            response.header(HeaderNames.CONTENT_TYPE, answer.contentType());
            response.header(HeaderNames.CACHE_CONTROL, answer.status() == 200 ? caching : "no-store");
            response.send(answer.body());
        };
    }

    private static Answer text(String text) {
        return new Answer(200, TEXT, text.getBytes(StandardCharsets.UTF_8));
    }

    private Answer checkpoint() {
        Optional<SignedCheckpoint> published = source.published();
        return published.isPresent() ? text(published.get().text()) : Answer.text(404, NOT_YET);
    }

    private Answer proof(ServerRequest request) throws IOException {
        String index = request.query().first("index").orElse("");
        if (!index.matches("0|[1-9][0-9]{0,17}")) {
            return Answer.text(400, "ask for /log/proof?index=N");
        }
        Optional<LogProof> proof = source.proof(Long.parseLong(index));
        return proof.isPresent() ? text(proof.get().text()) : Answer.text(404, NOT_YET);
    }

    private Answer tile(ServerRequest request) throws IOException {
        String rest = request.path().path().substring((PATH + "/tile/").length());
        Optional<LogPath> path = LogPath.parsed(rest);
        if (path.isEmpty()) {
            return Answer.text(400, "ask for /log/tile/L/N or /log/tile/entries/N, as C2SP tlog-tiles says");
        }
        LogPath asked = path.get();
        Optional<byte[]> bytes = asked.level() == LogPath.ENTRIES
                ? source.bundle(asked.index(), asked.width())
                : source.tile(asked.level(), asked.index(), asked.width());
        return bytes.isPresent() ? new Answer(200, BYTES, bytes.get()) : Answer.text(404, NOT_YET);
    }

    private Answer append(byte[] body) throws TimeoutException, InterruptedException {
        Optional<LogOperation.Append> append = parsed(body);
        if (append.isEmpty()) {
            return Answer.problem(
                    400,
                    "send {\"client\":N,\"entry\":\"BASE64\",\"signature\":\"BASE64\"}: an entry of at most "
                            + LogEntry.BODY_LENGTH_MAX + " bytes, and the client's Ed25519 signature");
        }
        LogAnswer answer;
        try {
            byte[] operation = LogOperation.CODEC.encode(append.get());
            answer = LogAnswer.CODEC.decode(
                    submission.submit(TransparencyLog.NAME, operation).get());
        } catch (ExecutionException e) {
            switch (e.getCause()) {
                case TimeoutException timeout -> throw timeout;
                case Submission.Busy busy -> throw busy;
                case Submission.Undone undone -> throw undone;
                case null, default -> throw new IllegalStateException("the group refused an entry of the log", e);
            }
        } catch (MalformedException e) {
            return Answer.problem(503, "this group keeps no log yet");
        }
        return switch (answer) {
            case LogAnswer.Recorded recorded ->
                new Answer(202, JSON, ("{\"index\":" + recorded.index() + "}\n").getBytes(StandardCharsets.UTF_8));
            case LogAnswer.Busy busy -> Answer.problem(503, "too many entries wait for a head; come back");
            case LogAnswer.Refused refused -> Answer.problem(403, "no client of this group signed that");
            case LogAnswer.Malformed malformed -> Answer.problem(400, "that is no entry");
            case LogAnswer.Heard heard -> throw new IllegalStateException("an entry is no signature");
        };
    }

    private static Optional<LogOperation.Append> parsed(byte[] body) {
        try {
            StrictJson json = StrictJson.object(body, "the request").only("client", "entry", "signature");
            long client = json.number("client");
            byte[] entry = Base64.getDecoder().decode(json.text("entry"));
            byte[] signature = Base64.getDecoder().decode(json.text("signature"));
            boolean fits = client <= Integer.MAX_VALUE
                    && entry.length <= LogEntry.BODY_LENGTH_MAX
                    && signature.length <= Ed25519Certifier.SIGNATURE_LENGTH;
            return fits ? Optional.of(new LogOperation.Append((int) client, entry, signature)) : Optional.empty();
        } catch (MalformedException | IllegalArgumentException e) {
            return Optional.empty(); // no JSON of this form, or no base64
        }
    }
}
