package org.maftia.server.command;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.MessageDigest;
import java.security.Signature;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.x500.RDN;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.ExtensionsGenerator;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.pkcs.jcajce.JcaPKCS10CertificationRequestBuilder;
import org.maftia.server.cluster.Endpoints;
import org.maftia.server.cluster.SecureHttp;

/**
 * Certificates for loopback addresses, ordered by ACME from a cluster that is rehearsed: several clients at once, with accounts of both
 * kinds of keys that clients usually have, so that what is learnt of the code is what a loaded group does.
 */
final class RehearsedOrders implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String CHALLENGES = "/.well-known/acme-challenge/";
    private static final int CLIENTS = 6;
    private static final int LOOK_MILLIS = 30;
    private static final int LOOKS_MAX = 2_000;
    private static final Duration TIMEOUT = Duration.ofSeconds(60);
    private static final int POINT_LENGTH = 32;

    private final HttpServer site;
    private final ConcurrentMap<String, String> answers = new ConcurrentHashMap<>();

    /** Opens the place at which the group will look. */
    RehearsedOrders() throws IOException {
        site = HttpServer.create(new InetSocketAddress(InetAddress.getByName("0.0.0.0"), 0), 0);
        site.createContext(CHALLENGES, exchange -> {
            String token = exchange.getRequestURI().getPath().substring(CHALLENGES.length());
            byte[] body = answers.getOrDefault(token, "").getBytes(StandardCharsets.US_ASCII);
            exchange.sendResponseHeaders(body.length > 0 ? 200 : 404, Math.max(body.length, 1));
            exchange.getResponseBody().write(body.length > 0 ? body : new byte[1]);
            exchange.close();
        });
        site.start();
    }

    /** What the cluster's configuration has to say so that it looks there. */
    List<String> settings() {
        return List.of(
                "authority.validation.httpPort=" + site.getAddress().getPort(),
                "authority.validation.resolver=system",
                "authority.ordersPerHour=100000");
    }

    /**
     * @param root certificate of the cluster
     * @param each certificates for each client
     */
    void order(Endpoints endpoints, Path root, int each) throws IOException, InterruptedException {
        try (HttpClient http = HttpClient.newBuilder()
                        .version(HttpClient.Version.HTTP_1_1)
                        .sslContext(SecureHttp.context(certificate(root)))
                        .build();
                ExecutorService threads = Executors.newFixedThreadPool(CLIENTS)) {
            List<Future<Integer>> all = new ArrayList<>();
            for (int i = 0; i < CLIENTS; i++) {
                int number = i;
                Endpoints.Replica gateway =
                        endpoints.replicas().get(i % endpoints.replicas().size());
                URI directory =
                        URI.create(gateway.https() + endpoints.services().get("acme"));
                all.add(threads.submit(() -> order(new Account(http, directory, number % 2 == 0), number, each)));
            }
            for (Future<Integer> one : all) {
                one.get();
            }
        } catch (ExecutionException e) {
            throw new IOException("a certificate was not issued: " + e.getCause(), e.getCause());
        }
    }

    private static int order(Account account, int number, int count) throws IOException, GeneralSecurityException {
        for (int i = 0; i < count; i++) {
            account.certificate("127.0." + (number + 1) + "." + (i + 1));
        }
        return count;
    }

    private static Certificate certificate(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            return CertificateFactory.getInstance("X.509").generateCertificate(in);
        } catch (CertificateException e) {
            throw new IOException("the group's root is no certificate", e);
        }
    }

    @Override
    public void close() {
        site.stop(0);
    }

    private static KeyPair elliptic() throws GeneralSecurityException {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(new ECGenParameterSpec("secp256r1"));
        return generator.generateKeyPair();
    }

    private static String text(byte[] bytes) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    /** PKCS #10 with a key of its own. */
    private static byte[] request(String address) throws GeneralSecurityException, IOException {
        try {
            KeyPair pair = elliptic();
            ExtensionsGenerator extensions = new ExtensionsGenerator();
            extensions.addExtension(
                    Extension.subjectAlternativeName,
                    false,
                    new GeneralNames(new GeneralName(GeneralName.iPAddress, address)));
            return new JcaPKCS10CertificationRequestBuilder(new X500Name(new RDN[0]), pair.getPublic())
                    .addAttribute(PKCSObjectIdentifiers.pkcs_9_at_extensionRequest, extensions.generate())
                    .build(new JcaContentSignerBuilder("SHA256withECDSA").build(pair.getPrivate()))
                    .getEncoded();
        } catch (OperatorCreationException e) {
            throw new GeneralSecurityException(e);
        }
    }

    /** Of one client; for one thread. */
    private final class Account {
        private final HttpClient http;
        private final JsonNode directory;
        private final boolean elliptic;
        private final KeyPair key;
        private final ObjectNode shown = JSON.createObjectNode();
        private String nonce;
        private String place = "";

        Account(HttpClient http, URI directory, boolean elliptic) throws IOException, GeneralSecurityException {
            this.http = http;
            this.elliptic = elliptic;
            this.key = elliptic
                    ? elliptic()
                    : KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
            show();
            HttpResponse<byte[]> found = sent(HttpRequest.newBuilder(directory));
            this.directory = JSON.readTree(found.body());
            this.nonce = header(found, "Replay-Nonce");
            this.place = header(post(url("newAccount"), "{\"termsOfServiceAgreed\":true}"), "Location");
        }

        /** The members of a JWK in the order of their names, of which the thumbprint is made (RFC 7638). */
        private void show() {
            byte[] written = key.getPublic().getEncoded(); // ends with the point
            int end = written.length;
            if (elliptic) {
                shown.put("crv", "P-256").put("kty", "EC");
                shown.put("x", text(Arrays.copyOfRange(written, end - 2 * POINT_LENGTH, end - POINT_LENGTH)));
                shown.put("y", text(Arrays.copyOfRange(written, end - POINT_LENGTH, end)));
            } else {
                shown.put("crv", "Ed25519").put("kty", "OKP");
                shown.put("x", text(Arrays.copyOfRange(written, end - POINT_LENGTH, end)));
            }
        }

        private String url(String name) {
            return directory.required(name).asText();
        }

        void certificate(String address) throws IOException, GeneralSecurityException {
            ObjectNode wish = JSON.createObjectNode();
            wish.putArray("identifiers").addObject().put("type", "ip").put("value", address);
            HttpResponse<byte[]> made = post(url("newOrder"), wish.toString());
            String order = header(made, "Location");
            prove(JSON.readTree(made.body()).required("authorizations").get(0).asText());
            JsonNode ready = until(order, "ready");
            String csr =
                    JSON.createObjectNode().put("csr", text(request(address))).toString();
            post(ready.required("finalize").asText(), csr);
            post(until(order, "valid").required("certificate").asText(), "");
        }

        private void prove(String authorization) throws IOException, GeneralSecurityException {
            for (JsonNode challenge :
                    JSON.readTree(post(authorization, "").body()).required("challenges")) {
                if (challenge.required("type").asText().equals("http-01")) {
                    String token = challenge.required("token").asText();
                    byte[] written = shown.toString().getBytes(StandardCharsets.UTF_8);
                    byte[] thumbprint = MessageDigest.getInstance("SHA-256").digest(written);
                    answers.put(token, token + "." + text(thumbprint));
                    post(challenge.required("url").asText(), "{}");
                }
            }
        }

        private JsonNode until(String order, String status) throws IOException, GeneralSecurityException {
            for (int i = 0; i < LOOKS_MAX; i++) {
                JsonNode found = JSON.readTree(post(order, "").body());
                if (found.required("status").asText().equals(status)) {
                    return found;
                }
                pause();
            }
            throw new IOException("an order did not become " + status);
        }

        private HttpResponse<byte[]> post(String url, String payload) throws IOException, GeneralSecurityException {
            ObjectNode header = JSON.createObjectNode()
                    .put("alg", elliptic ? "ES256" : "EdDSA")
                    .put("nonce", nonce)
                    .put("url", url);
            if (place.isEmpty()) {
                header.set("jwk", shown);
            } else {
                header.put("kid", place);
            }
            String head = text(header.toString().getBytes(StandardCharsets.UTF_8));
            String body = text(payload.getBytes(StandardCharsets.UTF_8));
            Signature signature = Signature.getInstance(elliptic ? "SHA256withECDSAinP1363Format" : "Ed25519");
            signature.initSign(key.getPrivate());
            signature.update((head + "." + body).getBytes(StandardCharsets.US_ASCII));
            String signed = JSON.createObjectNode()
                    .put("protected", head)
                    .put("payload", body)
                    .put("signature", text(signature.sign()))
                    .toString();
            HttpResponse<byte[]> answer = sent(HttpRequest.newBuilder(URI.create(url))
                    .header("Content-Type", "application/jose+json")
                    .POST(HttpRequest.BodyPublishers.ofString(signed)));
            nonce = header(answer, "Replay-Nonce");
            if (answer.statusCode() >= 300) {
                throw new IOException(url + ": " + new String(answer.body(), StandardCharsets.UTF_8));
            }
            return answer;
        }

        private HttpResponse<byte[]> sent(HttpRequest.Builder request) throws IOException {
            try {
                return http.send(request.timeout(TIMEOUT).build(), HttpResponse.BodyHandlers.ofByteArray());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IOException("the rehearsal was broken off", e);
            }
        }

        private static String header(HttpResponse<byte[]> answer, String name) throws IOException {
            return answer.headers()
                    .firstValue(name)
                    .orElseThrow(() -> new IOException("an answer of " + answer.uri() + " without " + name));
        }

        private static void pause() throws IOException {
            try {
                TimeUnit.MILLISECONDS.sleep(LOOK_MILLIS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IOException("the rehearsal was broken off", e);
            }
        }
    }
}
