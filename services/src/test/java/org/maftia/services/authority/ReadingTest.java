package org.maftia.services.authority;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.maftia.core.testing.Attack;
import org.maftia.services.authority.acme.Jws;

/** What one replica shows without the log: to whom it belongs, and nothing else. */
class ReadingTest {
    private final TestGroup group = new TestGroup();

    private Optional<Reading> read(byte[] request) {
        return group.authority.looks().read(Jws.decode(request), group.timeMicros);
    }

    private byte[] request(TestClient client, Object url, String payload) throws Exception {
        return client.request(TestGroup.path(url), payload, group.timeMicros);
    }

    @Test
    void ordersAndAuthorizationsAreShownAsTheGroupWouldShowThem() throws Exception {
        TestClient client = group.register(TestClient.elliptic());
        TestGroup.Reply order = group.readyOrder(client, "www.example.org");
        for (Object url :
                List.of(order.answer().location(), order.list("authorizations").getFirst())) {
            Reading reading = read(request(client, url, "")).orElseThrow();
            assertThat(reading.isSigned()).isTrue();
            AuthorityAnswer ordered =
                    group.post(client, TestGroup.path(url), "").answer();
            assertThat(AuthorityAnswer.CODEC.encode(reading.answer())).isEqualTo(AuthorityAnswer.CODEC.encode(ordered));
        }
    }

    @Attack("an account uses another's orders")
    @Test
    void nothingIsShownToAnotherAccountOrWithoutASignature() throws Exception {
        TestClient client = group.register(TestClient.elliptic());
        TestClient other = group.register(TestClient.elliptic());
        String place = group.readyOrder(client, "www.example.org").answer().location();
        assertThat(read(request(other, place, ""))).isEmpty();
        other.account = client.account;
        Reading stolen = read(request(other, place, "")).orElseThrow();
        assertThat(stolen.isSigned()).isFalse();
    }

    @Attack("a request is sent twice")
    @Test
    void aNonceThatWasUsedReadsNothing() throws Exception {
        TestClient client = group.register(TestClient.elliptic());
        String place = group.readyOrder(client, "www.example.org").answer().location();
        byte[] request = request(client, place, "");
        assertThat(read(request)).isPresent();
        group.post(request);
        assertThat(read(request)).isEmpty();
        byte[] old = request(client, place, "");
        group.timeMicros += 3 * Agreed.HOUR_MICROS;
        assertThat(read(old)).isEmpty();
    }

    @Test
    void whatDoesMoreThanReadOrIsUnusualIsLeftToTheGroup() throws Exception {
        TestClient client = group.register(TestClient.elliptic());
        TestGroup.Reply order = group.readyOrder(client, "www.example.org");
        Object authorization = order.list("authorizations").getFirst();
        assertThat(read(request(client, authorization, "{\"status\":\"deactivated\"}")))
                .isEmpty();
        assertThat(read(request(client, order.answer().location() + "/finalize", "")))
                .isEmpty();
        assertThat(read(request(client, TestClient.BASE + "/acme/order/0123456789abcdef", "")))
                .isEmpty();
        assertThat(read(request(client, TestClient.BASE + "/acme/nothing", ""))).isEmpty();
        TestGroup.Reply again = group.post(client, TestGroup.path(authorization), "");
        assertThat(again.text("status")).isEqualTo("valid");
        group.post(client, TestGroup.path(client.account), "{\"status\":\"deactivated\"}");
        assertThat(read(request(client, order.answer().location(), ""))).isEmpty();
    }

    @Test
    void aHostileAuthorityOrdersAll() throws Exception {
        TestGroup hostile = new TestGroup(false, true, List.of(), List.of());
        TestClient client = TestClient.elliptic();
        while (client.account == null || client.account.isEmpty()) {
            hostile.register(client);
        }
        byte[] request = client.request("/acme/order/0123456789abcdef", "", hostile.timeMicros);
        assertThat(hostile.authority.looks().read(Jws.decode(request), hostile.timeMicros))
                .isEmpty();
    }
}
