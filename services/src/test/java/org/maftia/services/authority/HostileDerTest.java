package org.maftia.services.authority;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.math.BigInteger;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.function.Consumer;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1Encoding;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.ASN1Primitive;
import org.bouncycastle.asn1.ASN1Sequence;
import org.bouncycastle.asn1.ASN1Set;
import org.bouncycastle.asn1.ASN1TaggedObject;
import org.bouncycastle.asn1.DERBitString;
import org.bouncycastle.asn1.DERNull;
import org.bouncycastle.asn1.DEROctetString;
import org.bouncycastle.asn1.DERSequence;
import org.bouncycastle.asn1.DERSet;
import org.bouncycastle.asn1.DERTaggedObject;
import org.bouncycastle.asn1.ocsp.CertID;
import org.bouncycastle.asn1.ocsp.OCSPRequest;
import org.bouncycastle.asn1.ocsp.Request;
import org.bouncycastle.asn1.ocsp.TBSRequest;
import org.bouncycastle.asn1.oiw.OIWObjectIdentifiers;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.Extensions;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.cert.ocsp.CertificateID;
import org.bouncycastle.cert.ocsp.OCSPReqBuilder;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.operator.jcajce.JcaDigestCalculatorProviderBuilder;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.maftia.core.testing.Attack;
import org.maftia.core.wire.MalformedException;
import org.maftia.services.authority.pki.CertificateRequest;
import org.maftia.services.authority.pki.IssuedCertificate;
import org.maftia.services.authority.pki.OcspQuestion;

/** What a library reads for all replicas at once: whatever bytes come, there is an answer, and nobody stops. */
class HostileDerTest {
    private static final byte[] EMPTY = {0x30, 0};

    private final TestGroup group = new TestGroup();

    @SuppressWarnings("NullAway.Init") // before each test
    private KeyPair pair;

    @BeforeEach
    void start() throws Exception {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(256);
        pair = generator.generateKeyPair();
    }

    /** The tree once for each of its nodes: without it, and with nothing where it was, and with nothing in it. */
    private static List<ASN1Encodable> spoiled(ASN1Encodable node) {
        List<ASN1Encodable> all = new ArrayList<>(List.of(DERNull.INSTANCE, new DERSequence()));
        ASN1Primitive value = node.toASN1Primitive();
        if (value instanceof ASN1TaggedObject tagged) {
            spoiled(tagged.getBaseObject())
                    .forEach(inner -> all.add(new DERTaggedObject(tagged.isExplicit(), tagged.getTagNo(), inner)));
        }
        boolean isSet = value instanceof ASN1Set;
        if (value instanceof ASN1Sequence || isSet) {
            ASN1Encodable[] elements =
                    value instanceof ASN1Sequence sequence ? sequence.toArray() : ((ASN1Set) value).toArray();
            for (int i = 0; i < elements.length; i++) {
                List<ASN1Encodable> without = new ArrayList<>(List.of(elements));
                without.remove(i);
                all.add(collection(isSet, without));
                for (ASN1Encodable other : spoiled(elements[i])) {
                    List<ASN1Encodable> with = new ArrayList<>(List.of(elements));
                    with.set(i, other);
                    all.add(collection(isSet, with));
                }
            }
        }
        return all;
    }

    private static ASN1Encodable collection(boolean isSet, List<ASN1Encodable> elements) {
        ASN1Encodable[] array = elements.toArray(ASN1Encodable[]::new);
        return isSet ? new DERSet(array) : new DERSequence(array);
    }

    /** Gives all that is spoiled to the reader, which takes it or says that it is malformed. */
    private static int refused(byte[] good, Consumer<byte[]> reader) throws IOException {
        reader.accept(good);
        List<byte[]> bad =
                new ArrayList<>(List.of(new byte[0], EMPTY, new byte[] {5, 0}, new byte[] {0x30, (byte) 0x80, 0, 0}));
        for (ASN1Encodable one : spoiled(ASN1Primitive.fromByteArray(good))) {
            bad.add(one.toASN1Primitive().getEncoded(ASN1Encoding.DER));
        }
        for (int i = 0; i < good.length; i++) {
            byte[] flipped = good.clone();
            flipped[i] ^= (byte) (1 << i % 8);
            bad.add(flipped);
        }
        int refused = 0;
        for (byte[] one : bad) {
            try {
                reader.accept(one);
            } catch (MalformedException e) {
                assertThat(e).hasMessageNotContaining("Index");
                refused++;
            }
        }
        return refused;
    }

    /** An answer gives back how the question named the certificate: what is kept for one spelling does not serve another. */
    @Attack("requests with altered bytes")
    @Test
    void eachSpellingOfAQuestionHasAnAnswerOfItsOwn() throws Exception {
        OcspQuestion without = OcspQuestion.decode(question(null));
        OcspQuestion with = OcspQuestion.decode(question(DERNull.INSTANCE));
        assertThat(Answers.name(without)).isNotEqualTo(Answers.name(with));
        byte[] odd = question(new ASN1Integer(1));
        assertThatThrownBy(() -> OcspQuestion.decode(odd)).isInstanceOf(MalformedException.class);
    }

    private static byte[] question(@Nullable ASN1Encodable parameters) throws IOException {
        AlgorithmIdentifier hash = new AlgorithmIdentifier(OIWObjectIdentifiers.idSHA1, parameters);
        DEROctetString names = new DEROctetString(new byte[20]);
        Request one = new Request(new CertID(hash, names, names, new ASN1Integer(2)), null);
        return new OCSPRequest(new TBSRequest(null, new DERSequence(one), (Extensions) null), null).getEncoded();
    }

    @Attack("requests with altered bytes")
    @Test
    void anyQuestionAboutACertificateIsAnsweredOrRefused() throws Exception {
        byte[] good = new OCSPReqBuilder()
                .addRequest(new CertificateID(
                        new JcaDigestCalculatorProviderBuilder().build().get(CertificateID.HASH_SHA1),
                        new X509CertificateHolder(group.issuer),
                        BigInteger.TWO))
                .build()
                .getEncoded();
        assertThat(refused(good, OcspQuestion::decode)).isGreaterThan(20);
        assertThatThrownBy(() -> OcspQuestion.decode(EMPTY)).isInstanceOf(MalformedException.class);
    }

    @Attack("requests with altered bytes")
    @Test
    void anyRequestForACertificateIsTakenOrRefused() throws Exception {
        byte[] good = TestGroup.request(pair, "www.example.com");
        assertThat(refused(good, CertificateRequest::decode)).isGreaterThan(100);
        ASN1Sequence request = ASN1Sequence.getInstance(good);
        for (byte[] signature : List.of(EMPTY, new byte[] {0x30, 3, 2, 1, 1}, new byte[] {5, 0}, new byte[] {0})) {
            byte[] signed = new DERSequence(new ASN1Encodable[] {
                        request.getObjectAt(0), request.getObjectAt(1), new DERBitString(signature)
                    })
                    .getEncoded(ASN1Encoding.DER);
            assertThatThrownBy(() -> CertificateRequest.decode(signed)).isInstanceOf(MalformedException.class);
        }
    }

    @Attack("requests with altered bytes")
    @Test
    void anyCertificateThatIsToBeRevokedIsTakenOrRefused() throws Exception {
        byte[] good = new JcaX509v3CertificateBuilder(
                        new X500Name("CN=any"),
                        BigInteger.TEN,
                        new Date(0),
                        new Date(4_000_000_000_000L),
                        new X500Name("CN=any"),
                        pair.getPublic())
                .addExtension(
                        Extension.subjectAlternativeName,
                        false,
                        new GeneralNames(new GeneralName(GeneralName.dNSName, "www.example.com")))
                .build(new JcaContentSignerBuilder("SHA256withECDSA").build(pair.getPrivate()))
                .getEncoded();
        assertThat(refused(good, IssuedCertificate::decode)).isGreaterThan(50);
    }
}
