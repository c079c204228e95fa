package org.maftia.server.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.helidon.http.HeaderNames;
import io.helidon.http.Status;
import io.helidon.webserver.http.HttpRouting;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.maftia.core.testing.Attack;
import org.maftia.core.wire.Digest;
import org.maftia.server.ceremony.GroupTranscript;
import org.maftia.server.ceremony.ReplicaKeys;
import org.maftia.server.ceremony.ServiceKey;
import org.maftia.server.ceremony.SmallGroup;
import org.maftia.server.ceremony.Unlock;
import org.maftia.server.cluster.ClusterDirectory;
import org.maftia.server.cluster.FreePorts;
import org.maftia.server.cluster.SecureHttp;
import org.maftia.server.cluster.SystemEntropy;
import org.maftia.server.configuration.Configuration;
import org.maftia.server.configuration.ConfigurationException;
import org.maftia.server.configuration.Layout;
import org.maftia.server.configuration.Overrides;
import org.maftia.server.configuration.ReplicaEntry;
import org.maftia.server.gateway.Answer;
import org.maftia.server.gateway.BodyHandler;
import org.maftia.server.gateway.ExchangeInfo;
import org.maftia.server.gateway.Gateway;
import org.maftia.server.gateway.LogSource;
import org.maftia.server.gateway.RegistrationGateway;
import org.maftia.server.gateway.RegistrationInfo;
import org.maftia.server.gateway.Submission;
import org.maftia.server.http.HttpBase;
import org.maftia.server.log.LogSetup;
import org.maftia.server.notarize.RefusedReceiptException;
import org.maftia.server.notarize.RegistrationClient;
import org.maftia.server.notarize.RegistrationEvidence;
import org.maftia.server.succession.Known;
import org.maftia.server.testing.Certificates;
import org.maftia.server.testing.Eventually;
import org.maftia.services.jose.JsonWebKey;
import org.maftia.services.jose.StrictJson;
import org.maftia.services.log.LogPolicy;
import org.maftia.services.log.LogProof;
import org.maftia.services.log.SignedCheckpoint;
import org.maftia.services.registration.Description;
import org.maftia.services.registration.Document;
import org.maftia.services.registration.Registrar;
import org.maftia.services.registration.Registration;
import org.maftia.services.registration.RegistrationAnswer;
import org.maftia.services.registration.RegistrationQuestion;
import org.maftia.services.registration.SealedDocument;

/** Registrations end to end: keys of a ceremony, real replicas, HTTPS, and a client that believes receipts and proofs alone. */
class RegistrationGatewayTest {
    private static final String JSON = "application/json";
    private static final int TIMEOUT_MILLIS = 60_000;
    private static final int INTRUDER = 0;

    @TempDir
    private static Path directory;

    @SuppressWarnings("NullAway.Init") // before all tests
    private static World world;

    private static final List<AutoCloseable> RUNNING = new ArrayList<>();

    @AfterAll
    static void stop() throws Exception {
        for (AutoCloseable one : RUNNING) {
            one.close();
        }
        RUNNING.clear();
    }

    /** The group, and what its clients know. */
    private record World(Configuration configuration, GroupTranscript group, SecureHttp http, RegistrationInfo info) {
        RegistrationClient client(int timeoutMillis, List<String> addresses) {
            RegistrationClient.Trust trust = new RegistrationClient.Trust(
                    group.root(), info.receipts().certificate(), LogPolicy.parsed(policy()));
            return new RegistrationClient(addresses, http, trust, timeoutMillis);
        }

        String policy() {
            try {
                return LogSetup.policy(Known.of(configuration, group));
            } catch (ConfigurationException e) {
                throw new AssertionError(e);
            }
        }

        String address(int replica) {
            return configuration.replicas().get(replica).httpsAddress() + "/notary";
        }

        byte[] sealed(Document document) {
            return SealedDocument.seal(document, info.addressee(), info.cipher(), SystemEntropy.INSTANCE);
        }

        SecureHttp.Reply post(int replica, String body) throws IOException {
            return http.post(
                    address(replica) + "/registrations", TIMEOUT_MILLIS, JSON, body.getBytes(StandardCharsets.UTF_8));
        }

        SecureHttp.Reply get(int replica, String path) throws IOException {
            return http.get(address(replica) + path, TIMEOUT_MILLIS);
        }
    }

    /** Of the four one does not run: in its place an intruder answers, where a test has one. */
    @BeforeAll
    static void start() throws Exception {
        Configuration configuration = FreePorts.fill(Layout.of("4", Overrides.none()));
        SmallGroup.make(directory, configuration.faultStructure());
        ClusterDirectory place = new ClusterDirectory(directory);
        GroupTranscript group = GroupTranscript.read(place.ceremony().resolve(GroupTranscript.FILE));
        for (ReplicaEntry entry : configuration.replicas()) {
            if (configuration.replicas().indexOf(entry) != INTRUDER) {
                Files.createDirectories(place.data(entry.id()));
                RUNNING.add(ReplicaHost.start(new HostSetup(
                        configuration,
                        entry.id(),
                        place.keys(entry.id()),
                        place.data(entry.id()),
                        new Unlock.KeyFile(),
                        Optional.empty())));
            }
        }
        ServiceKey key = group.key(ServiceKey.EXCHANGE);
        ExchangeInfo receipts =
                new ExchangeInfo(new JsonWebKey.Rsa(key.scheme().key().modulus()), key.certificate());
        world = new World(
                configuration, group, SecureHttp.trusting(group.root()), RegistrationInfo.of(group, receipts));
        int last = configuration.replicas().size() - 1;
        Eventually.until("the group answers", () -> isReady(last));
    }

    private static boolean isReady(int replica) {
        try {
            String base = world.configuration.replicas().get(replica).httpsAddress();
            return world.http.get(base + "/ready", TIMEOUT_MILLIS).status() == 200;
        } catch (IOException e) {
            return false; // not yet
        }
    }

    private static Document document(String text) {
        return Document.of("A wheel", "text/plain", text.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void aDocumentIsRegisteredOnceAndProvedOfflineWhateverGatewayIsAsked() throws Exception {
        Document document = document("the wheel");
        byte[] sealed = world.sealed(document);
        RegistrationClient.Registered one =
                world.client(TIMEOUT_MILLIS, List.of(world.address(1))).register(sealed, Description.of(document));
        RegistrationClient.Registered two =
                world.client(TIMEOUT_MILLIS, List.of(world.address(1))).register(sealed, Description.of(document));
        assertThat(two.verified().receipt()).isEqualTo(one.verified().receipt());
        assertThat(one.verified().receipt().id()).isEqualTo(SealedDocument.id(sealed));
        Document repeat = Document.ofDigest("Mine!", "", document.sha256());
        RegistrationClient.Registered later = world.client(TIMEOUT_MILLIS, List.of(world.address(2)))
                .register(world.sealed(repeat), Description.of(repeat));
        long first = one.verified().receipt().sequence();
        assertThat(later.verified().receipt().first()).isEqualTo(first);
        assertThat(later.verified().receipt().sequence()).isGreaterThan(first);
        RegistrationClient.Registered found = world.client(TIMEOUT_MILLIS, List.of(world.address(2), world.address(3)))
                .find(document.sha256());
        assertThat(found.verified().receipt()).isEqualTo(one.verified().receipt());
        // A file is all that is needed later, with the root and the policy.
        LogPolicy policy = LogPolicy.parsed(world.policy());
        RegistrationEvidence read = RegistrationEvidence.parsed(later.evidence().toBytes());
        assertThat(read.verify(world.group.root(), policy).receipt())
                .isEqualTo(later.verified().receipt());
        assertThat(read.toBytes()).isEqualTo(later.evidence().toBytes());
        tellsWhatToEncryptTo();
        malformedInputChangesNothing(sealed);
    }

    private static void tellsWhatToEncryptTo() throws IOException {
        StrictJson key = StrictJson.object(world.get(1, "/key").body(), "the key");
        assertThat(key.text("group")).isEqualTo(world.info.addressee().group().toString());
        assertThat(key.bytes("publicKey", 64))
                .isEqualTo(world.group.confidential().publicKey());
        assertThat(JsonWebKey.of(lengthened(key.child("receipts"))).thumbprint())
                .isNotEqualTo(Digest.ZERO);
        assertThat(key.text("certificate")).startsWith("-----BEGIN CERTIFICATE-----\n");
    }

    /** Keys of tests are too short for strangers; the kind and the exponent are what is to be seen here. */
    private static StrictJson lengthened(StrictJson key) {
        assertThat(key.text("kty")).isEqualTo("RSA");
        byte[] modulus = Arrays.copyOf(key.bytes("n", 1024), 384);
        modulus[383] = 1;
        ObjectNode json = StrictJson.create()
                .put("kty", "RSA")
                .put("n", StrictJson.base64(modulus))
                .put("e", key.text("e"));
        return StrictJson.object(StrictJson.bytes(json), "the key");
    }

    private static void assertProblem(SecureHttp.Reply reply, int status) {
        assertThat(reply.status()).as(reply.text()).isEqualTo(status);
        StrictJson problem = StrictJson.object(reply.body(), "the problem").only("type", "status", "detail");
        assertThat(problem.number("status")).isEqualTo(status);
        assertThat(problem.text("detail")).isNotEmpty();
    }

    private static String body(byte[] sealed) {
        return "{\"ciphertext\":\"" + StrictJson.base64(sealed) + "\"}";
    }

    private static void malformedInputChangesNothing(byte[] sealed) throws IOException {
        long before = sequences(sealed);
        byte[] mauled = sealed.clone();
        mauled[mauled.length - 1] ^= 1;
        byte[] copied = sealed.clone();
        copied[0] ^= 1;
        String good = body(sealed);
        for (String bad : List.of(
                body(mauled),
                body(copied),
                body(Arrays.copyOf(sealed, sealed.length - 1)),
                body(new byte[0]),
                body(new byte[16]),
                body(new byte[SealedDocument.LENGTH_MAX]),
                "{}",
                "[]",
                "{\"ciphertext\":7}",
                "{\"ciphertext\":\"a+b/\"}",
                good + good,
                good.replace("}", ",\"more\":1}"),
                "\u0000")) {
            assertProblem(world.post(1, bad), 400);
        }
        assertProblem(world.post(1, body(new byte[2 * SealedDocument.LENGTH_MAX])), 413);
        assertProblem(
                world.http.post(
                        world.address(1) + "/registrations",
                        TIMEOUT_MILLIS,
                        "text/plain",
                        good.getBytes(StandardCharsets.UTF_8)),
                415);
        assertProblem(world.get(1, "/registrations/" + Digest.ZERO), 404);
        for (String path : List.of(
                "/registrations/1",
                "/registrations/" + "AB".repeat(32),
                "/registrations",
                "/registrations?sha256=1",
                "/registrations?sha256=" + "zz".repeat(32))) {
            assertProblem(world.get(1, path), 400);
        }
        assertThat(StrictJson.object(
                                world.get(1, "/registrations?sha256=" + Digest.ZERO)
                                        .body(),
                                "the answer")
                        .number("count"))
                .isZero();
        assertThat(sequences(sealed)).isEqualTo(before + 1);
    }

    /** How many were given out, as a new registration tells. */
    private static long sequences(byte[] sealed) throws IOException {
        SecureHttp.Reply again = world.post(3, body(sealed));
        assertThat(again.status()).isEqualTo(202);
        assertThat(StrictJson.object(again.body(), "the answer").text("state")).isEqualTo("registered");
        SecureHttp.Reply fresh = world.post(3, body(world.sealed(document("another " + System.nanoTime()))));
        assertThat(fresh.status()).as(fresh.text()).isEqualTo(202);
        return StrictJson.object(fresh.body(), "the answer").number("sequence");
    }

    /** The group behind a gateway, as it answers when it is told to. */
    private static final class Answering implements Submission {
        private CompletableFuture<byte[]> result = new CompletableFuture<>();
        private CompletableFuture<Optional<byte[]>> looked = new CompletableFuture<>();

        @Override
        public CompletableFuture<byte[]> submit(String service, byte[] operation) {
            assertThat(service).isEqualTo(Registrar.NAME);
            return result;
        }

        @Override
        public Signed submitSigned(String service, byte[] operation) {
            return new Signed(result, CompletableFuture.failedFuture(new TimeoutException()));
        }

        @Override
        public CompletableFuture<Optional<byte[]>> peek(String service, byte[] question) {
            return looked;
        }

        void answer(RegistrationAnswer answer) {
            result = CompletableFuture.completedFuture(RegistrationAnswer.CODEC.encode(answer));
        }
    }

    @Test
    void whatTheGroupCannotDoNowIsAProblemOfItsOwnKind() throws Exception {
        Answering group = new Answering();
        LogSource noLog = new NothingLogged();
        String here = gateway(new RegistrationGateway(group, noLog, () -> Optional.of(world.info)));
        Document document = document("the pulley");
        byte[] sealed = world.sealed(document);
        String state = here + "/registrations/" + SealedDocument.id(sealed);
        byte[] body = body(sealed).getBytes(StandardCharsets.UTF_8);
        group.answer(new RegistrationAnswer.Busy());
        assertProblem(world.http.post(here + "/registrations", TIMEOUT_MILLIS, JSON, body), 429);
        group.result = CompletableFuture.failedFuture(new Submission.Busy("enough"));
        assertThat(world.http
                        .post(here + "/registrations", TIMEOUT_MILLIS, JSON, body)
                        .status())
                .isEqualTo(503);
        group.result = CompletableFuture.failedFuture(new TimeoutException());
        assertProblem(world.http.post(here + "/registrations", TIMEOUT_MILLIS, JSON, body), 504);
        group.looked = CompletableFuture.completedFuture(Optional.empty());
        assertProblem(world.http.get(state, TIMEOUT_MILLIS), 503);
        Registration registered = new Registration(
                SealedDocument.id(sealed),
                1,
                2,
                3_000_000,
                new Registration.Standing.Registered(Description.of(document), 1, 1, 0));
        group.looked = CompletableFuture.completedFuture(Optional.of(
                RegistrationQuestion.Found.CODEC.encode(new RegistrationQuestion.Found(1, List.of(registered)))));
        group.answer(new RegistrationAnswer.Busy());
        assertProblem(world.http.get(state, TIMEOUT_MILLIS), 429);
        group.answer(new RegistrationAnswer.Certified(registered, "a.b"));
        assertProblem(world.http.get(state, TIMEOUT_MILLIS), 504); // the signature does not come
        String none = gateway(new RegistrationGateway(group, noLog, Optional::empty));
        assertProblem(world.http.post(none + "/registrations", TIMEOUT_MILLIS, JSON, body), 404);
        assertProblem(world.http.get(none + "/key", TIMEOUT_MILLIS), 404);
    }

    private static final class NothingLogged implements LogSource {
        @Override
        public Optional<SignedCheckpoint> published() {
            return Optional.empty();
        }

        @Override
        public Optional<byte[]> tile(int level, long index, int width) {
            return Optional.empty();
        }

        @Override
        public Optional<byte[]> bundle(long index, int width) {
            return Optional.empty();
        }

        @Override
        public Optional<LogProof> proof(long index) {
            return Optional.empty();
        }
    }

    /** In the hands of an intruder, who has the keys of its replica: takes everything, and shows what is told. */
    private static final class CorruptedGateway implements Gateway {
        private String shown = "{}";
        private int asked;

        @Override
        public String service() {
            return "notary";
        }

        @Override
        public String path() {
            return "/notary";
        }

        @Override
        public void register(HttpRouting.Builder plain, HttpRouting.Builder tls) {
            tls.post(
                    path() + "/registrations",
                    BodyHandler.of(
                            JSON, 1 << 20, body -> new Answer(202, JSON, "{}".getBytes(StandardCharsets.UTF_8))));
            tls.get(path() + "/registrations/{id}", (request, response) -> {
                asked++;
                response.status(Status.OK_200);
                response.header(HeaderNames.CONTENT_TYPE, JSON);
                response.send(shown);
            });
        }
    }

    @Attack("registration: a gateway alters, forges or withholds what it is asked")
    @Test
    void aCorruptedGatewayIsBelievedNothingAndCostsTime() throws Exception {
        CorruptedGateway intruder = new CorruptedGateway();
        String lying = gateway(intruder);
        Document other = document("the lever");
        byte[] known = world.sealed(other);
        RegistrationClient honest = world.client(TIMEOUT_MILLIS, List.of(world.address(1)));
        RegistrationEvidence evidence =
                honest.register(known, Description.of(other)).evidence();
        String true1 =
                world.get(1, "/registrations/" + SealedDocument.id(known)).text();
        int at = true1.indexOf("\"receipt\":\"") + 300;
        String altered = true1.substring(0, at) + (true1.charAt(at) == 'A' ? 'B' : 'A') + true1.substring(at + 1);
        List<String> lies = List.of(
                "{\"state\":\"ordered\"}", // for ever
                "{\"state\":\"rejected\",\"reason\":\"I say so\"}",
                "{\"state\":\"registered\"}", // and never shows a receipt
                true1, // of another document
                altered,
                true1.replace("\\nindex ", "\\nindex 1"),
                "no JSON",
                "{\"state\":\"registered\",\"receipt\":\"a.b.c\",\"proof\":\"\"}");
        for (String lie : lies) {
            intruder.shown = lie;
            Document document = document("the wheel " + lies.indexOf(lie));
            byte[] sealed = world.sealed(document);
            RegistrationClient.Registered registered =
                    world.client(2_000, List.of(lying, world.address(2))).register(sealed, Description.of(document));
            assertThat(registered.address()).isEqualTo(world.address(2));
            assertThat(registered.verified().receipt().id()).isEqualTo(SealedDocument.id(sealed));
        }
        assertThat(intruder.asked).isGreaterThan(lies.size());
        assertThatThrownBy(
                        () -> world.client(1_000, List.of(lying)).register(world.sealed(other), Description.of(other)))
                .isInstanceOf(IOException.class)
                .hasMessageContaining(lying);
        anotherRootOrPolicyBelievesNothing(evidence);
    }

    /** A gateway of its own, with the certificate of the replica that does not run. */
    private static String gateway(Gateway gateway) throws IOException {
        ReplicaKeys keys = ReplicaKeys.load(new ClusterDirectory(directory).keys("r1"));
        int port = FreePorts.one();
        RUNNING.add(HttpBase.start(
                new HttpBase.Ports(InetAddress.getLoopbackAddress(), FreePorts.one(), port, 100),
                new HttpBase.Identity(keys.httpsKey(), keys.httpsChain()),
                () -> {
                    throw new TimeoutException("no status here");
                },
                List.of(gateway)));
        return "https://localhost:" + port + "/notary";
    }

    private static void anotherRootOrPolicyBelievesNothing(RegistrationEvidence evidence) throws Exception {
        LogPolicy policy = LogPolicy.parsed(world.policy());
        evidence.verify(world.group.root(), policy);
        assertThatThrownBy(() ->
                        evidence.verify(Certificates.signing("another root").certificate(), policy))
                .isInstanceOf(RefusedReceiptException.class)
                .hasMessageContaining("root");
        // One of the four does not run, so three have signed the head.
        String all = world.policy().replace("group g0 3", "group g0 4");
        assertThatThrownBy(() -> evidence.verify(world.group.root(), LogPolicy.parsed(all)))
                .isInstanceOf(RefusedReceiptException.class)
                .hasMessageContaining("too few witnesses");
    }
}
