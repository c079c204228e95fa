package org.maftia.server.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.cert.CertPathValidator;
import java.security.cert.CertificateFactory;
import java.security.cert.PKIXParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.ExtensionsGenerator;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.pkcs.jcajce.JcaPKCS10CertificationRequestBuilder;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.maftia.core.testing.Attack;
import org.maftia.server.command.Terminal;
import org.maftia.server.testing.Eventually;
import org.maftia.services.authority.TestClient;
import org.maftia.services.authority.acme.Jws;

/** ACME end to end: real replicas, HTTPS, a client with another library's JOSE, and one replica that lies in all it can. */
class AcmeGatewayTest {
    private static final String ADDRESS = "127.0.0.1";
    private static final int INTRUDER = 0;

    @TempDir
    private static Path directory;

    @SuppressWarnings("NullAway.Init") // before all tests
    private static AcmeGroup group;

    @BeforeAll
    static void start() throws Exception {
        group = new AcmeGroup(directory);
    }

    @AfterAll
    static void stop() {
        group.close();
    }

    private static TestClient account(int replica) throws Exception {
        TestClient client = TestClient.elliptic();
        HttpResponse<byte[]> made =
                group.ask(client, replica, "/acme/new-account", wish(client, replica, group.credential()));
        assertThat(made.statusCode()).isEqualTo(201);
        client.account = made.headers().firstValue("Location").orElseThrow();
        return client;
    }

    private static String wish(TestClient client, int replica, AcmeGroup.Credential credential) throws Exception {
        String binding = client.binding(group.at(replica, "/acme/new-account"), credential.name(), credential.secret());
        return "{\"termsOfServiceAgreed\":true,\"externalAccountBinding\":" + binding + "}";
    }

    /** An order for the address, with what proves that one holds it. */
    private record Ordered(String place, String completion, String challenge, String token) {
        static Ordered of(TestClient client, int replica) throws Exception {
            return of(client, replica, "classic");
        }

        static Ordered of(TestClient client, int replica, String profile) throws Exception {
            HttpResponse<byte[]> made = group.ask(
                    client,
                    replica,
                    "/acme/new-order",
                    "{\"identifiers\":[{\"type\":\"ip\",\"value\":\"" + ADDRESS + "\"}],\"profile\":\"" + profile
                            + "\"}");
            assertThat(made.statusCode()).as(text(made)).isEqualTo(201);
            JsonNode order = AcmeGroup.json(made);
            JsonNode authorization = AcmeGroup.json(group.ask(
                    client, replica, order.get("authorizations").get(0).asText(), ""));
            for (JsonNode challenge : authorization.get("challenges")) {
                if (challenge.get("type").asText().equals("http-01")) {
                    return new Ordered(
                            made.headers().firstValue("Location").orElseThrow(),
                            order.get("finalize").asText(),
                            challenge.get("url").asText(),
                            challenge.get("token").asText());
                }
            }
            throw new AssertionError("no http-01");
        }
    }

    private static String text(HttpResponse<byte[]> answer) {
        return new String(answer.body(), StandardCharsets.UTF_8);
    }

    private static JsonNode until(TestClient client, int replica, String place, String... states) throws Exception {
        JsonNode[] last = new JsonNode[1];
        Eventually.until("the order is decided", () -> {
            try {
                last[0] = AcmeGroup.json(group.ask(client, replica, place, ""));
            } catch (Exception e) {
                throw new AssertionError(e);
            }
            return List.of(states).contains(last[0].path("status").asText());
        });
        return last[0];
    }

    private static String request(KeyPair pair) throws Exception {
        ExtensionsGenerator extensions = new ExtensionsGenerator();
        extensions.addExtension(
                Extension.subjectAlternativeName,
                false,
                new GeneralNames(new GeneralName(GeneralName.iPAddress, ADDRESS)));
        byte[] request = new JcaPKCS10CertificationRequestBuilder(new X500Name(""), pair.getPublic())
                .addAttribute(PKCSObjectIdentifiers.pkcs_9_at_extensionRequest, extensions.generate())
                .build(new JcaContentSignerBuilder("SHA256withECDSA").build(pair.getPrivate()))
                .getEncoded();
        return "{\"csr\":\"" + Base64.getUrlEncoder().withoutPadding().encodeToString(request) + "\"}";
    }

    private static KeyPair pair() throws Exception {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(new ECGenParameterSpec("secp256r1"));
        return generator.generateKeyPair();
    }

    private static void verify(List<X509Certificate> chain) throws Exception {
        X509Certificate root =
                AcmeGroup.certificates(Files.readAllBytes(group.root())).getFirst();
        PKIXParameters parameters = new PKIXParameters(Collections.singleton(new TrustAnchor(root, null)));
        parameters.setRevocationEnabled(false);
        CertPathValidator.getInstance("PKIX")
                .validate(CertificateFactory.getInstance("X.509").generateCertPath(chain), parameters);
    }

    /** Begun at the liar's gateway, done at others; it votes against, and its shares of the signature are false. */
    @Attack("an account shows the wrong key authorization")
    @Test
    void whatOneReplicaSeesOrSignsKeepsNobodyFromACertificate() throws Exception {
        TestClient client = account(INTRUDER);
        Ordered order = Ordered.of(client, INTRUDER);
        group.seen.put(order.token(), order.token() + "." + client.thumbprint());
        group.seenByIntruder.put(order.token(), order.token() + ".of-somebody-else");
        assertThat(group.ask(client, 1, order.challenge(), "{}").statusCode()).isEqualTo(200);
        until(client, 1, order.place(), "ready");
        KeyPair pair = pair();
        assertThat(group.ask(client, 2, order.completion(), request(pair)).statusCode())
                .isEqualTo(200);
        JsonNode valid = until(client, 3, order.place(), "valid");
        List<X509Certificate> chain = AcmeGroup.certificates(
                group.ask(client, 3, valid.get("certificate").asText(), "").body());
        verify(chain);
        assertThat(chain.getFirst().getPublicKey()).isEqualTo(pair.getPublic());
        assertThat(chain.getFirst().getSubjectAlternativeNames().toString()).contains(ADDRESS);
        HttpResponse<byte[]> again = group.ask(client, 1, order.completion(), request(pair()));
        assertThat(again.statusCode()).as("finalized once").isEqualTo(403);
        assertThat(AcmeGroup.json(again).get("type").asText()).endsWith(":orderNotReady");
        opensslAsks(client, chain);
    }

    private static List<X509Certificate> certified(TestClient client, String profile, KeyPair pair) throws Exception {
        Ordered order = Ordered.of(client, 1, profile);
        group.seen.put(order.token(), order.token() + "." + client.thumbprint());
        group.ask(client, 1, order.challenge(), "{}");
        until(client, 1, order.place(), "ready");
        assertThat(group.ask(client, 1, order.completion(), request(pair)).statusCode())
                .isEqualTo(200);
        JsonNode valid = until(client, 1, order.place(), "valid");
        return AcmeGroup.certificates(
                group.ask(client, 1, valid.get("certificate").asText(), "").body());
    }

    /** The authority issues, curl shows the certificate to the provider, the authority revokes: one log, so it holds at once. */
    @Attack("openid: a revoked certificate")
    @Test
    void aCertificateMakesAClientKnownToTheProviderUntilItIsRevoked() throws Exception {
        assumeTrue(run("curl", "--version").startsWith("curl"), "curl is missing");
        TestClient client = account(1);
        KeyPair pair = pair();
        Files.writeString(
                directory.resolve("till.key"),
                "-----BEGIN PRIVATE KEY-----\n"
                        + Base64.getMimeEncoder()
                                .encodeToString(pair.getPrivate().getEncoded())
                        + "\n-----END PRIVATE KEY-----\n");
        write("server.pem", certified(client, "classic", pair).getFirst());
        X509Certificate certificate = certified(client, "tlsclient", pair).getFirst();
        write("till.pem", certificate);
        assertThat(introspected("till.pem")).isEqualTo("{\"active\":false} 200");
        assertThat(introspected("server.pem")).contains("\"invalid_client\"", "not for clients of TLS", " 401");
        assertThat(introspected("")).contains("\"invalid_client\"", "shows no certificate", " 401");
        JsonNode discovery =
                AcmeGroup.json(group.get(URI.create(group.at(1, "/oidc/.well-known/openid-configuration"))));
        assertThat(discovery.path("token_endpoint_auth_methods_supported").toString())
                .contains("\"tls_client_auth\"");
        assertThat(discovery.path("tls_client_certificate_bound_access_tokens").asBoolean())
                .isTrue();
        String leaf = Base64.getUrlEncoder().withoutPadding().encodeToString(certificate.getEncoded());
        assertThat(group.ask(client, 2, "/acme/revoke-cert", "{\"certificate\":\"" + leaf + "\"}")
                        .statusCode())
                .isEqualTo(200);
        assertThat(introspected("till.pem")).contains("\"invalid_client\"", "revoked", " 401");
    }

    private static String introspected(String certificate) throws Exception {
        List<String> command = new ArrayList<>(List.of("curl", "-s", "-w", " %{http_code}"));
        command.addAll(List.of("--cacert", group.root().toString(), "-d", "client_id=till&token=x"));
        if (!certificate.isEmpty()) {
            command.addAll(List.of("--cert", certificate, "--key", "till.key"));
        }
        command.add(group.at(3, "/oidc/introspect"));
        return run(command.toArray(String[]::new));
    }

    /** The address that stands in the certificate, as {@code openssl ocsp} takes it: HTTP/1.0. */
    private static void opensslAsks(TestClient client, List<X509Certificate> chain) throws Exception {
        assumeTrue(run("openssl", "version").contains("OpenSSL"), "openssl is missing");
        write("leaf.pem", chain.get(0));
        write("issuer.pem", chain.get(1));
        String[] addresses =
                run("openssl", "x509", "-in", "leaf.pem", "-noout", "-ocsp_uri").split("\n", -1);
        String[] question = {
            "openssl",
            "ocsp",
            "-issuer",
            "issuer.pem",
            "-cert",
            "leaf.pem",
            "-CAfile",
            group.root().toString(),
            "-url",
            ""
        };
        question[question.length - 1] = addresses[1];
        assertThat(run(question)).contains("Response verify OK", "leaf.pem: good");
        String leaf = Base64.getUrlEncoder()
                .withoutPadding()
                .encodeToString(chain.getFirst().getEncoded());
        assertThat(group.ask(client, 1, "/acme/revoke-cert", "{\"certificate\":\"" + leaf + "\",\"reason\":4}")
                        .statusCode())
                .isEqualTo(200);
        question[question.length - 1] = addresses[2];
        assertThat(run(question)).contains("Response verify OK", "leaf.pem: revoked", "superseded");
    }

    private static void write(String name, X509Certificate certificate) throws Exception {
        Files.writeString(
                directory.resolve(name),
                "-----BEGIN CERTIFICATE-----\n"
                        + Base64.getMimeEncoder().encodeToString(certificate.getEncoded())
                        + "\n-----END CERTIFICATE-----\n");
    }

    /** What it says; empty where there is no such program. */
    private static String run(String... command) throws InterruptedException, IOException {
        Path output = directory.resolve("output");
        Process process;
        try {
            process = new ProcessBuilder(command)
                    .directory(directory.toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(output.toFile())
                    .start();
        } catch (IOException e) {
            return "";
        }
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        return Files.readString(output);
    }

    @Attack("an account shows the wrong key authorization")
    @Test
    void whatOneReplicaAloneSeesIsNotCertified() throws Exception {
        TestClient client = account(INTRUDER);
        Ordered order = Ordered.of(client, INTRUDER);
        group.seenByIntruder.put(order.token(), order.token() + "." + client.thumbprint());
        assertThat(group.ask(client, INTRUDER, order.challenge(), "{}").statusCode())
                .isEqualTo(200);
        until(client, INTRUDER, order.place(), "invalid");
        JsonNode challenge = AcmeGroup.json(group.ask(client, 1, order.challenge(), ""));
        assertThat(challenge.path("status").asText()).isEqualTo("invalid");
        assertThat(challenge.path("error").path("type").asText()).startsWith("urn:ietf:params:acme:error:");
        HttpResponse<byte[]> refused = group.ask(client, INTRUDER, order.completion(), request(pair()));
        assertThat(refused.statusCode()).isEqualTo(403);
    }

    @Attack("leader forges, alters, replays requests")
    @Test
    void aGatewayCanNeitherAlterNorRepeatNorMoveARequest() throws Exception {
        TestClient client = account(1);
        String url = group.at(INTRUDER, "/acme/new-order");
        String wish = "{\"identifiers\":[{\"type\":\"ip\",\"value\":\"" + ADDRESS + "\"}]}";
        byte[] signed = client.request(url, wish, group.nonce(INTRUDER), false);
        assertThat(group.post(url, signed).statusCode()).isEqualTo(201);
        assertProblem(group.post(url, signed), 400, "badNonce");
        assertProblem(group.post(group.at(2, "/acme/new-order"), signed), 400, "badNonce");
        byte[] fresh = client.request(url, wish, group.nonce(INTRUDER), false);
        assertProblem(group.post(group.at(INTRUDER, "/acme/revoke-cert"), fresh), 403, "unauthorized");
        JsonNode parts = new ObjectMapper().readTree(fresh);
        String altered = Base64.getUrlEncoder()
                .withoutPadding()
                .encodeToString(wish.replace(ADDRESS, "127.0.0.2").getBytes(StandardCharsets.UTF_8));
        byte[] forged = TestClient.flattened(
                parts.get("protected").asText(), altered, parts.get("signature").asText());
        assertThat(group.post(url, forged).statusCode()).isBetween(400, 403);
        TestClient stranger = TestClient.elliptic();
        stranger.account = client.account;
        assertThat(group.ask(stranger, 1, "/acme/new-order", wish).statusCode()).isBetween(400, 403);
    }

    @Attack("an account without a credential, or with another's")
    @Test
    void anAccountNeedsACredentialWhichIsGoodForOneAccount() throws Exception {
        JsonNode directory = AcmeGroup.json(group.get(URI.create(group.at(1, "/acme/directory"))));
        assertThat(directory.path("meta").path("externalAccountRequired").asBoolean())
                .isTrue();
        TestClient client = TestClient.elliptic();
        assertProblem(group.ask(client, 1, "/acme/new-account", "{}"), 403, "externalAccountRequired");
        AcmeGroup.Credential credential = group.credential();
        AcmeGroup.Credential guessed = new AcmeGroup.Credential(credential.name(), "A".repeat(43));
        assertProblem(group.ask(client, 1, "/acme/new-account", wish(client, 1, guessed)), 403, "unauthorized");
        TestClient thief = TestClient.elliptic();
        String copied = wish(client, 1, credential);
        assertProblem(group.ask(thief, 1, "/acme/new-account", copied), 403, "unauthorized");
        assertThat(group.ask(client, 1, "/acme/new-account", copied).statusCode())
                .isEqualTo(201);
        assertProblem(group.ask(thief, 2, "/acme/new-account", wish(thief, 2, credential)), 403, "unauthorized");
        assertThat(group.ask(client, 2, "/acme/new-account", "{}").statusCode())
                .as("who has an account finds it without")
                .isEqualTo(200);
    }

    @Test
    void whoGivesOutCredentialsIsToldWhatTheyAreAndWhatIsWrong() throws Exception {
        Terminal terminal = new Terminal();
        String said = terminal.type(0, "ca", "credential", "by-hand", "--dir", directory);
        assertThat(said)
                .contains("kid       by-hand", "good for one account, made within a day")
                .contains("certbot register --server " + group.at(0, "/acme/directory") + " --eab-kid by-hand")
                .doesNotContain("accounts need none");
        terminal.type(1, "ca", "credential", "by-hand", "--dir", directory);
        assertThat(terminal.errors()).contains("the name is taken", "choose another name");
        terminal.type(1, "ca", "credential", "another", "--dir", directory, "--officer", "ann");
        assertThat(terminal.errors()).contains("there is no officer 'ann'", "--officer is one of operator");
    }

    /** Bindings made by another implementation. */
    @Attack("an account without a credential, or with another's")
    @Test
    void certbotRegistersWithACredentialAndNotWithout() throws Exception {
        assumeTrue(run("certbot", "--version").startsWith("certbot"), "certbot is missing");
        AcmeGroup.Credential credential = group.credential();
        assertThat(certbot("first", List.of())).contains("requires external account binding");
        assertThat(certbot("first", bound(new AcmeGroup.Credential(credential.name(), "A".repeat(43)))))
                .contains("no open credential");
        assertThat(Files.readString(directory.resolve("first").resolve("logs").resolve("letsencrypt.log")))
                .contains("urn:ietf:params:acme:error:unauthorized");
        assertThat(certbot("first", bound(credential))).contains("Account registered");
        assertThat(certbot("second", bound(credential))).contains("no open credential");
    }

    private static List<String> bound(AcmeGroup.Credential credential) {
        return List.of("--eab-kid", credential.name(), "--eab-hmac-key", credential.key());
    }

    private static String certbot(String state, List<String> words) throws Exception {
        Path place = directory.resolve(state);
        List<String> command = new ArrayList<>(List.of("env", "REQUESTS_CA_BUNDLE=" + group.root(), "certbot"));
        command.addAll(List.of("register", "--server", group.at(1, "/acme/directory"), "--non-interactive"));
        command.addAll(List.of("--agree-tos", "--register-unsafely-without-email"));
        for (String kind : List.of("config", "work", "logs")) {
            command.addAll(List.of("--" + kind + "-dir", place.resolve(kind).toString()));
        }
        command.addAll(words);
        return run(command.toArray(String[]::new));
    }

    @Attack("requests with altered bytes")
    @Test
    void nonsenseIsAnsweredByProblemsOfAcmeWithANonce() throws Exception {
        String url = group.at(2, "/acme/new-order");
        for (String body : List.of("", "{", "[]", "null", "{}", "{\"protected\":7}", "\u0000", "[".repeat(2_000))) {
            assertProblem(group.post(url, body.getBytes(StandardCharsets.UTF_8)), 400, "malformed");
        }
        assertProblem(group.post(url, "text/plain", "{}".getBytes(StandardCharsets.UTF_8)), 415, "malformed");
        assertProblem(group.post(url, new byte[Jws.LENGTH_MAX + 1]), 413, "malformed");
        HttpResponse<byte[]> got = group.get(URI.create(url));
        assertProblem(got, 405, "malformed");
        assertProblem(group.get(URI.create(group.at(2, "/acme/renewal-info/x.y"))), 404, "malformed");
        for (byte[] question : List.of(new byte[] {0x30, 0}, new byte[] {5, 0}, new byte[] {0x30, 2, 0x30, 0})) {
            HttpResponse<byte[]> answer = group.post(group.at(2, "/ca/ocsp"), "application/ocsp-request", question);
            assertThat(answer.statusCode()).isEqualTo(200);
            assertThat(answer.body()).as("malformedRequest (RFC 6960)").containsExactly(0x30, 3, 0x0a, 1, 1);
        }
    }

    private static void assertProblem(HttpResponse<byte[]> answer, int status, String type) throws IOException {
        assertThat(answer.statusCode()).as(text(answer)).isEqualTo(status);
        assertThat(answer.headers().firstValue("Content-Type")).contains("application/problem+json");
        assertThat(AcmeGroup.json(answer).path("type").asText()).isEqualTo("urn:ietf:params:acme:error:" + type);
        assertThat(AcmeGroup.json(answer).path("status").asInt()).isEqualTo(status);
        assertThat(answer.headers().firstValue("Replay-Nonce")).isPresent();
    }
}
