package org.maftia.server.gateway;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.helidon.http.HeaderName;
import io.helidon.http.HeaderNames;
import io.helidon.http.Method;
import io.helidon.http.Status;
import io.helidon.webserver.http.Handler;
import io.helidon.webserver.http.HttpRouting;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import org.maftia.core.crypto.RsaHash;
import org.maftia.core.wire.Digest;
import org.maftia.core.wire.MalformedException;
import org.maftia.server.configuration.SigningSettings;
import org.maftia.services.jose.StrictJson;
import org.maftia.services.signing.CallerKey;
import org.maftia.services.signing.SigningAnswer;
import org.maftia.services.signing.SigningCommand;

/**
 * The part of HashiCorp Vault's HTTP interface that its clients sign with (transit secrets engine): {@code GET
 * /v1/transit/keys[/NAME]}, {@code POST} or {@code PUT /v1/transit/sign/NAME[/HASH]} and {@code /v1/transit/verify/NAME[/HASH]},
 * {@code GET /v1/sys/health} and other questions about its state. Errors are {@code {"errors":[...]}}.
 *
 * <p>The token in {@code X-Vault-Token} is a caller's secret. This gateway derives the caller's key from it, proves the command with
 * that, and forgets both: other replicas see the proof only. What is public, such as a key, is told without a token.
 */
public final class VaultGateway implements Gateway {
    static final String HASH_DEFAULT = "sha2-256";

    private static final String PATH = "/v1";
    private static final String JSON = "application/json";
    private static final Method LIST = Method.create("LIST");
    static final HeaderName TOKEN = HeaderNames.create("X-Vault-Token");

    private final SigningDesk desk;
    private final InstantSource clock;
    private final VaultSystem system;

    /** The time in the last proof: a later one has a later time, so that no two are the same. */
    private final AtomicLong lastMicros = new AtomicLong();

    public VaultGateway(SigningDesk desk, InstantSource clock) {
        this.desk = desk;
        this.clock = clock;
        this.system = new VaultSystem(desk, clock);
    }

    @Override
    public String service() {
        return "vault";
    }

    @Override
    public String path() {
        return PATH;
    }

    static String padding(boolean pss) {
        return pss ? "pss" : "pkcs1v15";
    }

    /** @throws MalformedException when no hash has the name */
    static RsaHash hash(String name) {
        return Arrays.stream(RsaHash.values())
                .filter(hash -> SigningSettings.hashName(hash).equals(name))
                .findFirst()
                .orElseThrow(() -> new MalformedException("no hash is called so: sha2-256, sha2-384 and sha2-512 are"));
    }

    static long seconds(SigningAnswer.Limited limited) {
        return 1 + TimeUnit.MICROSECONDS.toSeconds(limited.micros());
    }

    @Override
    public void register(HttpRouting.Builder plain, HttpRouting.Builder tls) {
        system.register(tls, PATH);
        for (Method method : List.of(Method.GET, LIST)) {
            tls.route(method, PATH + "/transit/keys", (request, response) -> send(response, names()));
        }
        tls.get(
                PATH + "/transit/keys/{name}",
                (request, response) ->
                        send(response, key(request.path().pathParameters().get("name"))));
        for (Method method : List.of(Method.POST, Method.PUT)) {
            tls.route(method, PATH + "/transit/keys/{name}", (request, response) -> send(response, created(request)));
            for (String hash : List.of("", "/{hash}")) {
                tls.route(method, PATH + "/transit/sign/{name}" + hash, handler(this::sign));
                tls.route(
                        method,
                        PATH + "/transit/verify/{name}" + hash,
                        handler((key, named, token, body) -> verify(key, named, body)));
            }
        }
        tls.any(PATH + "/*", (request, response) -> send(response, errors(404)));
    }

    /** Answers a request about a key. */
    @FunctionalInterface
    private interface Operation {
        Answer answer(SigningInfo key, String hash, Optional<String> token, byte[] body)
                throws TimeoutException, InterruptedException;
    }

    private Handler handler(Operation operation) {
        return (request, response) -> BodyHandler.ofAnyType(
                        TransitRequest.BODY_LENGTH_MAX,
                        (path, body) -> {
                            Optional<SigningInfo> key =
                                    desk.key(request.path().pathParameters().get("name"));
                            String hash = request.path()
                                    .pathParameters()
                                    .first("hash")
                                    .orElse("");
                            return key.isEmpty()
                                    ? errors(400, "signing key not found")
                                    : operation.answer(
                                            key.get(), hash, request.headers().first(TOKEN), body);
                        },
                        VaultGateway::errors)
                .handle(request, response);
    }

    static void send(ServerResponse response, Answer answer) {
        response.status(Status.create(answer.status()));
        response.header(HeaderNames.CONTENT_TYPE, answer.contentType());
        response.header(HeaderNames.CACHE_CONTROL, "no-store");
        response.send(answer.body());
    }

    static Answer errors(int status, String... sentences) {
        ObjectNode json = StrictJson.create();
        Arrays.stream(sentences).forEach(json.putArray("errors")::add);
        return json(status, json);
    }

    static Answer data(ObjectNode data) {
        ObjectNode json = StrictJson.create()
                .put("request_id", "")
                .put("lease_id", "")
                .put("renewable", false)
                .put("lease_duration", 0);
        json.set("data", data);
        json.putNull("wrap_info").putNull("warnings").putNull("auth");
        return json(200, json);
    }

    static Answer json(int status, ObjectNode json) {
        return new Answer(status, JSON, StrictJson.bytes(json));
    }

    private Answer names() {
        List<SigningInfo> keys = desk.keys();
        if (keys.isEmpty()) {
            return errors(404);
        }
        ObjectNode data = StrictJson.create();
        keys.forEach(key -> data.withArray("keys").add(key.policy().name()));
        return data(data);
    }

    private Answer key(String name) {
        return desk.key(name).map(VaultGateway::key).orElseGet(() -> errors(404));
    }

    private static Answer key(SigningInfo key) {
        String type = "rsa-" + key.scheme().key().modulus().bitLength();
        Instant made = key.certificate().getNotBefore().toInstant();
        ObjectNode data = StrictJson.create()
                .put("name", key.policy().name())
                .put("type", type)
                .put("latest_version", 1)
                .put("min_available_version", 0)
                .put("min_decryption_version", 1)
                .put("min_encryption_version", 0)
                .put("supports_signing", true)
                .put("supports_encryption", false)
                .put("supports_decryption", false)
                .put("supports_derivation", false)
                .put("derived", false)
                .put("exportable", false)
                .put("deletion_allowed", false);
        data.putObject("keys")
                .putObject("1")
                .put("name", type)
                .put(
                        "public_key",
                        pem("PUBLIC KEY", key.certificate().getPublicKey().getEncoded()))
                .put("certificate_chain", chain(key))
                .put("creation_time", made.toString());
        return data(data);
    }

    private static String chain(SigningInfo key) {
        return pem("CERTIFICATE", SigningDesk.encoded(key.certificate()))
                + pem("CERTIFICATE", SigningDesk.encoded(key.root()));
    }

    private static String pem(String what, byte[] der) {
        return "-----BEGIN " + what + "-----\n"
                + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der) + "\n-----END " + what + "-----\n";
    }

    /** Keys are dealt by a ceremony: one that is there counts as created, as in Vault. */
    private Answer created(ServerRequest request) {
        return desk.key(request.path().pathParameters().get("name"))
                .map(VaultGateway::key)
                .orElseGet(() -> errors(400, "the group deals its keys at a ceremony: name it under [signing]"));
    }

    private Answer sign(SigningInfo key, String hash, Optional<String> token, byte[] body)
            throws TimeoutException, InterruptedException {
        Optional<CallerKey> known = VaultSystem.caller(token);
        // Strangers take no room in the log. A replica that lets one through only has the service refuse him.
        if (known.isEmpty() || !VaultSystem.mayUse(key, known.get().publicKey())) {
            return errors(403, "permission denied");
        }
        CallerKey caller = known.get();
        TransitRequest wanted;
        try {
            wanted = TransitRequest.read(key.policy().name(), hash, body, false);
        } catch (MalformedException e) {
            return errors(400, String.valueOf(e.getMessage()));
        }
        SigningCommand.Request request = new SigningCommand.Request(
                key.policy().name(),
                wanted.pss(),
                wanted.hash(),
                wanted.digest(),
                caller.publicKey(),
                desk.gateway(),
                nextMicros());
        Digest named = key.policy().publicKey();
        return switch (desk.sign(SigningCommand.proved(request, named, caller))) {
            case SigningDesk.Outcome.Signed signed ->
                data(StrictJson.create()
                        .put("key_version", 1)
                        .put(
                                "signature",
                                TransitRequest.PREFIX + Base64.getEncoder().encodeToString(signed.signature())));
            case SigningDesk.Outcome.Not not -> refused(not.answer());
        };
    }

    private long nextMicros() {
        Instant now = clock.instant();
        long micros = TimeUnit.SECONDS.toMicros(now.getEpochSecond()) + now.getNano() / 1_000;
        return lastMicros.updateAndGet(last -> Math.max(micros, last + 1));
    }

    private static Answer refused(SigningAnswer answer) {
        return switch (answer) {
            case SigningAnswer.Refused refused ->
                errors(
                        switch (refused.reason()) {
                            case MALFORMED, NO_KEY, PADDING, HASH -> 400;
                            case CALLER -> 403;
                            // This gateway's own fault: another one may do better.
                            case TIME, REPEATED, GATEWAY -> 500;
                        },
                        refused.reason().sentence());
            case SigningAnswer.Limited limited ->
                errors(429, "the key signed too often").retryAfter(seconds(limited));
            case SigningAnswer.Busy busy -> errors(503, "too many requests wait; come back");
            case SigningAnswer.Granted granted -> throw new IllegalStateException("what is granted is signed");
        };
    }

    /** Here, without the group: a client that does not believe this gateway verifies with the public key. */
    private static Answer verify(SigningInfo key, String hash, byte[] body) {
        TransitRequest wanted;
        try {
            wanted = TransitRequest.read(key.policy().name(), hash, body, true);
        } catch (MalformedException e) {
            return errors(400, String.valueOf(e.getMessage()));
        }
        boolean valid = wanted.pss() == key.policy().pss()
                && key.scheme().verify(wanted.hash().message(wanted.digest()), wanted.signature());
        return data(StrictJson.create().put("valid", valid));
    }
}
