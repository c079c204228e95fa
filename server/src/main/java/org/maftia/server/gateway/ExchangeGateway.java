package org.maftia.server.gateway;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.helidon.http.HeaderNames;
import io.helidon.http.Status;
import io.helidon.webserver.http.HttpRouting;
import java.nio.charset.StandardCharsets;
import java.security.cert.CertificateEncodingException;
import java.time.InstantSource;
import java.util.Base64;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.maftia.core.wire.Digest;
import org.maftia.core.wire.MalformedException;
import org.maftia.services.exchange.Exchange;
import org.maftia.services.exchange.ExchangeAnswer;
import org.maftia.services.exchange.ExchangeCommand;
import org.maftia.services.jose.CompactJws;
import org.maftia.services.jose.StrictJson;

/**
 * Fair exchange over HTTPS: {@code POST /exchanges/ID/abort} with {@code {"first","request"}}, {@code POST
 * /exchanges/ID/resolve} with {@code {"first","second","request"}}, messages in compact serialisation; both answer {@code
 * {"id","state","token","item"}}, as does {@code GET /exchanges/ID}, without an item. {@code GET /exchanges/key} names the
 * trusted party. Errors are problem documents (RFC 9457). What the parties signed is ordered as it is: this gateway can deny
 * an answer, and alter none.
 */
public final class ExchangeGateway implements Gateway {
    private static final String PATH = "/exchanges";
    private static final String JSON = "application/json";
    private static final String PROBLEM = "application/problem+json";

    /** Two messages of the longest, a request, and names. */
    private static final int BODY_LENGTH_MAX =
            2 * ExchangeCommand.MESSAGE_LENGTH_MAX + ExchangeCommand.REQUEST_LENGTH_MAX + 256;

    private final Submission submission;
    private final Supplier<Optional<ExchangeInfo>> info;
    private final MailboxGateway mailbox;

    /**
     * @param info of the present configuration; empty where its group has no key for exchanges
     * @param clock tells whether who reads mail asked just now
     */
    public ExchangeGateway(Submission submission, Supplier<Optional<ExchangeInfo>> info, InstantSource clock) {
        this.submission = submission;
        this.info = info;
        this.mailbox = new MailboxGateway(submission, info, clock);
    }

    @Override
    public String service() {
        return "exchange";
    }

    @Override
    public String path() {
        return PATH;
    }

    @Override
    public void register(HttpRouting.Builder plain, HttpRouting.Builder tls) {
        tls.get(PATH + "/key", (request, response) -> {
            Answer answer = key();
            response.status(Status.create(answer.status()));
            response.header(HeaderNames.CONTENT_TYPE, answer.contentType());
            response.header(HeaderNames.CACHE_CONTROL, "no-store");
            response.send(answer.body());
        });
        tls.get(PATH + "/{id}", (request, response) -> {
            Answer answer = asked(request.path().pathParameters().get("id"));
            response.status(Status.create(answer.status()));
            response.header(HeaderNames.CONTENT_TYPE, answer.contentType());
            response.header(HeaderNames.CACHE_CONTROL, "no-store");
            response.send(answer.body());
        });
        mailbox.register(tls);
        tls.post(PATH + "/{id}/abort", BodyHandler.ofPath(JSON, BODY_LENGTH_MAX, this::abort));
        tls.post(PATH + "/{id}/resolve", BodyHandler.ofPath(JSON, BODY_LENGTH_MAX, this::resolve));
    }

    private Answer key() {
        Optional<ExchangeInfo> present = info.get();
        if (present.isEmpty()) {
            return none();
        }
        ObjectNode json = StrictJson.create()
                .put(
                        "trusted",
                        StrictJson.base64(present.get().key().thumbprint().toBytes()));
        json.set("key", present.get().key().toJson());
        try {
            String encoded = Base64.getMimeEncoder(64, new byte[] {'\n'})
                    .encodeToString(present.get().certificate().getEncoded());
            json.put("certificate", "-----BEGIN CERTIFICATE-----\n" + encoded + "\n-----END CERTIFICATE-----\n");
        } catch (CertificateEncodingException e) {
            throw new IllegalStateException("a certificate that was read can be written", e);
        }
        return new Answer(200, JSON, StrictJson.bytes(json));
    }

    private static Answer none() {
        return problem(404, "this group decides no exchanges: its ceremony dealt no key for them");
    }

    private static Answer problem(int status, String detail) {
        ObjectNode json = StrictJson.create()
                .put("type", "about:blank")
                .put("status", status)
                .put("detail", detail);
        return new Answer(status, PROBLEM, StrictJson.bytes(json));
    }

    private Answer asked(String id) throws InterruptedException {
        try {
            return submit(new ExchangeCommand.Asked(name(id)), id);
        } catch (MalformedException e) {
            return problem(404, "no exchange has this name");
        } catch (Submission.Busy e) {
            return problem(503, "too many requests wait; come back").retryAfter(1);
        } catch (TimeoutException e) {
            return problem(504, "the group did not answer in time");
        }
    }

    private static Digest name(String id) {
        return Digest.of(StrictJson.object(StrictJson.bytes(StrictJson.create().put("id", id)), "the address")
                .exactly("id", Digest.LENGTH));
    }

    private Answer abort(String path, byte[] body) throws TimeoutException, InterruptedException {
        return appeal(path, body, false);
    }

    private Answer resolve(String path, byte[] body) throws TimeoutException, InterruptedException {
        return appeal(path, body, true);
    }

    /** @param path ends with the name of the exchange and what is asked for */
    private Answer appeal(String path, byte[] body, boolean resolves) throws TimeoutException, InterruptedException {
        if (info.get().isEmpty()) {
            return none();
        }
        String[] parts = path.split("/");
        String id = parts[parts.length - 2];
        ExchangeCommand command;
        try {
            StrictJson json = StrictJson.object(body, "the request").only("first", "second", "request");
            CompactJws first = CompactJws.decode(json.text("first"));
            if (!first.digest().equals(name(id))) {
                return problem(400, "the first message is one of another exchange than the address names");
            }
            String second = resolves ? json.text("second") : "";
            command = new ExchangeCommand.Appealed(
                    bounded(first.toString(), ExchangeCommand.MESSAGE_LENGTH_MAX),
                    bounded(second, ExchangeCommand.MESSAGE_LENGTH_MAX),
                    bounded(json.text("request"), ExchangeCommand.REQUEST_LENGTH_MAX));
        } catch (MalformedException e) {
            return problem(400, String.valueOf(e.getMessage()));
        }
        return submit(command, id);
    }

    private static byte[] bounded(String text, int lengthMax) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        if (bytes.length > lengthMax) {
            throw new MalformedException("a message is longer than " + lengthMax + " bytes");
        }
        return bytes;
    }

    private Answer submit(ExchangeCommand command, String id) throws TimeoutException, InterruptedException {
        ExchangeAnswer answer;
        try {
            answer = ExchangeAnswer.CODEC.decode(submission
                    .submit(Exchange.NAME, ExchangeCommand.CODEC.encode(command))
                    .get());
        } catch (ExecutionException e) {
            switch (e.getCause()) {
                case TimeoutException timeout -> throw timeout;
                case Submission.Busy busy -> throw busy;
                case Submission.Undone undone -> throw undone;
                case null, default -> throw new IllegalStateException("the group refused an exchange", e);
            }
        }
        return switch (answer) {
            case ExchangeAnswer.Decided decided -> decided(decided, id);
            case ExchangeAnswer.Undecided undecided -> problem(404, "nothing was decided about this exchange");
            case ExchangeAnswer.Malformed malformed -> problem(400, malformed.reason());
            case ExchangeAnswer.NotParty notParty -> problem(403, notParty.reason());
            case ExchangeAnswer.Busy busy ->
                problem(503, "too many requests wait; come back").retryAfter(1);
            case ExchangeAnswer.Refused refused -> none();
        };
    }

    private static Answer decided(ExchangeAnswer.Decided decided, String id) {
        ObjectNode json = StrictJson.create()
                .put("id", id)
                .put("state", CompactJws.decode(decided.token()).payload().text("state"))
                .put("token", decided.token());
        if (decided.item().length > 0) {
            json.put("item", StrictJson.base64(decided.item()));
        }
        return new Answer(200, JSON, StrictJson.bytes(json));
    }
}
