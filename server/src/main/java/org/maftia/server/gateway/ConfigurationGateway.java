package org.maftia.server.gateway;

import io.helidon.http.HeaderNames;
import io.helidon.http.Status;
import io.helidon.webserver.http.Handler;
import io.helidon.webserver.http.HttpRouting;
import java.util.HexFormat;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import org.maftia.core.replica.Reconfiguration;
import org.maftia.core.wire.Digest;
import org.maftia.core.wire.MalformedException;

/**
 * Who the group is from one configuration to the next. {@code GET /configurations?after=DIGEST} gives what followed the
 * configuration of that digest, which proves itself; {@code POST} brings a wish of officers, which does so too: the
 * gateway can only withhold it.
 */
public final class ConfigurationGateway implements Gateway {
    private static final String PATH = "/configurations";
    private static final String BINARY = "application/octet-stream";

    /** The media type of an encoded {@link Reconfiguration}. */
    public static final String WISH = "application/vnd.maftia.reconfiguration";

    /** A group of 64 with long formulas, signed by 64 officers. */
    private static final int WISH_LENGTH_MAX = 192 << 10;

    private final Submission submission;
    private final GroupHistory history;

    public ConfigurationGateway(Submission submission, GroupHistory history) {
        this.submission = submission;
        this.history = history;
    }

    @Override
    public String service() {
        return "configurations";
    }

    @Override
    public String path() {
        return PATH;
    }

    @Override
    public void register(HttpRouting.Builder plain, HttpRouting.Builder tls) {
        Handler handler = (request, response) -> {
            Answer answer = after(request.query().first("after").orElse(""));
            response.status(Status.create(answer.status()));
            response.header(HeaderNames.CONTENT_TYPE, answer.contentType());
            response.header(HeaderNames.CACHE_CONTROL, "no-store");
            response.send(answer.body());
        };
        plain.get(PATH, handler);
        tls.get(PATH, handler);
        tls.post(PATH, BodyHandler.of(WISH, WISH_LENGTH_MAX, this::wish));
    }

    private Answer after(String hex) {
        if (!hex.matches("[0-9a-f]{64}")) {
            return Answer.text(400, "ask for /configurations?after=DIGEST, in 64 digits of hex");
        }
        Optional<byte[]> step = history.after(Digest.of(HexFormat.of().parseHex(hex)));
        return step.isPresent()
                ? new Answer(200, BINARY, step.get())
                : Answer.text(404, "this replica knows of no configuration after that one");
    }

    private Answer wish(byte[] body) throws InterruptedException {
        try {
            Reconfiguration.CODEC.decode(body);
        } catch (MalformedException e) {
            return Answer.text(400, "this is no wish for a configuration: " + e.getMessage());
        }
        try {
            Reconfiguration.Verdict verdict = Reconfiguration.Verdict.CODEC.decode(
                    submission.submit(Reconfiguration.SERVICE, body).get());
            return Answer.text(verdict.accepted() ? 200 : 409, verdict.sentence());
        } catch (ExecutionException e) {
            switch (e.getCause()) {
                // A wish has a serial number: brought again it is known, and does no harm.
                case TimeoutException timeout -> {
                    return Answer.text(503, "the group did not answer in time; bring it again");
                }
                case Submission.Busy busy -> throw busy;
                case Submission.Undone undone -> throw undone;
                case null, default -> throw new IllegalStateException("the group refused a wish", e);
            }
        }
    }
}
