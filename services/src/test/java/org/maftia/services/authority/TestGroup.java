package org.maftia.services.authority;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.util.JSONObjectUtils;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.text.ParseException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.Collections;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.ExtensionsGenerator;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.cert.jcajce.JcaX509ExtensionUtils;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.pkcs.jcajce.JcaPKCS10CertificationRequestBuilder;
import org.jspecify.annotations.Nullable;
import org.maftia.core.ordering.RequestId;
import org.maftia.core.replica.Command;
import org.maftia.core.replica.Context;
import org.maftia.core.replica.Observations;
import org.maftia.core.testing.Structures;
import org.maftia.core.wire.Digest;
import org.maftia.core.wire.Reader;
import org.maftia.core.wire.Writer;
import org.maftia.services.authority.acme.Problem;
import org.maftia.services.testing.UnaskedContext;

/** A group reduced to its clock, its pen and its dice: one authority, and everything that it asks for at hand. */
final class TestGroup extends UnaskedContext {
    static final String KEY = "ca";
    static final List<String> PLAIN = List.of("http://one.example:80", "http://two.example:80");

    private static final Issuer ISSUER = issuer();

    final KeyPair keys = ISSUER.keys;
    final byte[] issuer = ISSUER.certificate;
    final List<byte[]> officers = new ArrayList<>();
    final SortedMap<Long, byte[]> results = new TreeMap<>();
    final List<Asked> drawing = new ArrayList<>();
    final List<Asked> signing = new ArrayList<>();
    final List<Asked> looking = new ArrayList<>();
    Authority authority;
    AuthorityPolicy policy;
    long timeMicros = 1_900_000_000_000_000L;

    /** What is drawn next. */
    byte drawn;

    /** The group has so much to look at that it takes no more. */
    boolean busy;

    /** What stands in the public record. */
    final List<byte[]> recorded = new ArrayList<>();

    /** The public record has no room. */
    boolean full;

    private long sequence;

    /** What the authority wants. */
    record Asked(long reference, byte[] bytes, long deadlineMicros) {}

    private record Issuer(KeyPair keys, byte[] certificate) {}

    /** What a client hears. */
    record Reply(AuthorityAnswer answer, Map<String, Object> json) {
        String text(String name) {
            return String.valueOf(json.get(name));
        }

        List<?> list(String name) {
            return (List<?>) Objects.requireNonNull(json.get(name), name);
        }

        String error() {
            String type = text("type");
            return type.substring(type.lastIndexOf(':') + 1);
        }
    }

    TestGroup() {
        this(false, false, List.of(), List.of());
    }

    TestGroup(boolean credentialsRequired, boolean hostile, List<String> permitted, List<byte[]> officers) {
        policy = new AuthorityPolicy(
                Digest.ZERO,
                List.of(TestClient.BASE, "https://other.example"),
                PLAIN,
                officers,
                credentialsRequired,
                permitted,
                List.of("forbidden.example"),
                20,
                90,
                hostile);
        authority = new Authority(KEY, issuer, policy);
    }

    private static Issuer issuer() {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
            generator.initialize(2048);
            KeyPair keys = generator.generateKeyPair();
            X500Name name = new X500Name("CN=test authority");
            byte[] certificate = new JcaX509v3CertificateBuilder(
                            name, BigInteger.TEN, new Date(0), new Date(4_000_000_000_000L), name, keys.getPublic())
                    .addExtension(Extension.basicConstraints, true, new BasicConstraints(0))
                    .addExtension(
                            Extension.subjectKeyIdentifier,
                            false,
                            new JcaX509ExtensionUtils().createSubjectKeyIdentifier(keys.getPublic()))
                    .build(new JcaContentSignerBuilder("SHA256withRSA").build(keys.getPrivate()))
                    .getEncoded();
            return new Issuer(keys, certificate);
        } catch (GeneralSecurityException | IOException | OperatorCreationException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public long timeMicros() {
        return timeMicros;
    }

    @Override
    public long index() {
        return sequence;
    }

    @Override
    public boolean sign(String keyId, byte[] message, long reference) {
        signing.add(new Asked(reference, message, 0));
        return keyId.equals(KEY);
    }

    @Override
    public long record(int kind, byte[] body) {
        if (full) {
            return -1;
        }
        recorded.add(body);
        return recorded.size() - 1;
    }

    @Override
    public boolean draw(long reference) {
        drawing.add(new Asked(reference, new byte[0], 0));
        return true;
    }

    @Override
    public Context.Asked observe(byte[] question, long reference, long deadlineMicros) {
        if (busy) {
            return Context.Asked.BUSY;
        }
        looking.add(new Asked(reference, question, deadlineMicros));
        return Context.Asked.TAKEN;
    }

    @Override
    public void complete(RequestId id, byte[] result) {
        results.put(id.sequence(), result);
    }

    byte @Nullable [] command(AuthorityCommand command) {
        long number = sequence++;
        byte[] result =
                authority.apply(new Command(new RequestId(0, 1, number), AuthorityCommand.CODEC.encode(command)), this);
        if (result != null) {
            results.put(number, result);
        }
        draw();
        sign();
        return results.remove(number);
    }

    /** A request and its answer; what it waits for is done at once. */
    Reply post(byte[] jws) throws ParseException {
        return reply(Objects.requireNonNull(command(new AuthorityCommand.Post(jws)), "an answer"));
    }

    static Reply reply(byte[] encoded) throws ParseException {
        AuthorityAnswer answer = AuthorityAnswer.CODEC.decode(encoded);
        boolean json = answer.contentType().endsWith("json") && answer.body().length > 0;
        return new Reply(
                answer,
                json
                        ? JSONObjectUtils.parse(new String(answer.body(), StandardCharsets.UTF_8))
                        : Collections.emptyMap());
    }

    Reply post(TestClient client, String path, String payload) throws ParseException, JOSEException {
        return post(client.request(path, payload, timeMicros));
    }

    /** Every draw is another number, the same in each run. */
    void draw() {
        while (!drawing.isEmpty()) {
            byte[] random = new byte[32];
            random[0] = ++drawn;
            authority.drawn(drawing.removeFirst().reference, random, this);
        }
    }

    void sign() {
        try {
            while (!signing.isEmpty()) {
                Asked next = signing.removeFirst();
                Signature signature = Signature.getInstance("SHA256withRSA");
                signature.initSign(keys.getPrivate());
                signature.update(next.bytes);
                authority.signed(next.reference, signature.sign(), this);
            }
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }

    void tick() {
        if (authority.dueMicros() <= timeMicros) {
            authority.tick(this);
            sign();
        }
    }

    /** Four replicas, of which one may be corrupted, say what they saw. */
    boolean votes(Asked question, boolean over, @Nullable ProbeFinding... findings) {
        SortedMap<Integer, byte[]> answers = new TreeMap<>();
        for (int i = 0; i < findings.length; i++) {
            ProbeFinding finding = findings[i];
            if (finding != null) {
                answers.put(i, ProbeFinding.CODEC.encode(finding));
            }
        }
        return authority.observed(
                question.reference, new Observations(Structures.FOUR, question.bytes, answers, over), this);
    }

    static ProbeFinding good() {
        return ProbeFinding.good("192.0.2.1", Digest.ZERO);
    }

    static ProbeFinding bad() {
        return ProbeFinding.bad(Problem.Kind.UNAUTHORIZED, "192.0.2.1", "the server answered with another text");
    }

    /** All see that the name is the account's. */
    void allSee() {
        while (!looking.isEmpty()) {
            Asked next = looking.removeFirst();
            for (int i = 1; i <= 3; i++) {
                ProbeFinding[] findings = new ProbeFinding[i];
                Arrays.fill(findings, good());
                if (votes(next, false, findings)) {
                    break;
                }
            }
        }
    }

    TestClient register(TestClient client) throws ParseException, JOSEException {
        Reply reply = post(client, "/acme/new-account", "{\"termsOfServiceAgreed\":true}");
        client.account = reply.answer.location();
        return client;
    }

    static String order(String... names) {
        StringBuilder list = new StringBuilder();
        for (String name : names) {
            list.append(list.isEmpty() ? "" : ",").append("{\"type\":\"dns\",\"value\":\"" + name + "\"}");
        }
        return "{\"identifiers\":[" + list + "]}";
    }

    static String path(@Nullable Object url) {
        return String.valueOf(url).substring(TestClient.BASE.length());
    }

    /** An order whose names are all validated. */
    Reply readyOrder(TestClient client, String... names) throws ParseException, JOSEException {
        Reply order = post(client, "/acme/new-order", order(names));
        for (Object url : order.list("authorizations")) {
            Reply authorization = post(client, path(url), "");
            Map<?, ?> challenge = (Map<?, ?>) authorization.list("challenges").getFirst();
            post(client, path(challenge.get("url")), "{}");
            allSee();
        }
        return order;
    }

    static byte[] request(KeyPair pair, String... names) {
        GeneralName[] all = new GeneralName[names.length];
        for (int i = 0; i < names.length; i++) {
            all[i] = new GeneralName(GeneralName.dNSName, names[i]);
        }
        return request(pair, all);
    }

    static byte[] request(KeyPair pair, GeneralName... all) {
        try {
            ExtensionsGenerator extensions = new ExtensionsGenerator();
            extensions.addExtension(Extension.subjectAlternativeName, false, new GeneralNames(all));
            String algorithm = pair.getPrivate().getAlgorithm().equals("RSA") ? "SHA256withRSA" : "SHA256withECDSA";
            return new JcaPKCS10CertificationRequestBuilder(new X500Name(""), pair.getPublic())
                    .addAttribute(PKCSObjectIdentifiers.pkcs_9_at_extensionRequest, extensions.generate())
                    .build(new JcaContentSignerBuilder(algorithm).build(pair.getPrivate()))
                    .getEncoded();
        } catch (IOException | OperatorCreationException e) {
            throw new IllegalStateException(e);
        }
    }

    static String finalization(byte[] request) {
        return "{\"csr\":\"" + Base64.getUrlEncoder().withoutPadding().encodeToString(request) + "\"}";
    }

    /** The same state in another process. */
    void restart() {
        Writer writer = new Writer();
        authority.snapshot(writer);
        Authority other = new Authority(KEY, issuer, policy);
        other.restore(new Reader(writer.toBytes()));
        authority = other;
    }
}
