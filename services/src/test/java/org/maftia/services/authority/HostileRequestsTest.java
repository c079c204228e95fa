package org.maftia.services.authority;

import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jose.JWSAlgorithm;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.maftia.core.ordering.RequestId;
import org.maftia.core.replica.Command;
import org.maftia.core.testing.Attack;
import org.maftia.core.testing.Seeds;

/** Whatever a client sends, the authority answers with the problem that it has, and goes on. */
class HostileRequestsTest {
    private final TestGroup group = new TestGroup();

    static Stream<Arguments> bodies() {
        return Stream.of(
                Arguments.of("/acme/new-account", "", "malformed"),
                Arguments.of("/acme/new-account", "[]", "malformed"),
                Arguments.of("/acme/new-account", "{\"contact\":\"mailto:a@b.c\"}", "malformed"),
                Arguments.of("/acme/new-account", "{\"contact\":[\"tel:1\"]}", "malformed"),
                Arguments.of("/acme/new-account", "{\"contact\":[7]}", "malformed"),
                Arguments.of("/acme/new-account", "{\"onlyReturnExisting\":1}", "malformed"),
                Arguments.of("/acme/new-account", "{\"onlyReturnExisting\":true}", "accountDoesNotExist"),
                Arguments.of("/acme/new-account", "{\"a\":1,\"a\":2}", "malformed"),
                Arguments.of("/acme/new-account", "{} {}", "malformed"),
                Arguments.of("/acme/new-account", "{\"a\":" + "[".repeat(40) + "]".repeat(40) + "}", "malformed"),
                Arguments.of("/acme/new-account", "{\"externalAccountBinding\":{}}", "malformed"),
                Arguments.of("/acme/new-order", "", "malformed"),
                Arguments.of("/acme/new-order", "{}", "malformed"),
                Arguments.of("/acme/new-order", "{\"identifiers\":[]}", "malformed"),
                Arguments.of("/acme/new-order", "{\"identifiers\":[\"a\"]}", "malformed"),
                Arguments.of("/acme/new-order", "{\"identifiers\":[{\"type\":\"dns\"}]}", "malformed"),
                Arguments.of("/acme/new-order", identifier("email", "a@b.c"), "unsupportedIdentifier"),
                Arguments.of("/acme/new-order", identifier("dns", "localhost"), "rejectedIdentifier"),
                Arguments.of("/acme/new-order", identifier("dns", "a..example.org"), "rejectedIdentifier"),
                Arguments.of("/acme/new-order", identifier("dns", "-a.example.org"), "rejectedIdentifier"),
                Arguments.of("/acme/new-order", identifier("dns", "a.*.example.org"), "rejectedIdentifier"),
                Arguments.of("/acme/new-order", identifier("dns", "10.0.0.1"), "rejectedIdentifier"),
                Arguments.of("/acme/new-order", identifier("dns", "ä.example.org"), "rejectedIdentifier"),
                Arguments.of("/acme/new-order", identifier("dns", "a".repeat(300) + ".org"), "rejectedIdentifier"),
                Arguments.of("/acme/new-order", identifier("ip", "010.0.0.1"), "rejectedIdentifier"),
                Arguments.of("/acme/new-order", identifier("ip", "1::2::3"), "rejectedIdentifier"),
                Arguments.of(
                        "/acme/new-order",
                        "{\"identifiers\":[{\"type\":\"dns\",\"value\":\"a\"},{\"type\":\"x\",\"value\":\"b\"}]}",
                        "compound"),
                Arguments.of(
                        "/acme/new-order",
                        "{\"identifiers\":[{\"type\":\"dns\",\"value\":\"a.example.org\"}],\"profile\":\"no\"}",
                        "invalidProfile"),
                Arguments.of(
                        "/acme/new-order",
                        "{\"identifiers\":[{\"type\":\"dns\",\"value\":\"a.example.org\"}],\"replaces\":\"AA.AA\"}",
                        "malformed"),
                Arguments.of(
                        "/acme/new-order",
                        "{\"identifiers\":[{\"type\":\"dns\",\"value\":\"a.example.org\"}],\"notAfter\":\"2027-01-01T00:00:00Z\"}",
                        "malformed"),
                Arguments.of("/acme/order/0000000000000001", "", "malformed"),
                Arguments.of("/acme/order/zz", "", "malformed"),
                Arguments.of("/acme/order/0000000000000001/finalize", "{}", "malformed"),
                Arguments.of("/acme/authz/0000000000000001", "", "malformed"),
                Arguments.of("/acme/chall/0000000000000001/http-01", "{}", "malformed"),
                Arguments.of("/acme/chall/0000000000000001/ftp-01", "{}", "malformed"),
                Arguments.of("/acme/cert/" + "0".repeat(32), "", "malformed"),
                Arguments.of("/acme/revoke-cert", "{}", "malformed"),
                Arguments.of("/acme/revoke-cert", "{\"certificate\":\"AAAA\"}", "malformed"),
                Arguments.of("/acme/revoke-cert", "{\"certificate\":\"A===\"}", "malformed"),
                Arguments.of("/acme/key-change", "{}", "malformed"),
                Arguments.of("/acme/acct/2", "", "unauthorized"),
                Arguments.of("/acme/acct/1", "{\"status\":\"revoked\"}", "malformed"));
    }

    private static String identifier(String type, String value) {
        return "{\"identifiers\":[{\"type\":\"" + type + "\",\"value\":\"" + value + "\"}]}";
    }

    @ParameterizedTest
    @MethodSource("bodies")
    @Attack("a body that is no such thing")
    void aBodyThatIsWrongGetsTheProblemThatItHas(String path, String payload, String error) throws Exception {
        TestClient client = TestClient.elliptic();
        if (!path.equals("/acme/new-account")) {
            group.register(client);
        }
        TestGroup.Reply reply = group.post(client, path, payload);
        assertThat(reply.error()).isEqualTo(error);
        assertThat(reply.answer().status()).isBetween(400, 499);
        assertThat(reply.answer().contentType()).isEqualTo("application/problem+json");
        assertThat(group.drawing).isEmpty();
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }

    @Test
    @Attack("a signature that is none, or by an algorithm that is no signature")
    void whatIsNotSignedAsTheStandardWantsIsRefused() throws Exception {
        TestClient client = TestClient.elliptic();
        String sound = text(client.request("/acme/new-account", "{}", group.timeMicros));
        String header = sound.replaceAll(".*\"protected\":\"([^\"]*)\".*", "$1");
        String plain = text(Base64.getUrlDecoder().decode(header));
        Map<String, String> wanted = new TreeMap<>();
        wanted.put(plain.replace("ES256", "none"), "badSignatureAlgorithm");
        wanted.put(plain.replace("ES256", "HS256"), "badSignatureAlgorithm");
        wanted.put(plain.replace("\"ES256\"", "7"), "malformed");
        wanted.put(plain.replace("ES256", "ES384"), "malformed");
        wanted.put(plain.replace("ES256", "RS256"), "malformed");
        wanted.put(plain.replace("{", "{\"crit\":[\"b64\"],"), "malformed");
        wanted.put(plain.replace("P-256", "P-521"), "badPublicKey");
        wanted.put(plain.replaceAll("\"x\":\"[^\"]*\"", "\"x\":\"AAAA\""), "badPublicKey");
        wanted.put(plain.replaceAll("\"x\":\"[^\"]*\"", "\"x\":\"" + "A".repeat(43) + "\""), "badPublicKey");
        wanted.put(plain.replaceAll("\"jwk\":", "\"kid\":\"x\",\"jwk\":"), "malformed");
        wanted.put("{}", "malformed");
        for (Map.Entry<String, String> one : wanted.entrySet()) {
            String changed = Base64.getUrlEncoder()
                    .withoutPadding()
                    .encodeToString(one.getKey().getBytes(StandardCharsets.UTF_8));
            TestGroup.Reply reply = group.post(sound.replace(header, changed).getBytes(StandardCharsets.UTF_8));
            assertThat(reply.error()).as(one.getKey()).isEqualTo(one.getValue());
        }
        for (String body : List.of(
                "",
                "x",
                "[]",
                sound + " ",
                sound.replace("\"payload\"", "\"header\":{},\"payload\""),
                sound.replace("\"signature\":\"", "\"signature\":\"AA"),
                sound.replaceAll("\"signature\":\"[^\"]*\"", "\"signature\":\"\""))) {
            if (!body.equals(sound + " ")) {
                assertThat(group.post(body.getBytes(StandardCharsets.UTF_8)).error())
                        .isEqualTo("malformed");
            }
        }
        assertThat(group.post(sound.getBytes(StandardCharsets.UTF_8)).answer().status())
                .isEqualTo(201);
    }

    @Test
    @Attack("an account with a weak key")
    void aShortKeyHasNoAccount() throws Exception {
        TestClient small = TestClient.rsa(1024, JWSAlgorithm.RS256);
        assertThat(group.post(small, "/acme/new-account", "{}").error()).isEqualTo("badPublicKey");
        TestClient other = TestClient.rsa(2048, JWSAlgorithm.RS512);
        assertThat(group.post(other, "/acme/new-account", "{}").error()).isEqualTo("badSignatureAlgorithm");
    }

    /** Bytes altered anywhere: a refusal, and the state is as it was but for nonces. */
    @Seeds(60)
    @Attack("requests with altered bytes")
    void alteredBytesAreRefusedAndNothingThrows(long seed) throws Exception {
        SplittableRandom random = new SplittableRandom(seed);
        TestClient client = group.register(TestClient.elliptic());
        byte[] sound = client.request("/acme/new-order", TestGroup.order("a.example.org"), group.timeMicros);
        byte[] altered = sound.clone();
        int at = random.nextInt(altered.length);
        altered[at] ^= (byte) (1 << random.nextInt(7));
        TestGroup.Reply reply = group.post(altered);
        boolean same = Arrays.equals(altered, sound);
        assertThat(same || reply.answer().status() >= 400 || reply.answer().status() == 201)
                .isTrue();
        group.restart();
        assertThat(group.post(client, "/acme/new-order", TestGroup.order("b.example.org"))
                        .answer()
                        .status())
                .isEqualTo(201);
    }

    @Seeds(40)
    @Attack("operations that no gateway makes")
    void anyBytesAreNoCommand(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        byte[] bytes = new byte[random.nextInt(200)];
        random.nextBytes(bytes);
        byte[] result = group.authority.apply(new Command(new RequestId(0, 1, 1), bytes), group);
        assertThat(result).isNotEmpty();
    }
}
