package org.maftia.server.exchange;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.helidon.webserver.http.HttpRouting;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.security.interfaces.RSAPublicKey;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.maftia.client.exchange.PartyKeys;
import org.maftia.core.crypto.Transcript;
import org.maftia.core.testing.Attack;
import org.maftia.core.testing.SeededEntropy;
import org.maftia.core.trust.FaultStructure;
import org.maftia.core.wire.Digest;
import org.maftia.server.ceremony.ReplicaKeys;
import org.maftia.server.ceremony.SmallGroup;
import org.maftia.server.cluster.FreePorts;
import org.maftia.server.cluster.SecureHttp;
import org.maftia.server.gateway.Answer;
import org.maftia.server.gateway.BodyHandler;
import org.maftia.server.gateway.Gateway;
import org.maftia.server.http.HttpBase;
import org.maftia.services.exchange.message.ContractOffer;
import org.maftia.services.exchange.message.ExchangeToken;
import org.maftia.services.jose.JsonWebKey;
import org.maftia.services.jose.StrictJson;

/** What a party believes of gateways, of which some lie. */
class TrustedPartyTest {
    private static final String JSON = "application/json";

    @TempDir
    private static Path directory;

    private static final List<Shown> GATEWAYS = new ArrayList<>();

    @SuppressWarnings("NullAway.Init") // before all tests
    private static HttpBase base;

    private static int port;

    private static final KeyPair GROUP = keys();
    private static final KeyPair OTHER = keys();

    private final PartyKeys alice = PartyKeys.create(new SeededEntropy(1));
    private final PartyKeys bob = PartyKeys.create(new SeededEntropy(2));
    private final ContractOffer offer = offer("text");

    /** Answers everybody with the same. */
    private static final class Shown implements Gateway {
        private final String path;
        private volatile Answer answer = Answer.problem(500, "nothing yet");

        private Shown(String path) {
            this.path = path;
        }

        @Override
        public String service() {
            return path;
        }

        @Override
        public String path() {
            return "/" + path;
        }

        @Override
        public void register(HttpRouting.Builder plain, HttpRouting.Builder tls) {
            tls.post(path() + "/{id}/abort", BodyHandler.ofPath(JSON, 1 << 16, (place, body) -> answer));
            tls.post(path(), BodyHandler.ofPath(JSON, 1 << 16, (place, body) -> answer));
        }
    }

    private static KeyPair keys() {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
            generator.initialize(2048);
            return generator.generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }

    private static JsonWebKey key(KeyPair keys) {
        return new JsonWebKey.Rsa(((RSAPublicKey) keys.getPublic()).getModulus());
    }

    @BeforeAll
    static void start() throws Exception {
        SmallGroup.make(directory, FaultStructure.threshold(4, 1));
        ReplicaKeys replica = ReplicaKeys.load(directory.resolve("r1/keys"));
        for (int i = 0; i < 7; i++) {
            GATEWAYS.add(new Shown("gateway" + i));
        }
        port = FreePorts.one();
        base = HttpBase.start(
                new HttpBase.Ports(InetAddress.getLoopbackAddress(), FreePorts.one(), port, 100),
                new HttpBase.Identity(replica.httpsKey(), replica.httpsChain()),
                () -> {
                    throw new TimeoutException("no status here");
                },
                List.copyOf(GATEWAYS));
    }

    @AfterAll
    static void stop() {
        base.close();
    }

    private ContractOffer offer(String text) {
        return alice.offer(
                Transcript.of("group").digest(),
                bob.party(),
                Transcript.of(text).digest(),
                new byte[32]);
    }

    private static List<String> addresses(int count) {
        return GATEWAYS.stream()
                .limit(count)
                .map(gateway -> "https://localhost:" + port + gateway.path())
                .toList();
    }

    private static SecureHttp http() throws IOException {
        return SecureHttp.trusting(directory.resolve("ceremony/ca.pem"));
    }

    private TrustedParty.Decision abort(FaultStructure trust) throws IOException, TrustedParty.RefusedException {
        return new TrustedParty(addresses(trust.size()), http(), key(GROUP), trust).abort(offer, alice.abort(offer));
    }

    private static Answer token(Digest id, KeyPair signer, JsonWebKey named) {
        try {
            String input = new ExchangeToken(id, ExchangeToken.Outcome.ABORTED, Optional.empty(), 1, 2)
                    .signingInput(named.thumbprint());
            Signature signature = Signature.getInstance("SHA256withRSA");
            signature.initSign(signer.getPrivate());
            signature.update(input.getBytes(StandardCharsets.US_ASCII));
            return new Answer(
                    200,
                    JSON,
                    StrictJson.bytes(StrictJson.create()
                            .put("id", StrictJson.base64(id.toBytes()))
                            .put("state", "aborted")
                            .put("token", input + "." + StrictJson.base64(signature.sign()))));
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }

    private static void all(Answer answer) {
        GATEWAYS.forEach(gateway -> gateway.answer = answer);
    }

    @Attack("exchange: a gateway forges, replays, withholds or denies a decision")
    @Test
    void aDecisionIsTakenFromWhoProvesIt() throws Exception {
        FaultStructure trust = FaultStructure.threshold(4, 1);
        for (Answer lie : List.of(
                token(offer.id(), OTHER, key(OTHER)),
                token(offer.id(), OTHER, key(GROUP)),
                token(offer("another text").id(), GROUP, key(GROUP)),
                new Answer(200, JSON, "{}".getBytes(StandardCharsets.US_ASCII)),
                Answer.problem(403, "not you"),
                Answer.problem(503, "later"))) {
            all(token(offer.id(), GROUP, key(GROUP)));
            GATEWAYS.getFirst().answer = lie;
            assertThat(abort(trust).decided().outcome()).isEqualTo(ExchangeToken.Outcome.ABORTED);
            all(lie);
            assertThatThrownBy(() -> abort(trust))
                    .isInstanceOfAny(IOException.class, TrustedParty.RefusedException.class);
        }
    }

    /** Two of seven may be corrupted: that two deny it says nothing. */
    @Attack("exchange: a gateway forges, replays, withholds or denies a decision")
    @Test
    void aRefusalIsBelievedFromAKernelOfGateways() throws Exception {
        FaultStructure trust = FaultStructure.threshold(7, 2);
        all(token(offer.id(), GROUP, key(GROUP)));
        GATEWAYS.get(0).answer = Answer.problem(403, "not you");
        GATEWAYS.get(1).answer = Answer.problem(403, "not you");
        assertThat(abort(trust).decided().outcome()).isEqualTo(ExchangeToken.Outcome.ABORTED);
        GATEWAYS.get(2).answer = Answer.problem(403, "not a party");
        assertThatThrownBy(() -> abort(trust))
                .isInstanceOf(TrustedParty.RefusedException.class)
                .hasMessage("not a party");
        all(Answer.problem(503, "later"));
        GATEWAYS.get(3).answer = Answer.problem(403, "not you");
        assertThatThrownBy(() -> abort(trust)).isInstanceOf(IOException.class).hasMessageContaining("not you");
    }

    @Attack("exchange: a gateway hides or adds what lies in the mailbox")
    @Test
    void aMessageIsRefusedByAKernelOfGatewaysOnly() throws Exception {
        FaultStructure trust = FaultStructure.threshold(7, 2);
        MessageBox box = new MessageBox(addresses(7), http(), trust);
        all(new Answer(200, JSON, "{}".getBytes(StandardCharsets.US_ASCII)));
        GATEWAYS.get(0).answer = Answer.problem(409, "no room");
        GATEWAYS.get(1).answer = Answer.problem(409, "no room");
        box.leave(offer);
        GATEWAYS.get(2).answer = Answer.problem(409, "there is another one");
        assertThatThrownBy(() -> box.leave(offer))
                .isInstanceOf(MessageBox.RefusedException.class)
                .hasMessage("there is another one");
    }
}
