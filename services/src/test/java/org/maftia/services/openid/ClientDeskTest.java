package org.maftia.services.openid;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.maftia.core.ordering.RequestId;
import org.maftia.core.testing.Attack;
import org.maftia.core.wire.Digest;
import org.maftia.core.wire.Reader;
import org.maftia.core.wire.Writer;
import org.maftia.services.jose.StrictJson;
import org.maftia.services.testing.UnaskedContext;

/** What is good once, when there is room for hardly any more of it. */
class ClientDeskTest {
    private static final String BASE = "https://localhost:1";
    private static final long NOW = 1_700_000_000_000_000L;
    private static final int GATEWAY = 2;

    private final TestClient bank = TestClient.make();
    private final Holdings holdings = new Holdings();
    private final ClientDesk desk = new ClientDesk(
            new ProviderPolicy(
                    List.of(BASE),
                    "localhost",
                    true,
                    List.of(new ProviderPolicy.Client(
                            "bank",
                            List.of(),
                            Optional.empty(),
                            List.of(bank.publicKey()),
                            List.of(),
                            TokenKey.RS256,
                            ProviderPolicy.Bound.NO)),
                    List.of(),
                    new TreeMap<>(),
                    Digest.ZERO,
                    List.of()),
            holdings,
            OwnCertificates.NONE);

    /** Asks for nothing. */
    private static final class Here extends UnaskedContext {
        @Override
        public long timeMicros() {
            return NOW;
        }

        @Override
        public long index() {
            return 1;
        }
    }

    /** A client that says who it is, and which key it holds: both messages are marked. */
    private void bring() {
        String nonce =
                StrictJson.base64(holdings.nonces.drawn(new byte[32], NOW).toBytes());
        Caller caller = new Caller(
                "bank",
                bank.assertion("bank", List.of(BASE + "/oidc"), NOW / 1_000_000 + 60, bank.fresh()),
                Digest.ZERO,
                bank.proof("POST", BASE + "/oidc/token", nonce, bank.fresh()));
        GrantDesk.Order order = new GrantDesk.Order(
                new RequestId(GATEWAY, 1, 1), new ProvedCommand(new byte[0], List.of()), new Here());
        desk.spend(desk.requireBound(caller, order), order);
    }

    private void fill(int left) {
        while (holdings.spent.size() < Holdings.SPENT_MAX - left) {
            holdings.spent.put(
                    new Digest(holdings.spent.size(), 0, 0, 1), new Spent(Digest.ZERO, "shop", NOW + 60_000_000));
        }
    }

    private void takeOver() {
        Writer writer = new Writer();
        holdings.write(writer);
        new Holdings().read(new Reader(writer.toBytes()));
    }

    @Attack("a state so full that nobody can take it over")
    @Test
    void twoMarksTakeTwoPlaces() {
        fill(2);
        assertThatCode(this::bring).doesNotThrowAnyException();
        takeOver();
        holdings.spent.removeIf(spent -> spent.client().equals("bank"));
        fill(1);
        assertThatThrownBy(this::bring).isInstanceOf(Refusal.class);
        takeOver();
    }
}
