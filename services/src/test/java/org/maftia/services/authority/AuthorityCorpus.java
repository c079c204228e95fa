package org.maftia.services.authority;

import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jose.JWSAlgorithm;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1Encoding;
import org.bouncycastle.asn1.ASN1Primitive;
import org.bouncycastle.asn1.ASN1Sequence;
import org.bouncycastle.asn1.DERBitString;
import org.bouncycastle.asn1.DEROctetString;
import org.bouncycastle.asn1.DERSequence;
import org.bouncycastle.asn1.ocsp.OCSPObjectIdentifiers;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.Extensions;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cert.ocsp.CertificateID;
import org.bouncycastle.cert.ocsp.OCSPReqBuilder;
import org.bouncycastle.operator.jcajce.JcaDigestCalculatorProviderBuilder;
import org.maftia.core.crypto.Ed25519Certifier;
import org.maftia.core.crypto.Ed25519Signature;
import org.maftia.core.crypto.RsaEncoding;
import org.maftia.core.replica.Drawing;
import org.maftia.core.replica.StateMachine;
import org.maftia.core.replica.TrialKey;
import org.maftia.core.wire.Digest;
import org.maftia.services.log.LogCorpus;
import org.maftia.services.log.TransparencyLog;
import org.maftia.services.testing.Corpus;
import org.maftia.services.testing.Trial;

/** Accounts order, validate, renew and revoke certificates; hostile clients sign whatever they send. */
public final class AuthorityCorpus implements Corpus {
    private static final byte[] OFFICER = new byte[Ed25519Certifier.PRIVATE_KEY_LENGTH];
    private static final TestGroup GROUP = new TestGroup();

    /** A hostile authority looks after so long at the latest. */
    private static final long LOOK_MICROS = 16_000_000;

    /** It refuses one good nonce in twenty; so many in a row it does not. */
    private static final int TRIES_MAX = 20;

    /** What becomes of some of the honest ones. */
    private static final List<String> REFUSED = List.of("alreadyRevoked", "orderNotReady");

    private TestClient client;
    private final KeyPair pair;
    private final boolean hostile;

    public AuthorityCorpus() {
        this(false);
    }

    /** @param hostile whether the authority makes it hard for its clients */
    public AuthorityCorpus(boolean hostile) {
        this.hostile = hostile;
        try {
            client = TestClient.elliptic();
            KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(256);
            pair = generator.generateKeyPair();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    private AuthorityPolicy policy() {
        return new AuthorityPolicy(
                Digest.ZERO,
                List.of(TestClient.BASE, "https://other.example"),
                TestGroup.PLAIN,
                List.of(Ed25519Certifier.publicKey(OFFICER)),
                false,
                List.of(),
                List.of("forbidden.example"),
                1_000,
                90,
                hostile);
    }

    @Override
    public String service() {
        return Authority.NAME;
    }

    @Override
    public SortedMap<String, StateMachine> services() {
        SortedMap<String, StateMachine> services = new TreeMap<>();
        services.put(Authority.NAME, new Authority(TestGroup.KEY, GROUP.issuer, policy()));
        services.put(TransparencyLog.NAME, LogCorpus.log());
        return services;
    }

    @Override
    public SortedMap<String, TrialKey> keys() {
        SortedMap<String, TrialKey> keys = new TreeMap<>();
        keys.put(TestGroup.KEY, new TrialKey(TestGroup.KEY, RsaEncoding.PKCS1_SHA256));
        keys.put(Drawing.KEY_ID, new TrialKey(Drawing.KEY_ID, RsaEncoding.PKCS1_SHA256, 48));
        return keys;
    }

    @Override
    public byte[] sight(byte[] question) {
        return ProbeFinding.CODEC.encode(TestGroup.good());
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static byte[] post(byte[] jws) {
        return AuthorityCommand.CODEC.encode(new AuthorityCommand.Post(jws));
    }

    /** A good request, with bad payloads and bad headers before it. */
    private TestGroup.Reply post(Trial trial, String path, byte[] content, UnaryOperator<byte[]> payload)
            throws Exception {
        trial.harass(
                1,
                client.header(path, trial.timeMicros()),
                header -> post(client.signedAnyhow(header, payload.apply(content))));
        TestGroup.Reply reply = patient(trial, path, content, payload);
        assertThat(reply.answer().status())
                .as(path + " " + reply.json())
                .matches(status -> status < 300 || status < 500 && REFUSED.contains(reply.error()));
        return reply;
    }

    private TestGroup.Reply patient(Trial trial, String path, byte[] content, UnaryOperator<byte[]> payload)
            throws Exception {
        TestGroup.Reply reply = given(trial, path, content, payload);
        for (int tries = 1; hostile && reply.error().equals("badNonce") && tries < TRIES_MAX; tries++) {
            reply = given(trial, path, content, payload);
        }
        return reply;
    }

    private TestGroup.Reply given(Trial trial, String path, byte[] content, UnaryOperator<byte[]> payload)
            throws Exception {
        byte[] answer = trial.order(
                0,
                content,
                bytes -> post(client.signedAnyhow(client.header(path, trial.timeMicros()), payload.apply(bytes))));
        return TestGroup.reply(Objects.requireNonNull(answer, path));
    }

    private TestGroup.Reply post(Trial trial, String path, String payload) throws Exception {
        return post(trial, path, utf8(payload), UnaryOperator.identity());
    }

    private void register(Trial trial) throws Exception {
        client.account = null;
        TestGroup.Reply reply = post(trial, "/acme/new-account", "{\"contact\":[\"mailto:a@b.example\"]}");
        client.account = reply.answer().location();
    }

    @Override
    public void run(Trial trial) throws Exception {
        register(trial);
        post(trial, TestGroup.path(client.account), "{\"contact\":[\"mailto:c@d.example\",\"mailto:e@f.example\"]}");
        post(trial, TestGroup.path(client.account) + "/orders", "");
        X509Certificate certificate = certificate(trial, "www.example.com", "*.example.com", "192.0.2.1");
        ask(trial, certificate);
        renewed(trial, certificate);
        revoke(trial, certificate);
        ask(trial, certificate);
        trial.pass(7_200_000_000L);
        officers(trial);
        changeKey(trial);
        abandoned(trial);
        trial.pass(100L * 86_400_000_000L);
        client = TestClient.rsa(2_048, JWSAlgorithm.RS256);
        register(trial);
        post(trial, TestGroup.path(client.account), "{\"status\":\"deactivated\"}");
    }

    private static String order(String more, String... names) {
        return TestGroup.order(names)
                .replace("\"dns\",\"value\":\"192", "\"ip\",\"value\":\"192")
                .replace("]}", "]" + more + "}");
    }

    private X509Certificate certificate(Trial trial, String... names) throws Exception {
        TestGroup.Reply order = post(trial, "/acme/new-order", order(",\"profile\":\"classic\"", names));
        for (Object url : order.list("authorizations")) {
            TestGroup.Reply authorization = post(trial, TestGroup.path(url), "");
            Map<?, ?> challenge = (Map<?, ?>) authorization.list("challenges").getFirst();
            post(trial, TestGroup.path(challenge.get("url")), "{}");
        }
        if (hostile) {
            trial.pass(LOOK_MICROS);
        }
        post(trial, TestGroup.path(order.answer().location()), "");
        byte[] request = TestGroup.request(
                pair,
                new GeneralName(GeneralName.dNSName, "www.example.com"),
                new GeneralName(GeneralName.dNSName, "*.example.com"),
                new GeneralName(GeneralName.iPAddress, "192.0.2.1"));
        ASN1Primitive info = ASN1Sequence.getInstance(request).getObjectAt(0).toASN1Primitive();
        TestGroup.Reply issued = post(
                trial,
                TestGroup.path(order.text("finalize")),
                info.getEncoded(ASN1Encoding.DER),
                bytes -> utf8(TestGroup.finalization(signed(bytes))));
        TestGroup.Reply chain = post(trial, TestGroup.path(issued.text("certificate")), "");
        return (X509Certificate) CertificateFactory.getInstance("X.509")
                .generateCertificate(new ByteArrayInputStream(chain.answer().body()));
    }

    /** A request for a certificate that states anything, signed with its key. */
    private byte[] signed(byte[] info) {
        try {
            Signature signer = Signature.getInstance("SHA256withECDSA");
            signer.initSign(pair.getPrivate());
            signer.update(info);
            ASN1Sequence pattern = ASN1Sequence.getInstance(TestGroup.request(pair, "www.example.com"));
            return new DERSequence(new ASN1Encodable[] {
                        ASN1Primitive.fromByteArray(info), pattern.getObjectAt(1), new DERBitString(signer.sign())
                    })
                    .getEncoded(ASN1Encoding.DER);
        } catch (IOException | RuntimeException e) {
            return info;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private void ask(Trial trial, X509Certificate certificate) throws Exception {
        CertificateID name = new CertificateID(
                new JcaDigestCalculatorProviderBuilder().build().get(CertificateID.HASH_SHA1),
                new X509CertificateHolder(GROUP.issuer),
                certificate.getSerialNumber());
        byte[] plain = new OCSPReqBuilder().addRequest(name).build().getEncoded();
        trial.order(0, plain, AuthorityCorpus::asking);
        Extension nonce = new Extension(
                OCSPObjectIdentifiers.id_pkix_ocsp_nonce, false, new DEROctetString(new byte[16]).getEncoded());
        byte[] own = new OCSPReqBuilder()
                .addRequest(name)
                .setRequestExtensions(new Extensions(nonce))
                .build()
                .getEncoded();
        trial.order(0, own, AuthorityCorpus::asking);
    }

    private static byte[] asking(byte[] question) {
        return question.length > 0xffff ? question : AuthorityCommand.CODEC.encode(new AuthorityCommand.Ask(question));
    }

    private void renewed(Trial trial, X509Certificate certificate) throws Exception {
        Base64.Encoder base64 = Base64.getUrlEncoder().withoutPadding();
        byte[] keyName = certificate.getExtensionValue("2.5.29.35");
        byte[] serial = certificate.getSerialNumber().toByteArray();
        String name = base64.encodeToString(Arrays.copyOfRange(keyName, keyName.length - 20, keyName.length)) + "."
                + base64.encodeToString(serial);
        post(trial, "/acme/new-order", order(",\"replaces\":\"" + name + "\"", "www.example.com"));
    }

    private void revoke(Trial trial, X509Certificate certificate) throws Exception {
        byte[] encoded = certificate.getEncoded();
        TestClient before = client;
        UnaryOperator<byte[]> payload = bytes -> utf8("{\"certificate\":\""
                + Base64.getUrlEncoder().withoutPadding().encodeToString(bytes) + "\",\"reason\":1}");
        client = TestClient.of(pair);
        post(trial, "/acme/revoke-cert", encoded, payload);
        client = before;
        post(trial, "/acme/revoke-cert", encoded, payload);
        trial.pass(10_000_000);
    }

    private void officers(Trial trial) throws Exception {
        String nonce = TestClient.nonce(trial.timeMicros());
        byte[] secret = new byte[OfficerOrder.SECRET_LENGTH];
        official(trial, new OfficerOrder.Act.Credential("firm", secret), nonce);
        official(trial, new OfficerOrder.Act.Revoke(BigInteger.TEN.toByteArray(), 9), nonce);
        TestClient former = client;
        client = TestClient.elliptic();
        String url = TestClient.BASE + "/acme/new-account";
        String binding = client.binding(url, "firm", secret);
        post(trial, "/acme/new-account", "{\"externalAccountBinding\":" + binding + "}");
        client = former;
    }

    private static void official(Trial trial, OfficerOrder.Act act, String nonce) {
        byte[] order = OfficerOrder.CODEC.encode(new OfficerOrder(0, nonce, act));
        trial.order(0, order, AuthorityCorpus::signedByOfficer);
    }

    private static byte[] signedByOfficer(byte[] order) {
        byte[] signature = Ed25519Signature.sign(OFFICER, OfficerOrder.statement(Digest.ZERO, order));
        return order.length > 0xffff
                ? order
                : AuthorityCommand.CODEC.encode(new AuthorityCommand.Official(order, signature));
    }

    private void changeKey(Trial trial) throws Exception {
        TestClient next = TestClient.elliptic();
        String url = TestClient.BASE + "/acme/key-change";
        String content = "{\"account\":\"" + client.account + "\",\"oldKey\":"
                + client.key.toPublicJWK().toJSONString() + "}";
        byte[] header = next.innerHeader(url);
        post(trial, "/acme/key-change", utf8(content), bytes -> next.signedAnyhow(header, bytes));
        next.account = client.account;
        client = next;
    }

    /** Somebody who comes to no end. */
    private void abandoned(Trial trial) throws Exception {
        TestGroup.Reply order = post(trial, "/acme/new-order", TestGroup.order("a.example.org", "b.example.org"));
        String first = TestGroup.path(order.list("authorizations").getFirst());
        post(trial, first, "{\"status\":\"deactivated\"}");
        post(trial, TestGroup.path(order.text("finalize")), "{\"csr\":\"AAAA\"}");
    }
}
