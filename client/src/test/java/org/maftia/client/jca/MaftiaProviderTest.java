package org.maftia.client.jca;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.NotSerializableException;
import java.io.ObjectOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.InvalidParameterException;
import java.security.KeyStore;
import java.security.KeyStoreException;
import java.security.PrivateKey;
import java.security.Provider;
import java.security.Signature;
import java.security.SignatureException;
import java.security.interfaces.RSAPublicKey;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.maftia.client.jca.TestGateways.Conduct;
import org.maftia.core.crypto.Ed25519Verifier;
import org.maftia.core.crypto.RsaHash;
import org.maftia.core.testing.Attack;
import org.maftia.services.jose.StrictJson;
import org.maftia.services.signing.CallerKey;
import org.maftia.services.signing.SigningCommand;
import org.maftia.services.signing.SigningPolicy;

class MaftiaProviderTest {
    private static final String TOKEN = "0GkuyAJe4rZqVoIfcE5HXxTkA0fq9kp6-eVJ9hVZW0E";
    private static final byte[] MESSAGE = "what is released".getBytes(StandardCharsets.UTF_8);

    @TempDir
    private Path directory;

    private KeyStore store(TestGateways gateways) throws Exception {
        Provider provider =
                new MaftiaProvider().configure(gateways.properties(directory).toString());
        KeyStore store = KeyStore.getInstance(MaftiaProvider.STORE, provider);
        store.load(null, TOKEN.toCharArray());
        return store;
    }

    private static byte[] signature(KeyStore store) throws Exception {
        Signature signer = Signature.getInstance("SHA256withRSA", store.getProvider());
        signer.initSign((PrivateKey) store.getKey("release", null));
        signer.update(MESSAGE);
        return signer.sign();
    }

    private static boolean accepts(byte[] signature) throws Exception {
        Signature verifier = Signature.getInstance("SHA256withRSA");
        verifier.initVerify(TestGateways.KEY.getPublic());
        verifier.update(MESSAGE);
        return verifier.verify(signature);
    }

    @Attack("signing: a gateway shows a false key, gives a false signature, or denies one")
    @Test
    void whatAGatewayGivesCountsOnlyIfItVerifies() throws Exception {
        for (Conduct bad :
                new Conduct[] {Conduct.FALSE_SIGNATURE, Conduct.FALSE_KEY, Conduct.OTHER_KEY, Conduct.DENYING}) {
            try (TestGateways gateways = new TestGateways(bad, Conduct.HONEST)) {
                KeyStore store = store(gateways);
                assertThat(store.getCertificate("release").getPublicKey()).isEqualTo(TestGateways.KEY.getPublic());
                assertThat(accepts(signature(store))).as(bad.name()).isTrue();
            }
        }
        try (TestGateways gateways = new TestGateways(Conduct.FALSE_SIGNATURE, Conduct.DENYING)) {
            KeyStore store = store(gateways);
            assertThatThrownBy(() -> signature(store))
                    .isInstanceOf(SignatureException.class)
                    .hasMessageContaining("does not verify")
                    .hasMessageContaining("HTTP 403: permission denied");
        }
        try (TestGateways gateways = new TestGateways(Conduct.FALSE_KEY)) {
            assertThatThrownBy(() -> store(gateways))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("not of the group's root");
        }
    }

    /** It would have every signature refused, as the caller's proof names the key. */
    @Attack("signing: a gateway shows a false key, gives a false signature, or denies one")
    @Test
    void aKeyOfTheGroupIsNoneUnderTheNameOfAnother() throws Exception {
        try (TestGateways gateways = new TestGateways(Conduct.OTHER_KEY)) {
            assertThatThrownBy(() -> store(gateways))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("the certificate shown for key release is another's");
        }
    }

    @Test
    void aGatewayIsAskedForItsNumberAgainAfterItRefused() throws Exception {
        try (TestGateways gateways = new TestGateways(Conduct.RENUMBERED)) {
            KeyStore store = store(gateways);
            assertThatThrownBy(() -> signature(store)).isInstanceOf(SignatureException.class);
            assertThat(accepts(signature(store))).isTrue();
        }
    }

    @Test
    void whatCannotBeChangedSaysSoAsJavaWantsIt() throws Exception {
        try (TestGateways gateways = new TestGateways(Conduct.HONEST)) {
            KeyStore store = store(gateways);
            assertThatThrownBy(() -> store.store(new ByteArrayOutputStream(), null))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("dealt at its ceremony");
            assertThatThrownBy(() -> store.deleteEntry("release")).isInstanceOf(KeyStoreException.class);
        }
    }

    @Attack("signing: a gateway alters what a caller asked for")
    @Test
    void aRequestIsProvedAndTheTokenStaysHere() throws Exception {
        try (TestGateways gateways = new TestGateways(Conduct.DENYING, Conduct.HONEST)) {
            signature(store(gateways));
            assertThat(gateways.requests).hasSize(2).noneMatch(body -> body.contains(TOKEN));
            CallerKey caller = CallerKey.ofToken(TOKEN.getBytes(StandardCharsets.UTF_8));
            StrictJson sent =
                    StrictJson.object(gateways.requests.get(1).getBytes(StandardCharsets.UTF_8), "the request");
            SigningCommand.Request asked = new SigningCommand.Request(
                    "release",
                    false,
                    RsaHash.SHA256,
                    RsaHash.SHA256.digest(MESSAGE),
                    caller.publicKey(),
                    1,
                    sent.number("time"));
            var modulus = ((RSAPublicKey) TestGateways.KEY.getPublic()).getModulus();
            assertThat(new Ed25519Verifier(List.of(caller.publicKey()))
                            .verify(
                                    0,
                                    SigningCommand.statement(asked, SigningPolicy.publicKey(modulus)),
                                    sent.exactly("proof", CallerKey.PROOF_LENGTH)))
                    .isTrue();
        }
    }

    @Test
    void aHandleHasNoEncodingAndGoesNowhere() throws Exception {
        try (TestGateways gateways = new TestGateways(Conduct.HONEST)) {
            PrivateKey handle = (PrivateKey) store(gateways).getKey("RELEASE", null);
            assertThat(handle.getEncoded()).isNull();
            assertThatThrownBy(() -> new ObjectOutputStream(new ByteArrayOutputStream()).writeObject(handle))
                    .isInstanceOf(NotSerializableException.class);
        }
    }

    @Test
    void aWrongConfigurationIsSaid() throws Exception {
        for (String wrong : new String[] {"", "gateways=https://localhost:1", "gateways=http://localhost:1\nca=x"}) {
            Path file = Files.writeString(directory.resolve("wrong"), wrong);
            assertThatThrownBy(() -> new MaftiaProvider().configure(file.toString()))
                    .as(wrong)
                    .isInstanceOf(InvalidParameterException.class);
        }
        KeyStore store = KeyStore.getInstance(MaftiaProvider.STORE, new MaftiaProvider());
        byte[] noAddress = "gateways=https://[\nca=x".getBytes(StandardCharsets.UTF_8);
        assertThatThrownBy(() -> store.load(new ByteArrayInputStream(noAddress), null))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("no address");
        assertThatThrownBy(() -> store.load(null, null))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("no configuration");
    }
}
