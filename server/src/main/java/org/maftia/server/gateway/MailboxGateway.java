package org.maftia.server.gateway;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.helidon.common.socket.PeerInfo;
import io.helidon.webserver.http.HttpRouting;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.maftia.core.crypto.Transcript;
import org.maftia.core.wire.Digest;
import org.maftia.core.wire.MalformedException;
import org.maftia.services.exchange.ExchangeCommand;
import org.maftia.services.exchange.Mailbox;
import org.maftia.services.exchange.MailboxAnswer;
import org.maftia.services.exchange.MailboxCommand;
import org.maftia.services.exchange.MailboxContent;
import org.maftia.services.exchange.MailboxQuestion;
import org.maftia.services.exchange.message.ContractConfirmation;
import org.maftia.services.exchange.message.MailboxReading;
import org.maftia.services.jose.CompactJws;
import org.maftia.services.jose.StrictJson;

/**
 * Messages of fair exchange that their parties leave for each other, over HTTPS: {@code POST /exchanges} with {@code {"message"}},
 * an offer, or {@code {"id","message"}}, what follows it; {@code {"id"}} is the answer. A message is a JWS in compact
 * serialisation, or what B opens at the end, in base64url. {@code POST /exchanges/messages} with {@code {"request"}}, a {@link
 * MailboxReading}, gives {@code {"exchanges":[{"id","messages":[...]}]}}, as this gateway's replica has them. Errors are problem
 * documents (RFC 9457).
 */
public final class MailboxGateway {
    private static final String PATH = "/exchanges";
    private static final String JSON = "application/json";

    /** A message of the longest, and its exchange. */
    private static final int BODY_LENGTH_MAX = ExchangeCommand.MESSAGE_LENGTH_MAX + 256;

    /** Two parties, and a signature of the longest. */
    private static final int READING_LENGTH_MAX = 8 << 10;

    /** Mail lies for days: who finds no room looks again in an hour. */
    private static final long FULL_SECONDS = 3_600;

    private final Submission submission;
    private final Supplier<Optional<ExchangeInfo>> info;
    private final InstantSource clock;

    /** Origins are told apart and not named: the log is kept, and addresses are nobody's business there. */
    private final byte[] salt = new byte[Digest.LENGTH];

    MailboxGateway(Submission submission, Supplier<Optional<ExchangeInfo>> info, InstantSource clock) {
        this.submission = submission;
        this.info = info;
        this.clock = clock;
        new SecureRandom().nextBytes(salt);
    }

    void register(HttpRouting.Builder tls) {
        tls.post(PATH, this::leave);
        tls.post(PATH + "/messages", BodyHandler.withProblems(JSON, READING_LENGTH_MAX, this::read));
    }

    private void leave(ServerRequest request, ServerResponse response) throws InterruptedException {
        long origin = origin(request.remotePeer());
        BodyHandler.withProblems(JSON, BODY_LENGTH_MAX, body -> left(origin, body))
                .handle(request, response);
    }

    private long origin(PeerInfo peer) {
        byte[] network = peer.address() instanceof InetSocketAddress known && known.getAddress() != null
                ? ClientNetwork.of(known.getAddress())
                : new byte[0];
        return Transcript.of("mailbox origin")
                .field(salt)
                .field(network)
                .digest()
                .a();
    }

    private static Answer none() {
        return Answer.problem(404, "this group decides no exchanges: its ceremony dealt no key for them");
    }

    private Answer left(long origin, byte[] body) throws TimeoutException, InterruptedException {
        if (info.get().isEmpty()) {
            return none();
        }
        MailboxCommand command;
        try {
            StrictJson json = StrictJson.object(body, "the request").only("id", "message");
            byte[] message = message(json.text("message"));
            command = json.has("id")
                    ? new MailboxCommand.Continued(Digest.of(json.exactly("id", Digest.LENGTH)), message)
                    : new MailboxCommand.Offered(origin, message);
        } catch (MalformedException e) {
            return Answer.problem(400, String.valueOf(e.getMessage()));
        }
        byte[] result = waited(submission.submit(Mailbox.NAME, MailboxCommand.CODEC.encode(command)));
        return switch (MailboxAnswer.CODEC.decode(result)) {
            case MailboxAnswer.Left it ->
                new Answer(
                        200,
                        JSON,
                        StrictJson.bytes(StrictJson.create()
                                .put("id", StrictJson.base64(it.id().toBytes()))));
            case MailboxAnswer.Malformed it -> Answer.problem(400, it.reason());
            case MailboxAnswer.Unknown _ -> Answer.problem(404, "no exchange of this name has begun here");
            case MailboxAnswer.Taken _ ->
                Answer.problem(409, "another message lies in this place, and is not replaced");
            case MailboxAnswer.Full it -> Answer.problem(429, it.reason()).retryAfter(FULL_SECONDS);
        };
    }

    /** What B opens has no form of its own. */
    private static byte[] message(String text) {
        if (text.indexOf('.') >= 0) {
            return text.getBytes(StandardCharsets.US_ASCII);
        }
        return StrictJson.object(StrictJson.bytes(StrictJson.create().put("message", text)), "the message")
                .exactly("message", ContractConfirmation.SECRET_LENGTH);
    }

    private static <T> T waited(CompletableFuture<T> result) throws TimeoutException, InterruptedException {
        try {
            return result.get();
        } catch (ExecutionException e) {
            switch (e.getCause()) {
                case TimeoutException timeout -> throw timeout;
                case Submission.Busy busy -> throw busy;
                case Submission.Undone undone -> throw undone;
                case null, default -> throw new IllegalStateException("the group refused a message", e);
            }
        }
    }

    private Answer read(byte[] body) throws TimeoutException, InterruptedException {
        Optional<ExchangeInfo> present = info.get();
        if (present.isEmpty()) {
            return none();
        }
        MailboxReading reading;
        try {
            reading = MailboxReading.of(CompactJws.decode(
                    StrictJson.object(body, "the request").only("request").text("request")));
        } catch (MalformedException e) {
            return Answer.problem(400, String.valueOf(e.getMessage()));
        }
        if (!reading.trusted().equals(present.get().key().thumbprint())) {
            return Answer.problem(403, "the request is one to another group");
        }
        if (!reading.isFresh(clock.instant().getEpochSecond())) {
            return Answer.problem(403, "the request is old, or a clock is wrong");
        }
        MailboxQuestion question =
                new MailboxQuestion(reading.reader().digest(), reading.other().digest());
        byte[] content = waited(submission.peek(Mailbox.NAME, MailboxQuestion.CODEC.encode(question)))
                .orElseThrow(() -> new IllegalStateException("a mailbox answers"));
        return new Answer(200, JSON, StrictJson.bytes(json(MailboxContent.CODEC.decode(content))));
    }

    private static ObjectNode json(MailboxContent content) {
        ObjectNode json = StrictJson.create();
        ArrayNode exchanges = json.putArray("exchanges");
        for (MailboxContent.Begun begun : content.exchanges()) {
            byte[] first = begun.messages().getFirst();
            ObjectNode one = exchanges
                    .addObject()
                    .put(
                            "id",
                            StrictJson.base64(CompactJws.decode(first).digest().toBytes()));
            ArrayNode messages = one.putArray("messages");
            for (byte[] message : begun.messages()) {
                messages.add(
                        message.length == ContractConfirmation.SECRET_LENGTH
                                ? StrictJson.base64(message)
                                : new String(message, StandardCharsets.US_ASCII));
            }
        }
        return json;
    }
}
