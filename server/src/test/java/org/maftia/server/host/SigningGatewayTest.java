package org.maftia.server.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.InvalidKeyException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.Provider;
import java.security.PublicKey;
import java.security.Security;
import java.security.Signature;
import java.security.SignatureException;
import java.security.cert.Certificate;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.PSSParameterSpec;
import java.security.spec.X509EncodedKeySpec;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;
import org.bouncycastle.openssl.PEMParser;
import org.bouncycastle.operator.jcajce.JcaContentVerifierProviderBuilder;
import org.bouncycastle.pkcs.PKCS10CertificationRequest;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.maftia.client.jca.MaftiaProvider;
import org.maftia.core.crypto.RsaHash;
import org.maftia.core.testing.Attack;
import org.maftia.server.ceremony.KeyAudit;
import org.maftia.server.ceremony.KeyEntry;
import org.maftia.services.jose.StrictJson;
import org.maftia.services.signing.CallerKey;
import org.maftia.services.signing.SigningCommand;
import org.maftia.services.signing.SigningPolicy;

/** Signatures for others end to end: real replicas of which one lies, Vault's interface, and Java's own tools. */
class SigningGatewayTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final byte[] MESSAGE = "what is released".getBytes(StandardCharsets.UTF_8);

    @TempDir
    private static Path world;

    private static SigningGroup group;

    @BeforeAll
    static void start() throws Exception {
        group = new SigningGroup(world);
    }

    @AfterAll
    static void stop() {
        group.close();
    }

    private static String base64(byte[] bytes) {
        return Base64.getEncoder().encodeToString(bytes);
    }

    private static HttpResponse<String> vault(int replica, String path, String token, String body) throws Exception {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(group.at(replica, "/v1/" + path)).PUT(HttpRequest.BodyPublishers.ofString(body));
        return group.send(token.isEmpty() ? request : request.header("X-Vault-Token", token));
    }

    private static HttpResponse<String> vault(String path, String body) throws Exception {
        return vault(1, path, SigningGroup.TOKEN, body);
    }

    private static JsonNode get(String path) throws Exception {
        return JSON.readTree(
                group.send(HttpRequest.newBuilder(group.at(2, "/v1/" + path))).body());
    }

    private static PublicKey publicKey(String name) throws Exception {
        String pem = get("transit/keys/" + name)
                .path("data")
                .path("keys")
                .path("1")
                .path("public_key")
                .textValue();
        return KeyFactory.getInstance("RSA")
                .generatePublic(new X509EncodedKeySpec(
                        Base64.getDecoder().decode(pem.replaceAll("-----[A-Z ]+-----|\\s", ""))));
    }

    private static boolean accepts(PublicKey key, boolean pss, String hash, byte[] signature) throws Exception {
        Signature verifier = Signature.getInstance(pss ? "RSASSA-PSS" : hash.replace("-", "") + "withRSA");
        if (pss) {
            verifier.setParameter(new PSSParameterSpec(
                    hash,
                    "MGF1",
                    new MGF1ParameterSpec(hash),
                    RsaHash.SHA256.length(),
                    PSSParameterSpec.TRAILER_FIELD_BC));
        }
        verifier.initVerify(key);
        verifier.update(MESSAGE);
        return verifier.verify(signature);
    }

    @Test
    void theKeysForOthersAreListedAndAuditedAsAllOthers() {
        assertThat(group.transcript().catalogue())
                .filteredOn(key -> key.service().equals("signing"))
                .allSatisfy(key -> assertThat(key.jwk().has("alg")).isFalse())
                .extracting(KeyEntry::id, KeyEntry::padding)
                .containsExactly(tuple("sign-release", "PKCS1_DIGEST"), tuple("sign-door", "PSS_DIGEST"));
        assertThat(KeyAudit.of(group.transcript(), Instant.now()).findings())
                .filteredOn(finding -> !finding.holds() && finding.sentence().contains("sign-"))
                .extracting(KeyAudit.Finding::sentence)
                .containsExactlyInAnyOrder(
                        "key sign-release, epoch 0, has 1024 bits, which is too short",
                        "key sign-door, epoch 0, has 1024 bits, which is too short");
    }

    /** As sigstore's client for Vault asks, with a digest; and as others do, with the message. */
    @Test
    void clientsOfVaultSignAndVerify() throws Exception {
        assertThat(get("sys/health").path("initialized").booleanValue()).isTrue();
        assertThat(get("transit/keys").path("data").path("keys").toString()).isEqualTo("[\"release\",\"door\"]");
        JsonNode key = get("transit/keys/release").path("data");
        assertThat(key.path("latest_version").intValue()).isEqualTo(1);
        assertThat(key.path("keys").path("1").path("name").textValue()).isEqualTo("rsa-1024");
        String digest = base64(RsaHash.SHA384.digest(MESSAGE));
        HttpResponse<String> signed = vault(
                "transit/sign/release/sha2-384",
                "{\"input\":\"" + digest
                        + "\",\"prehashed\":true,\"key_version\":\"0\",\"signature_algorithm\":\"pkcs1v15\"}");
        assertThat(signed.statusCode()).as(signed.body()).isEqualTo(200);
        String signature =
                JSON.readTree(signed.body()).path("data").path("signature").textValue();
        assertThat(signature).startsWith("vault:v1:");
        assertThat(accepts(
                        publicKey("release"),
                        false,
                        "SHA-384",
                        Base64.getDecoder().decode(signature.substring("vault:v1:".length()))))
                .isTrue();
        HttpResponse<String> plain =
                vault(3, "transit/sign/door", SigningGroup.TOKEN, "{\"input\":\"" + base64(MESSAGE) + "\"}");
        String pss = JSON.readTree(plain.body()).path("data").path("signature").textValue();
        assertThat(accepts(
                        publicKey("door"),
                        true,
                        "SHA-256",
                        Base64.getDecoder().decode(pss.substring("vault:v1:".length()))))
                .isTrue();
        String verify = "{\"input\":\"" + digest + "\",\"prehashed\":true,\"signature_algorithm\":\"pkcs1v15\","
                + "\"signature\":\"" + signature + "\"}";
        assertThat(isValid(vault("transit/verify/release/sha2-384", verify))).isTrue();
        assertThat(isValid(vault("transit/verify/release/sha2-384", verify.replace("pkcs1v15", "pss"))))
                .isFalse();
        assertThat(isValid(vault("transit/verify/release/sha2-384", verify.replace(signature, pss))))
                .isFalse();
    }

    /** As hvac and the command line of Vault ask: what is there, who one is, and values as texts. */
    @Test
    void clientsOfVaultFindOutWhereTheyAre() throws Exception {
        assertThat(get("sys/init").path("initialized").booleanValue()).isTrue();
        assertThat(get("sys/seal-status").path("sealed").booleanValue()).isFalse();
        HttpResponse<String> names = group.send(HttpRequest.newBuilder(group.at(1, "/v1/transit/keys"))
                .method("LIST", HttpRequest.BodyPublishers.noBody()));
        assertThat(names.body()).contains("[\"release\",\"door\"]");
        HttpResponse<String> own = group.send(HttpRequest.newBuilder(group.at(1, "/v1/auth/token/lookup-self"))
                .header("X-Vault-Token", SigningGroup.TOKEN));
        assertThat(JSON.readTree(own.body()).path("data").path("policies").toString())
                .isEqualTo("[\"release\",\"door\"]");
        assertThat(own.body()).doesNotContain(SigningGroup.TOKEN);
        HttpResponse<String> other = group.send(HttpRequest.newBuilder(group.at(1, "/v1/auth/token/lookup-self"))
                .header("X-Vault-Token", "x"));
        assertError(403, other, "somebody else's token");
        String digest = base64(RsaHash.SHA256.digest(MESSAGE));
        assertThat(vault(
                                "transit/sign/release",
                                "{\"name\":\"release\",\"context\":\"\",\"input\":\"" + digest
                                        + "\",\"prehashed\":\"true\",\"signature_algorithm\":\"pkcs1v15\"}")
                        .statusCode())
                .isEqualTo(200);
    }

    private static boolean isValid(HttpResponse<String> response) throws Exception {
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        return JSON.readTree(response.body()).path("data").path("valid").booleanValue();
    }

    @Attack("signing: who is no caller of a key asks")
    @Test
    void whoHasNoTokenOfTheKeyGetsNothing() throws Exception {
        String body = "{\"input\":\"" + base64(MESSAGE) + "\",\"signature_algorithm\":\"pkcs1v15\"}";
        for (String token : List.of("", "x", SigningGroup.TOKEN.toLowerCase(java.util.Locale.ROOT), "y".repeat(300))) {
            HttpResponse<String> answer = vault(1, "transit/sign/release", token, body);
            assertThat(answer.statusCode()).isEqualTo(403);
            assertThat(answer.body()).isEqualTo("{\"errors\":[\"permission denied\"]}");
        }
        assertThat(vault("transit/sign/none", body).statusCode()).isEqualTo(400);
        assertThat(group.send(HttpRequest.newBuilder(group.at(1, "/v1/transit/keys/none")))
                        .statusCode())
                .isEqualTo(404);
        assertThat(vault("transit/keys/none", "{\"type\":\"rsa-3072\"}").statusCode())
                .isEqualTo(400);
        assertThat(group.send(HttpRequest.newBuilder(group.at(1, "/v1/secret/data/x")))
                        .statusCode())
                .isEqualTo(404);
    }

    @Attack("signing: malformed requests")
    @Test
    void nonsenseIsAnsweredInTheFormOfVault() throws Exception {
        String input = "\"input\":\"" + base64(MESSAGE) + "\"";
        List<String> bodies = List.of(
                "",
                "{",
                "[]",
                "null",
                "{}",
                "{\"input\":7}",
                "{\"input\":\"***\"}",
                "{" + input + "}",
                "{" + input + "," + input + ",\"signature_algorithm\":\"pkcs1v15\"}",
                "{" + input + ",\"signature_algorithm\":\"PKCS1\"}",
                "{" + input + ",\"signature_algorithm\":\"pkcs1v15\",\"prehashed\":true}",
                "{" + input + ",\"signature_algorithm\":\"pkcs1v15\",\"prehashed\":\"yes\"}",
                "{" + input + ",\"signature_algorithm\":\"pkcs1v15\",\"key_version\":2}",
                "{" + input + ",\"signature_algorithm\":\"pkcs1v15\",\"key_version\":-1}",
                "{" + input + ",\"signature_algorithm\":\"pkcs1v15\",\"key_version\":[]}",
                "{" + input + ",\"signature_algorithm\":\"pkcs1v15\",\"salt_length\":\"7\"}",
                "{" + input + ",\"signature_algorithm\":\"pkcs1v15\",\"hash_algorithm\":\"sha1\"}",
                "{" + input + ",\"signature_algorithm\":\"pkcs1v15\",\"batch_input\":[]}",
                "{" + input + ",\"signature_algorithm\":\"pkcs1v15\",\"name\":\"door\"}",
                "{" + input + ",\"signature_algorithm\":\"pkcs1v15\",\"context\":\"AAAA\"}",
                "{" + input + ",\"signature_algorithm\":\"pkcs1v15\",\"signature\":\"vault:v1:AAAA\"}",
                "{" + input + ",\"signature_algorithm\":\"pkcs1v15\"} x",
                "[".repeat(2_000),
                "\u0000\u0001");
        for (String body : bodies) {
            assertError(400, vault("transit/sign/release", body), body);
        }
        for (String signature : List.of("", "vault:v2:AAAA", "vault:v1:*", "vault:v1:" + "A".repeat(4_000))) {
            String body = "{" + input + ",\"signature\":\"" + signature + "\"}";
            assertError(400, vault("transit/verify/release", body), body);
        }
        assertError(400, vault("transit/sign/release/md5", "{" + input + "}"), "hash in the address");
        assertError(
                400,
                vault("transit/sign/door/sha2-512", "{" + input + "}"),
                "a hash that the policy of the key does not name");
        assertError(413, vault("transit/sign/release", "{\"input\":\"" + "A".repeat(200_000) + "\"}"), "too long");
    }

    private static void assertError(int status, HttpResponse<String> answer, String what) throws Exception {
        assertThat(answer.statusCode()).as(what).isEqualTo(status);
        JsonNode errors = JSON.readTree(answer.body()).path("errors");
        assertThat(errors.isArray() && errors.size() == 1 && errors.get(0).isTextual())
                .as(answer.body())
                .isTrue();
    }

    /** What a program that proves its commands itself sends, and what becomes of it elsewhere, again, and altered. */
    @Attack("signing: a request is brought again, late, or through another gateway")
    @Test
    void aProofIsOfUseOnceAndForOneGateway() throws Exception {
        CallerKey caller = CallerKey.ofToken(SigningGroup.TOKEN.getBytes(StandardCharsets.UTF_8));
        byte[] digest = RsaHash.SHA256.digest(MESSAGE);
        SigningCommand.Request request = new SigningCommand.Request(
                "release",
                false,
                RsaHash.SHA256,
                digest,
                caller.publicKey(),
                2,
                TimeUnit.MILLISECONDS.toMicros(System.currentTimeMillis()));
        var modulus = group.transcript()
                .key(SigningPolicy.keyId("release"))
                .scheme()
                .key()
                .modulus();
        SigningCommand command = SigningCommand.proved(request, SigningPolicy.publicKey(modulus), caller);
        assertThat(prove(1, command, digest).statusCode()).as("another gateway").isEqualTo(409);
        assertThat(prove(2, command, RsaHash.SHA256.digest(digest)).statusCode())
                .isEqualTo(403);
        HttpResponse<String> signed = prove(2, command, digest);
        assertThat(signed.statusCode()).as(signed.body()).isEqualTo(200);
        assertThat(prove(2, command, digest).statusCode()).as("again").isEqualTo(409);
    }

    private static HttpResponse<String> prove(int replica, SigningCommand command, byte[] digest) throws Exception {
        SigningCommand.Request request = command.request();
        byte[] body = StrictJson.bytes(StrictJson.create()
                .put("padding", "pkcs1v15")
                .put("hash", "sha2-256")
                .put("digest", StrictJson.base64(digest))
                .put("caller", StrictJson.base64(request.caller()))
                .put("gateway", request.gateway())
                .put("time", request.timeMicros())
                .put("proof", StrictJson.base64(command.proof())));
        return group.send(HttpRequest.newBuilder(group.at(replica, "/signing/keys/release"))
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofByteArray(body)));
    }

    private static Provider provider() throws Exception {
        return new MaftiaProvider().configure(group.properties().toString());
    }

    private static KeyStore store(Provider provider, char @Nullable [] password) throws Exception {
        KeyStore store = KeyStore.getInstance(MaftiaProvider.STORE, provider);
        store.load(null, password);
        return store;
    }

    @Test
    void theKeyStoreGivesHandlesThatSignAndNothingElse() throws Exception {
        Provider provider = provider();
        KeyStore store = store(provider, SigningGroup.TOKEN.toCharArray());
        assertThat(Collections.list(store.aliases())).containsExactly("door", "release");
        Certificate[] chain = store.getCertificateChain("release");
        chain[0].verify(chain[1].getPublicKey());
        PrivateKey handle = (PrivateKey) store.getKey("release", null);
        assertThat(handle.getEncoded()).isNull();
        for (RsaHash hash : RsaHash.values()) {
            Signature signer = Signature.getInstance(hash.algorithm().replace("-", "") + "withRSA", provider);
            signer.initSign(handle);
            signer.update(MESSAGE);
            assertThat(accepts(chain[0].getPublicKey(), false, hash.algorithm(), signer.sign()))
                    .isTrue();
        }
        Signature pss = Signature.getInstance("RSASSA-PSS", provider);
        assertThatThrownBy(() -> pss.initSign(handle)).isInstanceOf(InvalidKeyException.class);
        PrivateKey door = (PrivateKey) store.getKey("door", null);
        pss.initSign(door);
        pss.update(MESSAGE);
        assertThat(accepts(store.getCertificate("door").getPublicKey(), true, "SHA-256", pss.sign()))
                .isTrue();
        Signature sha256 = Signature.getInstance("SHA256withRSA", provider);
        for (String password : List.of("", "a wrong token")) {
            sha256.initSign((PrivateKey) store(provider, password.isEmpty() ? null : password.toCharArray())
                    .getKey("release", null));
            sha256.update(MESSAGE);
            assertThatThrownBy(sha256::sign).isInstanceOf(SignatureException.class);
        }
        assertThatThrownBy(() -> store.deleteEntry("release")).hasMessageContaining("ceremony");
        try (ByteArrayInputStream file = new ByteArrayInputStream(Files.readAllBytes(group.properties()))) {
            KeyStore other = KeyStore.getInstance(MaftiaProvider.STORE, new MaftiaProvider());
            other.load(file, null);
            assertThat(other.size()).isEqualTo(2);
        }
    }

    /** The handshake of a server of the JDK, which looks for a provider that takes the key. */
    @Test
    void aTlsServerShakesHandsWithAHandle() throws Exception {
        Provider provider = provider();
        Security.addProvider(provider);
        try {
            KeyManagerFactory keys = KeyManagerFactory.getInstance("NewSunX509");
            char[] token = SigningGroup.TOKEN.toCharArray();
            keys.init(store(provider, token), token);
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(keys.getKeyManagers(), null, null);
            try (SSLServerSocket server = (SSLServerSocket)
                    context.getServerSocketFactory().createServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
                CompletableFuture<Void> served = CompletableFuture.runAsync(() -> serve(server));
                try (SSLSocket client =
                        (SSLSocket) group.tls().getSocketFactory().createSocket("localhost", server.getLocalPort())) {
                    SSLParameters parameters = client.getSSLParameters();
                    parameters.setEndpointIdentificationAlgorithm("HTTPS");
                    client.setSSLParameters(parameters);
                    assertThat(client.getInputStream().readAllBytes()).isEqualTo(MESSAGE);
                    assertThat(client.getSession().getProtocol()).isEqualTo("TLSv1.3");
                    assertThat(client.getSession().getPeerCertificates()[0].getPublicKey())
                            .isEqualTo(publicKey("door"));
                }
                served.get(30, TimeUnit.SECONDS);
            }
        } finally {
            Security.removeProvider(provider.getName());
        }
    }

    private static void serve(SSLServerSocket server) {
        try (SSLSocket socket = (SSLSocket) server.accept()) {
            socket.getOutputStream().write(MESSAGE);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void keytoolAndJarsignerUseTheKeyAsAnyOther() throws Exception {
        String request = tool("keytool", "-certreq", "-alias", "release");
        PKCS10CertificationRequest asked = (PKCS10CertificationRequest)
                new PEMParser(new StringReader(request.substring(request.indexOf("-----BEGIN")))).readObject();
        assertThat(asked.isSignatureValid(
                        new JcaContentVerifierProviderBuilder().build(asked.getSubjectPublicKeyInfo())))
                .isTrue();
        Path jar = world.resolve("program.jar");
        try (ZipOutputStream out = new ZipOutputStream(Files.newOutputStream(jar))) {
            out.putNextEntry(new ZipEntry("program.txt"));
            out.write(MESSAGE);
        }
        assertThat(tool("jarsigner", jar.toString(), "release")).contains("jar signed");
        try (JarFile signed = new JarFile(jar.toFile(), true)) {
            JarEntry entry = signed.getJarEntry("program.txt");
            assertThat(signed.getInputStream(entry).readAllBytes()).isEqualTo(MESSAGE);
            assertThat(entry.getCodeSigners()).hasSize(1);
            assertThat(entry.getCertificates()[0].getPublicKey()).isEqualTo(publicKey("release"));
        }
    }

    /** Runs a tool of the JDK, as its manual says. */
    private static String tool(String name, String... words) throws Exception {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", name).toString());
        command.addAll(List.of("-keystore", "NONE", "-storetype", "MAFTIA", "-storepass", SigningGroup.TOKEN));
        command.addAll(List.of("-providerClass", MaftiaProvider.class.getName()));
        command.addAll(List.of("-providerArg", group.properties().toString()));
        command.addAll(List.of("-providerPath", System.getProperty("java.class.path")));
        command.addAll(List.of(words));
        Path console = world.resolve(name + ".txt");
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(console.toFile())
                .start();
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        String text = Files.readString(console);
        assertThat(process.exitValue()).as(text).isZero();
        return text;
    }
}
