package org.maftia.services.authority;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.bouncycastle.math.ec.rfc8032.Ed25519;
import org.junit.jupiter.api.Test;
import org.maftia.core.testing.Attack;
import org.maftia.core.wire.Digest;

class AccountsTest {
    private static final byte[] OFFICER = new byte[32];
    private static final byte[] SECRET = "0123456789abcdef0123456789abcdef".getBytes(StandardCharsets.US_ASCII);
    private static final String NEW = "/acme/new-account";

    private final TestGroup open = new TestGroup();
    private final TestGroup closed = new TestGroup(true, false, List.of(), List.of(officer()));

    private static byte[] officer() {
        byte[] key = new byte[Ed25519.PUBLIC_KEY_SIZE];
        Ed25519.generatePublicKey(OFFICER, 0, key, 0);
        return key;
    }

    private TestGroup.Reply official(OfficerOrder.Act act, String nonce, byte[] key) throws Exception {
        byte[] order = OfficerOrder.CODEC.encode(new OfficerOrder(0, nonce, act));
        byte[] statement = OfficerOrder.statement(Digest.ZERO, order);
        byte[] signature = new byte[Ed25519.SIGNATURE_SIZE];
        Ed25519.sign(key, 0, statement, 0, statement.length, signature, 0);
        return TestGroup.reply(Objects.requireNonNull(closed.command(new AuthorityCommand.Official(order, signature))));
    }

    @Test
    void aKeyHasOneAccount() throws Exception {
        TestClient client = TestClient.elliptic();
        TestGroup.Reply made = open.post(client, NEW, "{\"contact\":[\"mailto:a@example.org\"]}");
        assertThat(made.answer().status()).isEqualTo(201);
        assertThat(made.answer().location()).isEqualTo(TestClient.BASE + "/acme/acct/1");
        TestGroup.Reply found = open.post(client, NEW, "{\"onlyReturnExisting\":true}");
        assertThat(found.answer().status()).isEqualTo(200);
        assertThat(found.answer().location()).isEqualTo(made.answer().location());
        assertThat(found.list("contact")).isEqualTo(List.of("mailto:a@example.org"));
    }

    @Test
    void anAccountThatIsDeactivatedDoesNothingMore() throws Exception {
        TestClient client = open.register(TestClient.elliptic());
        assertThat(open.post(client, "/acme/acct/1", "{\"status\":\"deactivated\"}")
                        .text("status"))
                .isEqualTo("deactivated");
        assertThat(open.post(client, "/acme/new-order", TestGroup.order("a.example.org"))
                        .error())
                .isEqualTo("unauthorized");
        client.account = null;
        assertThat(open.post(client, NEW, "{}").error()).isEqualTo("unauthorized");
    }

    @Test
    @Attack("an account is taken over by a change of its key")
    void aKeyIsChangedByWhoHasBoth() throws Exception {
        TestClient old = open.register(TestClient.elliptic());
        TestClient next = TestClient.elliptic();
        String url = TestClient.BASE + "/acme/key-change";
        String content = "{\"account\":\"" + old.account + "\",\"oldKey\":" + old.key.toPublicJWK() + "}";
        String stranger = "{\"account\":\"" + old.account + "\",\"oldKey\":" + next.key.toPublicJWK() + "}";
        assertThat(open.post(old, "/acme/key-change", next.inner(url, stranger)).error())
                .isEqualTo("malformed");
        assertThat(open.post(old, "/acme/key-change", next.inner(url + "x", content))
                        .error())
                .isEqualTo("malformed");
        TestClient other = open.register(TestClient.elliptic());
        assertThat(open.post(other, "/acme/key-change", next.inner(url, content))
                        .error())
                .isEqualTo("malformed");
        String taken = "{\"account\":\"" + old.account + "\",\"oldKey\":" + old.key.toPublicJWK() + "}";
        other.account = null;
        TestGroup.Reply conflict = open.post(old, "/acme/key-change", other.inner(url, taken));
        assertThat(conflict.answer().status()).isEqualTo(409);
        assertThat(open.post(old, "/acme/key-change", next.inner(url, content))
                        .answer()
                        .status())
                .isEqualTo(200);
        assertThat(open.post(old, "/acme/acct/1", "").error()).isEqualTo("malformed");
        next.account = old.account;
        assertThat(open.post(next, "/acme/acct/1", "").text("status")).isEqualTo("valid");
    }

    @Test
    @Attack("an account without a credential, or with another's")
    void aCredentialOfAnOfficerMakesOneAccount() throws Exception {
        TestClient client = TestClient.elliptic();
        assertThat(closed.post(client, NEW, "{}").error()).isEqualTo("externalAccountRequired");
        OfficerOrder.Act credential = new OfficerOrder.Act.Credential("kim", SECRET);
        byte[] strange = new byte[32];
        strange[0] = 1;
        String nonce = TestClient.nonce(closed.timeMicros);
        assertThat(official(credential, nonce, strange).error()).isEqualTo("unauthorized");
        assertThat(official(credential, nonce, OFFICER).answer().status()).isEqualTo(200);
        assertThat(official(credential, nonce, OFFICER).error()).isEqualTo("badNonce");
        String url = TestClient.BASE + NEW;
        byte[] wrong = Arrays.copyOf(SECRET, 32);
        wrong[0] ^= 1;
        assertThat(closed.post(client, NEW, bound(client.binding(url, "kim", wrong)))
                        .error())
                .isEqualTo("unauthorized");
        assertThat(closed.post(client, NEW, bound(TestClient.elliptic().binding(url, "kim", SECRET)))
                        .error())
                .isEqualTo("unauthorized");
        assertThat(closed.post(client, NEW, bound(client.binding(url + "x", "kim", SECRET)))
                        .error())
                .isEqualTo("unauthorized");
        closed.restart();
        assertThat(closed.post(client, NEW, bound(client.binding(url, "kim", SECRET)))
                        .answer()
                        .status())
                .isEqualTo(201);
        TestClient second = TestClient.elliptic();
        assertThat(closed.post(second, NEW, bound(second.binding(url, "kim", SECRET)))
                        .error())
                .isEqualTo("unauthorized");
    }

    @Test
    void aCredentialEndsAfterADay() throws Exception {
        official(new OfficerOrder.Act.Credential("kim", SECRET), TestClient.nonce(closed.timeMicros), OFFICER);
        closed.timeMicros += Agreed.DAY_MICROS + 1;
        TestClient client = TestClient.elliptic();
        assertThat(closed.post(client, NEW, bound(client.binding(TestClient.BASE + NEW, "kim", SECRET)))
                        .error())
                .isEqualTo("unauthorized");
    }

    private static String bound(String binding) {
        return "{\"externalAccountBinding\":" + binding + "}";
    }

    @Test
    void aHostileAuthorityRefusesSomeGoodNonces() throws Exception {
        TestGroup hostile = new TestGroup(false, true, List.of(), List.of());
        int refused = 0;
        for (int i = 0; i < 100; i++) {
            TestGroup.Reply reply = hostile.post(TestClient.elliptic(), NEW, "{}");
            refused += reply.answer().status() == 201 ? 0 : 1;
        }
        assertThat(refused).isBetween(1, 20);
    }
}
