package org.maftia.server.gateway;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.helidon.http.HeaderNames;
import io.helidon.http.Status;
import io.helidon.webserver.http.Handler;
import io.helidon.webserver.http.HttpRouting;
import io.helidon.webserver.http.ServerRequest;
import java.io.IOException;
import java.security.cert.CertificateEncodingException;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.maftia.core.wire.Digest;
import org.maftia.core.wire.MalformedException;
import org.maftia.services.jose.StrictJson;
import org.maftia.services.log.LogProof;
import org.maftia.services.registration.Receipt;
import org.maftia.services.registration.Registrar;
import org.maftia.services.registration.Registration;
import org.maftia.services.registration.Registration.Standing;
import org.maftia.services.registration.RegistrationAnswer;
import org.maftia.services.registration.RegistrationCommand;
import org.maftia.services.registration.RegistrationQuestion;
import org.maftia.services.registration.SealedDocument;

/**
 * Registration of documents over HTTPS: {@code GET /notary/key}; {@code POST /notary/registrations} with {@code
 * {"ciphertext":BASE64URL}}, the sealed document, is answered by 202 and {@code {"id","state",...}} once it has its place; {@code
 * GET /notary/registrations/ID} tells what became of it, with a receipt and, a second later, the proof that it stands in the
 * transparency log; {@code GET /notary/registrations?sha256=HEX} tells where a content is registered. Errors are problem documents
 * (RFC 9457). What is sealed this gateway cannot read; what it says without receipt and proof nobody need believe.
 */
public final class RegistrationGateway implements Gateway {
    private static final String PATH = "/notary";
    private static final String REGISTRATIONS = PATH + "/registrations";
    private static final String JSON = "application/json";
    private static final long MICROS = 1_000_000;

    /** A sealed document in base64url, and what stands around it. */
    private static final int BODY_LENGTH_MAX = SealedDocument.LENGTH_MAX * 4 / 3 + 256;

    private final Submission submission;
    private final LogSource log;
    private final Supplier<Optional<RegistrationInfo>> info;
    private final ReceiptShelf receipts = new ReceiptShelf();

    /** @param info of the present configuration; empty where its group registers nothing */
    public RegistrationGateway(Submission submission, LogSource log, Supplier<Optional<RegistrationInfo>> info) {
        this.submission = submission;
        this.log = log;
        this.info = info;
    }

    @Override
    public String service() {
        return "notary";
    }

    @Override
    public String path() {
        return PATH;
    }

    @Override
    public void register(HttpRouting.Builder plain, HttpRouting.Builder tls) {
        tls.get(PATH + "/key", answering((request, present) -> key(present)));
        tls.get(
                REGISTRATIONS,
                answering((request, present) ->
                        registered(request.query().first("sha256").orElse(""))));
        tls.get(
                REGISTRATIONS + "/{id}",
                answering((request, present) ->
                        state(request.path().pathParameters().get("id"), present)));
        tls.post(REGISTRATIONS, BodyHandler.withProblems(JSON, BODY_LENGTH_MAX, this::register));
    }

    private interface Question {
        Answer answer(ServerRequest request, RegistrationInfo present)
                throws TimeoutException, InterruptedException, IOException;
    }

    private Handler answering(Question question) {
        return (request, response) -> {
            Answer answer = answer(request, question);
            response.status(Status.create(answer.status()));
            response.header(HeaderNames.CONTENT_TYPE, answer.contentType());
            response.header(HeaderNames.CACHE_CONTROL, "no-store");
            if (answer.retryAfterSeconds() > 0) {
                response.header(HeaderNames.RETRY_AFTER, Long.toString(answer.retryAfterSeconds()));
            }
            response.send(answer.body());
        };
    }

    private Answer answer(ServerRequest request, Question question) throws InterruptedException, IOException {
        Optional<RegistrationInfo> present = info.get();
        if (present.isEmpty()) {
            return none();
        }
        try {
            return question.answer(request, present.get());
        } catch (MalformedException e) {
            return Answer.problem(400, String.valueOf(e.getMessage()));
        } catch (Submission.Busy e) {
            return Answer.problem(503, "too many requests wait; come back").retryAfter(1);
        } catch (TimeoutException e) {
            return Answer.problem(504, "the group did not answer in time");
        }
    }

    private static Answer none() {
        return Answer.problem(404, "this group registers no documents: it has no keys for that");
    }

    private static Answer json(int status, ObjectNode json) {
        return new Answer(status, JSON, StrictJson.bytes(json));
    }

    private static Answer key(RegistrationInfo present) {
        ObjectNode json = StrictJson.create()
                .put("group", present.addressee().group().toString())
                .put("keyId", present.addressee().keyId())
                .put("publicKey", StrictJson.base64(present.encryption().publicKey()));
        json.set("receipts", present.receipts().key().toJson());
        try {
            String encoded = Base64.getMimeEncoder(64, new byte[] {'\n'})
                    .encodeToString(present.receipts().certificate().getEncoded());
            json.put("certificate", "-----BEGIN CERTIFICATE-----\n" + encoded + "\n-----END CERTIFICATE-----\n");
        } catch (CertificateEncodingException e) {
            throw new IllegalStateException("a certificate that was read can be written", e);
        }
        return json(200, json);
    }

    private Answer register(byte[] body) throws TimeoutException, InterruptedException {
        Optional<RegistrationInfo> present = info.get();
        if (present.isEmpty()) {
            return none();
        }
        byte[] sealed;
        try {
            sealed = StrictJson.object(body, "the request")
                    .only("ciphertext")
                    .bytes("ciphertext", SealedDocument.LENGTH_MAX);
        } catch (MalformedException e) {
            return Answer.problem(400, String.valueOf(e.getMessage()));
        }
        if (!SealedDocument.isSealed(
                sealed, present.get().addressee(), present.get().cipher())) {
            return Answer.problem(400, "the ciphertext was not made for this group, or was altered: GET /notary/key");
        }
        byte[] command = RegistrationCommand.CODEC.encode(new RegistrationCommand.Register(sealed));
        return switch (RegistrationAnswer.CODEC.decode(result(submission.submit(Registrar.NAME, command)))) {
            case RegistrationAnswer.Known known ->
                json(202, json(known.registration()))
                        .with(
                                "Location",
                                REGISTRATIONS + "/" + known.registration().id());
            case RegistrationAnswer.Busy busy ->
                Answer.problem(429, "too many documents are being registered; come back")
                        .retryAfter(1);
            case RegistrationAnswer.Malformed malformed -> Answer.problem(400, "the ciphertext is none");
            case RegistrationAnswer.Certified certified ->
                throw new IllegalStateException("nobody asked for a receipt");
            case RegistrationAnswer.Unknown unknown -> throw new IllegalStateException("what is registered is known");
        };
    }

    private static <T extends Object> T result(CompletableFuture<T> future)
            throws TimeoutException, InterruptedException {
        try {
            return future.get();
        } catch (ExecutionException e) {
            switch (e.getCause()) {
                case TimeoutException timeout -> throw timeout;
                case Submission.Busy busy -> throw busy;
                case Submission.Undone undone -> throw undone;
                case null, default -> throw new IllegalStateException("the group refused a registration", e);
            }
        }
    }

    /** How far it has come, as everybody may read it. */
    private static ObjectNode json(Registration registration) {
        ObjectNode json = StrictJson.create().put("id", registration.id().toString());
        json.put(
                "state",
                switch (registration.standing()) {
                    case Standing.Ordered ordered -> "ordered";
                    case Standing.Registered registered -> "registered";
                    case Standing.Rejected rejected -> "rejected";
                });
        json.put("sequence", registration.sequence())
                .put("index", registration.slot())
                .put("time", registration.timeMicros() / MICROS);
        switch (registration.standing()) {
            case Standing.Ordered ordered -> {}
            case Standing.Rejected rejected ->
                json.put("reason", rejected.fault().sentence());
            case Standing.Registered registered -> {
                json.put("title", registered.description().title())
                        .put("contentType", registered.description().contentType())
                        .put("sha256", registered.description().sha256().toString());
                registered.description().contentLength().ifPresent(length -> json.put("contentLength", length));
                json.put("firstSequence", registered.first())
                        .put("since", registered.since())
                        .put("logIndex", registered.entry());
            }
        }
        return json;
    }

    private RegistrationQuestion.Found look(RegistrationQuestion question)
            throws TimeoutException, InterruptedException {
        Optional<byte[]> answer = result(submission.peek(Registrar.NAME, RegistrationQuestion.CODEC.encode(question)));
        if (answer.isEmpty()) {
            throw new Submission.Busy("this replica has not begun yet");
        }
        return RegistrationQuestion.Found.CODEC.decode(answer.get());
    }

    private Answer registered(String sha256) throws TimeoutException, InterruptedException {
        Digest content = Receipt.digest(sha256);
        RegistrationQuestion.Found found = look(new RegistrationQuestion.ByContent(content));
        ObjectNode json = StrictJson.create().put("sha256", sha256).put("count", found.count());
        ArrayNode array = json.putArray("registrations");
        found.earliest().forEach(registration -> array.add(json(registration)));
        return json(200, json);
    }

    private Answer state(String hex, RegistrationInfo present)
            throws TimeoutException, InterruptedException, IOException {
        Digest id = Receipt.digest(hex);
        List<Registration> found = look(new RegistrationQuestion.ById(id)).earliest();
        if (found.isEmpty()) {
            return Answer.problem(404, "no registration of this name is known here");
        }
        Registration registration = found.getFirst();
        ObjectNode json = json(registration);
        if (registration.standing() instanceof Standing.Registered registered) {
            Optional<String> receipt = receipt(registration, present);
            if (receipt.isEmpty()) {
                return Answer.problem(429, "too many receipts are being signed; come back")
                        .retryAfter(1);
            }
            json.put("receipt", receipt.get());
            Optional<LogProof> proof = log.proof(registered.entry());
            proof.ifPresent(text -> json.put("proof", text.text()));
        }
        return json(200, json);
    }

    /** Signed when somebody asks for the first time here; empty: the group is busy. */
    private Optional<String> receipt(Registration registration, RegistrationInfo present)
            throws TimeoutException, InterruptedException {
        Digest key = present.receipts().key().thumbprint();
        Optional<String> made = receipts.find(registration.id(), registration.sequence(), key);
        if (made.isPresent()) {
            return made;
        }
        byte[] command = RegistrationCommand.CODEC.encode(new RegistrationCommand.Certify(registration.id()));
        Submission.Signed signed = submission.submitSigned(Registrar.NAME, command);
        if (!(RegistrationAnswer.CODEC.decode(result(signed.result()))
                instanceof RegistrationAnswer.Certified certified)) {
            return Optional.empty();
        }
        String receipt = certified.input() + "." + StrictJson.base64(result(signed.signature()));
        receipts.put(registration.id(), registration.sequence(), key, receipt);
        return Optional.of(receipt);
    }
}
