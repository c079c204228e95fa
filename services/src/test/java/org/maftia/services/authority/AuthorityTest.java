package org.maftia.services.authority;

import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.jwk.Curve;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.cert.CertificateFactory;
import java.security.cert.X509CRL;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.maftia.core.crypto.Transcript;
import org.maftia.core.replica.Observations;
import org.maftia.core.testing.Attack;
import org.maftia.core.testing.Structures;
import org.maftia.core.wire.Writer;
import org.maftia.services.authority.acme.Problem;

class AuthorityTest {
    private static KeyPair server = new KeyPair(null, null);

    private final TestGroup group = new TestGroup();

    @BeforeAll
    static void makeKey() throws Exception {
        server = elliptic();
    }

    private static KeyPair elliptic() throws Exception {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(256);
        return generator.generateKeyPair();
    }

    private X509Certificate issue(TestClient client, String... names) throws Exception {
        TestGroup.Reply order = group.readyOrder(client, names);
        TestGroup.Reply done = group.post(
                client,
                TestGroup.path(order.json().get("finalize")),
                TestGroup.finalization(TestGroup.request(server, names)));
        assertThat(done.text("status")).isEqualTo("valid");
        TestGroup.Reply chain = group.post(client, TestGroup.path(done.json().get("certificate")), "");
        assertThat(chain.answer().contentType()).isEqualTo("application/pem-certificate-chain");
        List<X509Certificate> certificates = new ArrayList<>();
        for (var one : CertificateFactory.getInstance("X.509")
                .generateCertificates(new ByteArrayInputStream(chain.answer().body()))) {
            certificates.add((X509Certificate) one);
        }
        assertThat(certificates).hasSize(2);
        certificates.get(0).verify(certificates.get(1).getPublicKey());
        assertThat(certificates.get(1).getEncoded()).isEqualTo(group.issuer);
        return certificates.getFirst();
    }

    private static String revocation(X509Certificate certificate, int reason) throws Exception {
        return "{\"certificate\":\""
                + Base64.getUrlEncoder().withoutPadding().encodeToString(certificate.getEncoded()) + "\",\"reason\":"
                + reason + "}";
    }

    @Test
    void aCertificateIsIssuedToEveryKindOfKey() throws Exception {
        for (TestClient client : List.of(
                TestClient.elliptic(),
                TestClient.elliptic(Curve.P_384, JWSAlgorithm.ES384),
                TestClient.rsa(2048, JWSAlgorithm.RS256))) {
            group.register(client);
            X509Certificate certificate = issue(client, "www.example.org", "a.example.org");
            assertThat(certificate.getSubjectAlternativeNames())
                    .extracting(name -> String.valueOf(name.get(1)))
                    .containsExactly("a.example.org", "www.example.org");
            assertThat(certificate.getSerialNumber().bitLength()).isBetween(121, 127);
            assertThat(certificate.getNotBefore().getTime()).isEqualTo(group.timeMicros / 1000 - 3_600_000);
            assertThat(certificate.getNotAfter().getTime()
                            - certificate.getNotBefore().getTime())
                    .isEqualTo(90L * 86_400_000);
            assertThat(certificate.getExtendedKeyUsage()).containsExactly("1.3.6.1.5.5.7.3.1");
        }
    }

    @Test
    void theLastAuthorizationMakesTheOrderReadyInTheSameCommand() throws Exception {
        TestClient client = group.register(TestClient.elliptic());
        TestGroup.Reply order = group.readyOrder(client, "www.example.org");
        TestGroup.Reply read = group.post(client, TestGroup.path(order.answer().location()), "");
        assertThat(read.text("status")).isEqualTo("ready");
    }

    @Test
    void anAuthorizationIsUsedAgainAndEndsAfterEightHours() throws Exception {
        TestClient client = group.register(TestClient.elliptic());
        group.readyOrder(client, "www.example.org");
        TestGroup.Reply again = group.post(client, "/acme/new-order", TestGroup.order("www.example.org"));
        assertThat(again.text("status")).isEqualTo("ready");
        group.timeMicros += 8 * Agreed.HOUR_MICROS;
        TestGroup.Reply late = group.post(
                client,
                TestGroup.path(again.json().get("finalize")),
                TestGroup.finalization(TestGroup.request(server, "www.example.org")));
        assertThat(late.error()).isEqualTo("orderNotReady");
        assertThat(group.post(client, "/acme/new-order", TestGroup.order("www.example.org"))
                        .text("status"))
                .isEqualTo("pending");
    }

    private TestGroup.Asked look(TestClient client) throws Exception {
        TestGroup.Reply order = group.post(client, "/acme/new-order", TestGroup.order("www.example.org"));
        TestGroup.Reply authorization =
                group.post(client, TestGroup.path(order.list("authorizations").getFirst()), "");
        Map<?, ?> challenge = (Map<?, ?>) authorization.list("challenges").getFirst();
        TestGroup.Reply looking = group.post(client, TestGroup.path(challenge.get("url")), "{}");
        assertThat(looking.text("status")).isEqualTo("processing");
        assertThat(looking.answer().up())
                .isEqualTo(String.valueOf(order.list("authorizations").getFirst()));
        return group.looking.removeFirst();
    }

    private String authorizationStatus(TestClient client) throws Exception {
        TestGroup.Reply orders = group.post(client, "/acme/acct/1/orders", "");
        if (orders.list("orders").isEmpty()) {
            return "invalid";
        }
        TestGroup.Reply order =
                group.post(client, TestGroup.path(orders.list("orders").getFirst()), "");
        return group.post(client, TestGroup.path(order.list("authorizations").getFirst()), "")
                .text("status");
    }

    @Test
    @Attack("a corrupted replica says of a name what is not so")
    void oneLiarNeitherApprovesNorBlocks() throws Exception {
        TestClient client = group.register(TestClient.elliptic());
        TestGroup.Asked first = look(client);
        ProbeQuestion question = ProbeQuestion.CODEC.decode(first.bytes());
        assertThat(question.keyAuthorization()).isEqualTo(question.token() + "." + client.thumbprint());
        // Two of four say yes: one of them may lie.
        assertThat(group.votes(first, false, TestGroup.good(), TestGroup.good(), TestGroup.bad()))
                .isFalse();
        assertThat(authorizationStatus(client)).isEqualTo("pending");
        assertThat(group.votes(first, false, TestGroup.good(), TestGroup.good(), TestGroup.bad(), TestGroup.good()))
                .isTrue();
        assertThat(authorizationStatus(client)).isEqualTo("valid");
    }

    @Test
    @Attack("an account shows the wrong key authorization")
    void whatAKernelSeesIsWrongIsRefusedForItsReason() throws Exception {
        TestClient client = group.register(TestClient.elliptic());
        TestGroup.Asked first = look(client);
        assertThat(group.votes(first, false, TestGroup.bad())).isFalse();
        ProbeFinding caa = ProbeFinding.bad(Problem.Kind.CAA, "", "the CAA records do not let this authority");
        assertThat(group.votes(first, false, TestGroup.bad(), caa, caa)).isTrue();
        assertThat(authorizationStatus(client)).isEqualTo("invalid");
        // The two that agree are a kernel; the one before them may have lied.
        assertThat(Verdicts.against(new Observations(
                                Structures.FOUR,
                                first.bytes(),
                                new TreeMap<>(Map.of(
                                        0, ProbeFinding.CODEC.encode(TestGroup.bad()),
                                        1, ProbeFinding.CODEC.encode(caa),
                                        2, ProbeFinding.CODEC.encode(caa))),
                                false))
                        .kind())
                .isEqualTo(Problem.Kind.CAA);
    }

    @Test
    void whereTooFewSeeAnythingTheNameIsRefusedAtTheDeadline() throws Exception {
        TestClient client = group.register(TestClient.elliptic());
        TestGroup.Asked first = look(client);
        assertThat(group.votes(first, false, TestGroup.good(), TestGroup.good()))
                .isFalse();
        assertThat(group.votes(first, true, TestGroup.good(), TestGroup.good())).isTrue();
        assertThat(authorizationStatus(client)).isEqualTo("invalid");
    }

    @Test
    void aGroupThatIsBusyLooksLater() throws Exception {
        TestClient client = group.register(TestClient.elliptic());
        group.busy = true;
        TestGroup.Reply order = group.post(client, "/acme/new-order", TestGroup.order("www.example.org"));
        TestGroup.Reply authorization =
                group.post(client, TestGroup.path(order.list("authorizations").getFirst()), "");
        Map<?, ?> challenge = (Map<?, ?>) authorization.list("challenges").getFirst();
        group.post(client, TestGroup.path(challenge.get("url")), "{}");
        assertThat(group.looking).isEmpty();
        group.busy = false;
        group.timeMicros = group.authority.dueMicros();
        group.tick();
        group.allSee();
        assertThat(authorizationStatus(client)).isEqualTo("valid");
    }

    @Test
    @Attack("a request is sent twice")
    void aNonceIsGoodOnce() throws Exception {
        TestClient client = group.register(TestClient.elliptic());
        byte[] order = client.request("/acme/new-order", TestGroup.order("www.example.org"), group.timeMicros);
        assertThat(group.post(order).answer().status()).isEqualTo(201);
        assertThat(group.post(order).error()).isEqualTo("badNonce");
        group.restart();
        assertThat(group.post(order).error()).isEqualTo("badNonce");
        byte[] old = client.request(
                TestClient.BASE + "/acme/new-order",
                TestGroup.order("www.example.org"),
                TestClient.nonce(group.timeMicros - 600 * Agreed.SECOND_MICROS),
                false);
        assertThat(group.post(old).error()).isEqualTo("badNonce");
        byte[] none = client.request(TestClient.BASE + "/acme/new-order", "{}", null, false);
        assertThat(group.post(none).error()).isEqualTo("badNonce");
        byte[] garbage = client.request(TestClient.BASE + "/acme/new-order", "{}", "nonce", false);
        assertThat(group.post(garbage).error()).isEqualTo("badNonce");
    }

    @Test
    @Attack("a request for one place is used at another")
    void theSignedUrlCounts() throws Exception {
        TestClient client = group.register(TestClient.elliptic());
        byte[] elsewhere =
                client.request("https://evil.example/acme/new-order", "{}", TestClient.nonce(group.timeMicros), false);
        assertThat(group.post(elsewhere).error()).isEqualTo("unauthorized");
        assertThat(group.post(client, "/acme/nothing", "").answer().status()).isEqualTo(404);
    }

    @Test
    @Attack("an account uses another's orders")
    void anAccountSeesAndUsesOnlyItsOwn() throws Exception {
        TestClient one = group.register(TestClient.elliptic());
        TestClient two = group.register(TestClient.elliptic());
        TestGroup.Reply order = group.readyOrder(one, "www.example.org");
        String finalize = TestGroup.path(order.json().get("finalize"));
        String csr = TestGroup.finalization(TestGroup.request(server, "www.example.org"));
        for (String path : List.of(
                TestGroup.path(order.answer().location()),
                TestGroup.path(order.list("authorizations").getFirst()),
                TestGroup.path(one.account))) {
            assertThat(group.post(two, path, "").error()).isEqualTo("unauthorized");
        }
        assertThat(group.post(two, finalize, csr).error()).isEqualTo("unauthorized");
        // Under the name of the first, with the key of the second.
        two.account = one.account;
        assertThat(group.post(two, finalize, csr).error()).isEqualTo("malformed");
    }

    @Test
    void anOrderIsFinalizedOnceAndForItsNamesOnly() throws Exception {
        TestClient client = group.register(TestClient.elliptic());
        TestGroup.Reply pending = group.post(client, "/acme/new-order", TestGroup.order("a.example.org"));
        String early = TestGroup.finalization(TestGroup.request(server, "a.example.org"));
        assertThat(group.post(client, TestGroup.path(pending.json().get("finalize")), early)
                        .error())
                .isEqualTo("orderNotReady");
        TestGroup.Reply order = group.readyOrder(client, "www.example.org");
        String finalize = TestGroup.path(order.json().get("finalize"));
        String other = TestGroup.finalization(TestGroup.request(server, "www.example.org", "evil.example.org"));
        assertThat(group.post(client, finalize, other).error()).isEqualTo("badCSR");
        assertThat(group.post(client, finalize, "{\"csr\":\"AAAA\"}").error()).isEqualTo("badCSR");
        String right = TestGroup.finalization(TestGroup.request(server, "www.example.org"));
        assertThat(group.post(client, finalize, right).text("status")).isEqualTo("valid");
        assertThat(group.post(client, finalize, right).error()).isEqualTo("orderNotReady");
    }

    /** A flood of the public record, or heads that nobody signs, must not be a way to certificates that nobody sees. */
    @Test
    @Attack("a certificate that no public record shows")
    void nothingIsSignedThatThePublicRecordDoesNotTake() throws Exception {
        TestClient client = group.register(TestClient.elliptic());
        TestGroup.Reply order = group.readyOrder(client, "www.example.org");
        String finalize = TestGroup.path(order.json().get("finalize"));
        String request = TestGroup.finalization(TestGroup.request(server, "www.example.org"));
        group.full = true;
        TestGroup.Reply refused = group.post(client, finalize, request);
        assertThat(refused.answer().status()).isEqualTo(429);
        assertThat(refused.error()).isEqualTo("rateLimited");
        assertThat(group.post(client, TestGroup.path(order.answer().location()), "")
                        .text("status"))
                .isEqualTo("ready");
        group.restart();
        group.full = false;
        assertThat(group.recorded).isEmpty();
        assertThat(group.post(client, finalize, request).text("status")).isEqualTo("valid");
        assertThat(group.recorded).hasSize(1);
    }

    @Test
    void anOrderEnds() throws Exception {
        TestClient client = group.register(TestClient.elliptic());
        TestGroup.Reply order = group.post(client, "/acme/new-order", TestGroup.order("www.example.org"));
        group.timeMicros += Orders.ORDER_MICROS;
        assertThat(group.post(client, TestGroup.path(order.answer().location()), "")
                        .text("status"))
                .isEqualTo("invalid");
        TestGroup.Reply ready = group.readyOrder(client, "www.example.org");
        group.timeMicros += Orders.ORDER_MICROS;
        String request = TestGroup.finalization(TestGroup.request(server, "www.example.org"));
        assertThat(group.post(client, TestGroup.path(ready.json().get("finalize")), request)
                        .error())
                .isEqualTo("orderNotReady");
        assertThat(group.recorded).isEmpty();
    }

    /** Whoever has a stolen key would gain by a full record. */
    @Test
    void aRevocationDoesNotWaitForRoomInThePublicRecord() throws Exception {
        TestClient client = group.register(TestClient.elliptic());
        X509Certificate certificate = issue(client, "www.example.org");
        group.full = true;
        assertThat(group.post(client, "/acme/revoke-cert", revocation(certificate, Issued.KEY_COMPROMISE))
                        .answer()
                        .status())
                .isEqualTo(200);
        group.tick();
        assertThat(list(certificate.getSerialNumber().shiftRight(120).intValue())
                        .isRevoked(certificate))
                .isTrue();
    }

    @Test
    @Attack("a stolen key is certified again")
    void aRevokedCertificateIsInTheListAndItsKeyIsRefused() throws Exception {
        TestClient client = group.register(TestClient.elliptic());
        X509Certificate certificate = issue(client, "www.example.org");
        group.tick();
        int shard = certificate.getSerialNumber().shiftRight(120).intValue();
        assertThat(list(shard).getRevokedCertificates()).isNull();
        String wish = revocation(certificate, Issued.KEY_COMPROMISE);
        assertThat(group.post(client, "/acme/revoke-cert", wish).answer().status())
                .isEqualTo(200);
        assertThat(group.post(client, "/acme/revoke-cert", wish).error()).isEqualTo("alreadyRevoked");
        byte[] serial = certificate.getSerialNumber().toByteArray();
        assertThat(group.recorded)
                .as("the certificate, and its revocation once")
                .hasSize(2);
        assertThat(group.recorded.getLast())
                .isEqualTo(new Writer(0)
                        .opaque8(serial)
                        .u8(Issued.KEY_COMPROMISE)
                        .digest(Transcript.sha256(certificate.getEncoded()))
                        .toBytes());
        assertThat(group.authority.dueMicros()).isEqualTo(group.timeMicros);
        group.tick();
        X509CRL list = list(shard);
        list.verify(group.keys.getPublic());
        assertThat(list.isRevoked(certificate)).isTrue();
        assertThat(list.getCriticalExtensionOIDs()).containsExactly("2.5.29.28");
        TestGroup.Reply again = group.readyOrder(client, "www.example.org");
        assertThat(group.post(
                                client,
                                TestGroup.path(again.json().get("finalize")),
                                TestGroup.finalization(TestGroup.request(server, "www.example.org")))
                        .error())
                .isEqualTo("badCSR");
    }

    private X509CRL list(int shard) throws Exception {
        byte[] encoded = group.authority.looks().list(shard).orElseThrow();
        return (X509CRL) CertificateFactory.getInstance("X.509").generateCRL(new ByteArrayInputStream(encoded));
    }

    @Test
    void aRevocationIsGatheredForSecondsAndListsAreFreshEachHour() throws Exception {
        TestClient client = group.register(TestClient.elliptic());
        X509Certificate certificate = issue(client, "www.example.org");
        group.tick();
        assertThat(group.authority.dueMicros()).isEqualTo(group.timeMicros + Agreed.HOUR_MICROS);
        group.post(client, "/acme/revoke-cert", revocation(certificate, 4));
        assertThat(group.authority.dueMicros()).isEqualTo(group.timeMicros + 5 * Agreed.SECOND_MICROS);
        assertThat(group.post(client, "/acme/revoke-cert", revocation(certificate, 2))
                        .error())
                .isEqualTo("badRevocationReason");
    }

    @Test
    @Attack("a certificate is revoked by who has no part in it")
    void aCertificateIsRevokedByItsKeyOrWhoControlsItsNames() throws Exception {
        TestClient owner = group.register(TestClient.elliptic());
        TestClient other = group.register(TestClient.elliptic());
        X509Certificate certificate = issue(owner, "www.example.org", "a.example.org");
        String wish = revocation(certificate, 0);
        assertThat(group.post(other, "/acme/revoke-cert", wish).error()).isEqualTo("unauthorized");
        group.readyOrder(other, "www.example.org");
        assertThat(group.post(other, "/acme/revoke-cert", wish).error()).isEqualTo("unauthorized");
        group.readyOrder(other, "a.example.org");
        assertThat(group.post(other, "/acme/revoke-cert", wish).answer().status())
                .isEqualTo(200);
        TestClient stranger = TestClient.elliptic();
        assertThat(group.post(stranger, "/acme/revoke-cert", wish).error()).isEqualTo("unauthorized");
    }

    @Test
    void whenToRenewIsInTheLastThirdOrAtOnce() throws Exception {
        TestClient client = group.register(TestClient.elliptic());
        X509Certificate certificate = issue(client, "www.example.org");
        String listed = new String(group.authority.looks().newest(10), StandardCharsets.UTF_8);
        String name = listed.replaceAll(".*\"renewalInfo\":\"([^\"]*)\".*", "$1");
        byte[] serial = certificate.getSerialNumber().toByteArray();
        assertThat(name).endsWith("." + Base64.getUrlEncoder().withoutPadding().encodeToString(serial));
        String window = new String(group.authority.looks().renewal(name).orElseThrow(), StandardCharsets.UTF_8);
        long start = certificate.getNotBefore().getTime() + 60L * 86_400_000;
        assertThat(window).contains("\"start\":\"" + Instant.ofEpochMilli(start) + "\"");
        String wish =
                "{\"identifiers\":[{\"type\":\"dns\",\"value\":\"www.example.org\"}],\"replaces\":\"" + name + "\"}";
        TestGroup.Reply next = group.post(client, "/acme/new-order", wish);
        assertThat(next.text("replaces")).isEqualTo(name);
        group.post(
                client,
                TestGroup.path(next.json().get("finalize")),
                TestGroup.finalization(TestGroup.request(server, "www.example.org")));
        TestGroup.Reply twice = group.post(client, "/acme/new-order", wish);
        assertThat(twice.error()).isEqualTo("alreadyReplaced");
        assertThat(twice.answer().status()).isEqualTo(409);
        group.post(client, "/acme/revoke-cert", revocation(certificate, 0));
        String now = new String(group.authority.looks().renewal(name).orElseThrow(), StandardCharsets.UTF_8);
        assertThat(now).contains("\"start\":\"" + certificate.getNotBefore().toInstant() + "\"");
        assertThat(group.authority.looks().renewal("AA.AA")).isEmpty();
    }

    @Test
    void tooManyOrdersOfAnHourAreRefusedUntilTheNext() throws Exception {
        TestClient client = group.register(TestClient.elliptic());
        for (int i = 0; i < 20; i++) {
            assertThat(group.post(client, "/acme/new-order", TestGroup.order("a" + i + ".example.org"))
                            .answer()
                            .status())
                    .isEqualTo(201);
        }
        TestGroup.Reply refused = group.post(client, "/acme/new-order", TestGroup.order("b.example.org"));
        assertThat(refused.answer().status()).isEqualTo(429);
        assertThat(refused.error()).isEqualTo("rateLimited");
        assertThat(refused.answer().retryAfterSeconds()).isBetween(1L, 3_601L);
        group.timeMicros += Agreed.HOUR_MICROS;
        assertThat(group.post(client, "/acme/new-order", TestGroup.order("b.example.org"))
                        .answer()
                        .status())
                .isEqualTo(201);
    }

    @Test
    @Attack("non-determinism")
    void twoReplicasGiveTheSameBytesAcrossASnapshot() throws Exception {
        TestClient client = group.register(TestClient.elliptic());
        issue(client, "a.example.org");
        TestGroup.Asked open = look(client);
        var before = group.authority.root();
        group.restart();
        assertThat(group.authority.root()).isEqualTo(before);
        group.votes(open, false, TestGroup.good(), TestGroup.good(), TestGroup.good());
        X509Certificate later = issue(client, "b.example.org");
        assertThat(later.getSubjectX500Principal().getName()).isEqualTo("CN=b.example.org");
    }

    @Test
    void namesOutsideThePolicyAreRefused() throws JOSEException, Exception {
        TestGroup strict = new TestGroup(false, false, List.of("example.org"), List.of());
        TestClient client = strict.register(TestClient.elliptic());
        assertThat(strict.post(client, "/acme/new-order", TestGroup.order("www.example.com"))
                        .error())
                .isEqualTo("rejectedIdentifier");
        assertThat(strict.post(client, "/acme/new-order", TestGroup.order("www.example.org"))
                        .text("status"))
                .isEqualTo("pending");
        assertThat(group.post(
                                group.register(TestClient.elliptic()),
                                "/acme/new-order",
                                TestGroup.order("a.forbidden.example"))
                        .error())
                .isEqualTo("rejectedIdentifier");
    }
}
