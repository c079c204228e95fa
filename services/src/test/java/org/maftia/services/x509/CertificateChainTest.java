package org.maftia.services.x509;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.DERNull;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralSubtree;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.asn1.x509.NameConstraints;
import org.junit.jupiter.api.Test;
import org.maftia.core.testing.Attack;
import org.maftia.core.wire.MalformedException;
import org.maftia.services.x509.CertificateChain.Anchor;
import org.maftia.services.x509.CertifiedName.Kind;

class CertificateChainTest {
    private static final GeneralName SHOP = new GeneralName(GeneralName.dNSName, "shop.example");

    private final TestIssuer root = TestIssuer.root("CN=Root,O=Example");
    private final TestIssuer middle = root.below("CN=Middle", wish -> {});

    private static void require(TestIssuer anchor, byte[]... chain) throws RefusedCertificateException {
        CertificateChain.of(List.of(chain)).require(List.of(Anchor.of(anchor.certificate)), TestIssuer.NOW);
    }

    private static void assertRefused(String sentence, TestIssuer anchor, byte[]... chain) {
        assertThatThrownBy(() -> require(anchor, chain))
                .isInstanceOf(RefusedCertificateException.class)
                .hasMessageContaining(sentence);
    }

    private byte[] leaf(Consumer<TestIssuer.Wish> change) {
        return root.issue(wish -> {
            wish.named(SHOP);
            change.accept(wish);
        });
    }

    @Test
    void aPathLeadsToItsAnchorWhateverElseIsShown() throws Exception {
        require(root, root.client("shop.example"));
        byte[] below = middle.client("shop.example");
        require(root, below, middle.certificate);
        require(root, below, middle.certificate, root.certificate);
        require(middle, below);
        assertThat(CertificateChain.of(List.of(below, middle.certificate))
                        .require(
                                List.of(
                                        Anchor.of(TestIssuer.root("CN=Other").certificate),
                                        Anchor.own(root.certificate)),
                                TestIssuer.NOW)
                        .isOwn())
                .isTrue();
        assertRefused("of no issuer", root, below);
        assertRefused("of no issuer", TestIssuer.root("CN=Root,O=Example"), root.client("shop.example"));
        assertRefused("of no issuer", root, TestIssuer.root("CN=Self").certificate);
    }

    @Test
    void keysAndSignaturesOfTheUsualKindsAreTaken() throws Exception {
        for (String[] one : new String[][] {
            {"2048", "SHA256withRSA"},
            {"2048", "SHA512withRSA"},
            {"P-384", "SHA384withECDSA"},
            {"P-256", "SHA512withECDSA"},
            {"Ed25519", "Ed25519"}
        }) {
            TestIssuer issuer = TestIssuer.root("CN=Issuer", TestIssuer.pair(one[0]), one[1], wish -> {});
            require(issuer, issuer.client("shop.example"));
        }
        TestIssuer old = TestIssuer.root("CN=Old", TestIssuer.pair("2048"), "SHA1withRSA", wish -> {});
        assertRefused("of no issuer", old, old.client("shop.example"));
        TestIssuer small = TestIssuer.root("CN=Small", TestIssuer.pair("1024"), "SHA256withRSA", wish -> {});
        assertThatThrownBy(() -> Anchor.of(small.certificate)).isInstanceOf(MalformedException.class);
        assertThat(CertificateChain.of(List.of(small.client("shop.example")))
                        .require(List.of(Anchor.own(small.certificate)), TestIssuer.NOW)
                        .isOwn())
                .isTrue();
    }

    @Attack("openid: a certificate that its issuer did not mean so")
    @Test
    void timeUsageAndPurposeHold() {
        assertRefused("not valid yet", root, leaf(wish -> wish.fromSeconds = TestIssuer.NOW + 1));
        assertRefused("has ended", root, leaf(wish -> wish.toSeconds = TestIssuer.NOW - 1));
        assertRefused(
                "not for clients",
                root,
                leaf(wish -> wish.with(
                        Extension.extendedKeyUsage, false, new ExtendedKeyUsage(KeyPurposeId.id_kp_serverAuth))));
        assertRefused(
                "key usage",
                root,
                leaf(wish -> wish.with(Extension.keyUsage, true, new KeyUsage(KeyUsage.keyEncipherment))));
        assertRefused(
                "an issuer's",
                root,
                leaf(wish -> wish.with(Extension.basicConstraints, true, new BasicConstraints(0))));
        assertRefused(
                "critical extension",
                root,
                leaf(wish -> wish.with(new ASN1ObjectIdentifier("1.2.3.4"), true, DERNull.INSTANCE)));
        assertRefused("2048 to 4096 bits", root, leaf(wish -> wish.pair = TestIssuer.pair("1024")));
        assertThatCode(() -> require(
                        root,
                        leaf(wish -> wish.without(Extension.extendedKeyUsage)
                                .without(Extension.keyUsage)
                                .without(Extension.basicConstraints))))
                .doesNotThrowAnyException();
    }

    @Attack("openid: a certificate that its issuer did not mean so")
    @Test
    void whoIssuesMayDoSo() {
        byte[] client = root.client("shop.example");
        assertThatThrownBy(() -> Anchor.of(client)).isInstanceOf(MalformedException.class);
        TestIssuer noIssuer =
                root.below("CN=Shop", wish -> wish.with(Extension.basicConstraints, true, new BasicConstraints(false)));
        assertRefused("who may not", root, noIssuer.client("bank.example"), noIssuer.certificate);
        TestIssuer noSigner =
                root.below("CN=Shop", wish -> wish.with(Extension.keyUsage, true, new KeyUsage(KeyUsage.cRLSign)));
        assertRefused("who may not", root, noSigner.client("bank.example"), noSigner.certificate);
        TestIssuer last =
                root.below("CN=Last", wish -> wish.with(Extension.basicConstraints, true, new BasicConstraints(0)));
        TestIssuer tooDeep = last.below("CN=Too deep", wish -> {});
        assertRefused("who may not", root, tooDeep.client("shop.example"), tooDeep.certificate, last.certificate);
        TestIssuer ended = root.below("CN=Ended", wish -> wish.toSeconds = TestIssuer.NOW - 1);
        assertRefused("has ended", root, ended.client("shop.example"), ended.certificate);
        TestIssuer forServers = root.below(
                "CN=Servers",
                wish -> wish.with(
                        Extension.extendedKeyUsage, false, new ExtendedKeyUsage(KeyPurposeId.id_kp_serverAuth)));
        assertRefused("not for clients", root, forServers.client("shop.example"), forServers.certificate);
        assertRefused(
                "do not follow", root, root.below("CN=Middle", wish -> {}).client("shop.example"), middle.certificate);
    }

    @Attack("openid: a certificate that its issuer did not mean so")
    @Test
    void boundsOfNamesHoldForAllBelow() throws Exception {
        GeneralSubtree[] example = {new GeneralSubtree(new GeneralName(GeneralName.dNSName, "example"))};
        GeneralSubtree[] bank = {new GeneralSubtree(new GeneralName(GeneralName.dNSName, "bank.example"))};
        TestIssuer bounded = root.below(
                "CN=Bounded", wish -> wish.with(Extension.nameConstraints, true, new NameConstraints(example, bank)));
        require(root, bounded.client("shop.example"), bounded.certificate);
        assertRefused("may not certify", root, bounded.client("bank.example"), bounded.certificate);
        assertRefused("may not certify", root, bounded.client("shop.test"), bounded.certificate);
        TestIssuer deeper = bounded.below("CN=Deeper", wish -> {});
        assertRefused(
                "may not certify", root, deeper.client("a.bank.example"), deeper.certificate, bounded.certificate);
        assertRefused("may not certify", bounded, bounded.client("shop.test"));
    }

    private static boolean isIn(Kind kind, String value, byte[] certificate) {
        return new CertifiedName(kind, value).isIn(CertificateChain.of(List.of(certificate)));
    }

    @Attack("openid: a certificate of another name")
    @Test
    void aNameIsOneNameOfOneKind() {
        byte[] all = root.issue(wish -> {
            wish.subject = "CN=Shop,OU=Till,O=Example";
            wish.named(
                    new GeneralName(GeneralName.dNSName, "Shop.Example"),
                    new GeneralName(GeneralName.dNSName, "*.shop.example"),
                    new GeneralName(GeneralName.uniformResourceIdentifier, "spiffe://example/shop"),
                    new GeneralName(GeneralName.iPAddress, "192.0.2.1"),
                    new GeneralName(GeneralName.iPAddress, "2001:db8::1"),
                    new GeneralName(GeneralName.rfc822Name, "Till@Shop.Example"));
        });
        assertThat(isIn(Kind.DNS, "shop.example", all)).isTrue();
        assertThat(isIn(Kind.DNS, "a.shop.example", all)).as("a wildcard").isFalse();
        assertThat(isIn(Kind.DNS, "192.0.2.1", all)).as("another kind").isFalse();
        assertThat(isIn(Kind.URI, "spiffe://example/shop", all)).isTrue();
        assertThat(isIn(Kind.URI, "spiffe://example/shop/", all)).isFalse();
        assertThat(isIn(Kind.IP, "192.0.2.1", all)).isTrue();
        assertThat(isIn(Kind.IP, "2001:DB8:0::1", all)).isTrue();
        assertThat(isIn(Kind.IP, "192.0.2.2", all)).isFalse();
        assertThat(isIn(Kind.EMAIL, "Till@shop.example", all)).isTrue();
        assertThat(isIn(Kind.EMAIL, "till@shop.example", all)).isFalse();
        assertThat(isIn(Kind.SUBJECT, "cn=shop, ou=till,o=EXAMPLE", all)).isTrue();
        assertThat(isIn(Kind.SUBJECT, "O=Example,OU=Till,CN=Shop", all))
                .as("another order")
                .isFalse();
        assertThat(isIn(Kind.SUBJECT, "CN=Shop,O=Example", all)).isFalse();
        for (String wrong : List.of("*.example", "Shop.example", "", "a b")) {
            assertThatThrownBy(() -> new CertifiedName(Kind.DNS, wrong)).isInstanceOf(MalformedException.class);
        }
        assertThatThrownBy(() -> new CertifiedName(Kind.SUBJECT, "shop")).isInstanceOf(MalformedException.class);
        assertThatThrownBy(() -> new CertifiedName(Kind.IP, "localhost")).isInstanceOf(MalformedException.class);
        byte[] hostile = root.issue(wish -> wish.subject = "CN=\\#zz");
        assertThat(isIn(Kind.SUBJECT, "CN=shop", hostile)).isFalse();
    }

    @Attack("openid: a certificate with altered bytes")
    @Test
    void whateverIsAlteredIsRefusedAndNothingElseHappens() {
        byte[] leaf = middle.client("shop.example");
        for (int which = 0; which < 2; which++) {
            byte[] whole = which == 0 ? leaf : middle.certificate;
            for (int i = 0; i < whole.length; i++) {
                for (int mask : new int[] {1, 0x80}) {
                    byte[] altered = whole.clone();
                    altered[i] ^= (byte) mask;
                    List<byte[]> chain = new ArrayList<>(Arrays.asList(leaf, middle.certificate));
                    chain.set(which, altered);
                    assertThatThrownBy(() -> require(root, chain.toArray(byte[][]::new)))
                            .isInstanceOfAny(MalformedException.class, RefusedCertificateException.class);
                }
            }
        }
        for (int length = 0; length < leaf.length; length += 7) {
            byte[] cut = Arrays.copyOf(leaf, length);
            assertThatThrownBy(() -> require(root, cut)).isInstanceOf(MalformedException.class);
        }
        assertThatThrownBy(() -> require(root)).isInstanceOf(MalformedException.class);
        assertThatThrownBy(() -> require(root, leaf, leaf, leaf, leaf, leaf)).isInstanceOf(MalformedException.class);
    }
}
