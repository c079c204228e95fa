package org.maftia.server.gateway;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.helidon.http.HeaderNames;
import io.helidon.http.Status;
import io.helidon.webserver.http.HttpRouting;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import org.maftia.core.crypto.RsaHash;
import org.maftia.core.wire.MalformedException;
import org.maftia.server.configuration.SigningSettings;
import org.maftia.services.jose.StrictJson;
import org.maftia.services.signing.CallerKey;
import org.maftia.services.signing.SigningAnswer;
import org.maftia.services.signing.SigningCommand;

/**
 * Signatures over HTTPS for programs that prove their commands themselves: {@code GET /signing/keys} answers {@code
 * {"gateway","keys":{NAME:{"padding","hashes","certificate","root"}}}}; {@code POST /signing/keys/NAME} with {@code
 * {"padding","hash","digest","caller","gateway","time","proof"}} answers {@code {"signature"}}; bytes in base64url. Errors are problem
 * documents (RFC 9457). This gateway can deny a signature, and can have nothing else signed than what the caller proved.
 */
public final class SigningGateway implements Gateway {
    private static final String PATH = "/signing/keys";
    private static final String JSON = "application/json";

    /** A digest, a key and a signature, with names. */
    private static final int BODY_LENGTH_MAX = 1 << 10;

    private final SigningDesk desk;

    public SigningGateway(SigningDesk desk) {
        this.desk = desk;
    }

    @Override
    public String service() {
        return "signing";
    }

    @Override
    public String path() {
        return PATH;
    }

    @Override
    public void register(HttpRouting.Builder plain, HttpRouting.Builder tls) {
        tls.get(PATH, (request, response) -> {
            Answer answer = keys();
            response.status(Status.create(answer.status()));
            response.header(HeaderNames.CONTENT_TYPE, answer.contentType());
            response.header(HeaderNames.CACHE_CONTROL, "no-store");
            response.send(answer.body());
        });
        tls.post(PATH + "/{name}", BodyHandler.ofPath(JSON, BODY_LENGTH_MAX, this::sign));
    }

    private Answer keys() {
        ObjectNode json = StrictJson.create().put("gateway", desk.gateway());
        ObjectNode keys = json.putObject("keys");
        for (SigningInfo key : desk.keys()) {
            keys.putObject(key.policy().name())
                    .put("padding", VaultGateway.padding(key.policy().pss()))
                    .put(
                            "hashes",
                            key.policy().hashes().stream()
                                    .map(SigningSettings::hashName)
                                    .collect(Collectors.joining(" ")))
                    .put("certificate", StrictJson.base64(SigningDesk.encoded(key.certificate())))
                    .put("root", StrictJson.base64(SigningDesk.encoded(key.root())));
        }
        return new Answer(200, JSON, StrictJson.bytes(json));
    }

    /** @param path ends with the name of the key */
    private Answer sign(String path, byte[] body) throws TimeoutException, InterruptedException {
        SigningCommand command;
        try {
            command = command(path.substring(path.lastIndexOf('/') + 1), body);
        } catch (MalformedException e) {
            return Answer.problem(400, String.valueOf(e.getMessage()));
        }
        return switch (desk.sign(command)) {
            case SigningDesk.Outcome.Signed signed ->
                new Answer(
                        200,
                        JSON,
                        StrictJson.bytes(StrictJson.create().put("signature", StrictJson.base64(signed.signature()))));
            case SigningDesk.Outcome.Not not -> refused(not.answer());
        };
    }

    private static SigningCommand command(String name, byte[] body) {
        StrictJson json = StrictJson.object(body, "the request")
                .only("padding", "hash", "digest", "caller", "gateway", "time", "proof");
        RsaHash hash = VaultGateway.hash(json.text("hash"));
        String padding = json.text("padding");
        boolean pss = padding.equals(VaultGateway.padding(true));
        if (!pss && !padding.equals(VaultGateway.padding(false))) {
            throw new MalformedException("no padding has this name");
        }
        if (name.isEmpty() || name.length() > SigningCommand.NAME_LENGTH_MAX) {
            throw new MalformedException("no key has this name");
        }
        long gateway = json.number("gateway");
        if (gateway > 255) {
            throw new MalformedException("no gateway has this number");
        }
        SigningCommand.Request request = new SigningCommand.Request(
                name,
                pss,
                hash,
                json.exactly("digest", hash.length()),
                json.exactly("caller", CallerKey.PUBLIC_LENGTH),
                (int) gateway,
                json.number("time"));
        return new SigningCommand(request, json.exactly("proof", CallerKey.PROOF_LENGTH));
    }

    private static Answer refused(SigningAnswer answer) {
        return switch (answer) {
            case SigningAnswer.Refused refused ->
                Answer.problem(
                        switch (refused.reason()) {
                            case MALFORMED, PADDING, HASH -> 400;
                            case NO_KEY -> 404;
                            case CALLER -> 403;
                            case TIME, REPEATED, GATEWAY -> 409;
                        },
                        refused.reason().sentence());
            case SigningAnswer.Limited limited ->
                Answer.problem(429, "the key signed too often").retryAfter(VaultGateway.seconds(limited));
            case SigningAnswer.Busy busy -> Answer.problem(503, "too many requests wait; come back");
            case SigningAnswer.Granted granted -> throw new IllegalStateException("what is granted is signed");
        };
    }
}
