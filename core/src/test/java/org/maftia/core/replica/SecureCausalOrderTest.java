package org.maftia.core.replica;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.maftia.core.crypto.IdealCipher;
import org.maftia.core.crypto.IdealCoin;
import org.maftia.core.ordering.AtomicBroadcast;
import org.maftia.core.ordering.Decision;
import org.maftia.core.ordering.Epoch;
import org.maftia.core.ordering.Request;
import org.maftia.core.ordering.RequestId;
import org.maftia.core.testing.IdealCertifier;
import org.maftia.core.testing.RecordingPort;
import org.maftia.core.testing.SeededEntropy;
import org.maftia.core.trust.FaultStructure;
import org.maftia.core.wire.Digest;
import org.maftia.core.wire.Reader;
import org.maftia.core.wire.Writer;

class SecureCausalOrderTest {
    /** Nobody falls, so that each share opens by itself. */
    private static final FaultStructure TRUST = FaultStructure.threshold(4, 0);

    private static final RequestId ID = new RequestId(64, 1, 0);

    private final IdealCipher cipher = new IdealCipher(0, TRUST);
    private final RecordingPort<ReplicaSnapshot, Output> port = new RecordingPort<>(0, TRUST);

    private static final class Silent implements StateMachine {
        @Override
        public byte[] apply(Command command, Context context) {
            return new byte[0];
        }

        @Override
        public void snapshot(Writer writer) {}

        @Override
        public void restore(Reader reader) {}

        @Override
        public Digest root() {
            return Digest.ZERO;
        }
    }

    private static final class Deaf implements SecureCausalOrder.Listener {
        @Override
        public void admitted(Request request) {}

        @Override
        public void refused(Request request, String reason) {}

        @Override
        public void read() {}

        @Override
        public void stalled() {}
    }

    private SecureCausalOrder order() {
        TreeMap<String, StateMachine> services = new TreeMap<>();
        services.put("journal", new Silent());
        Genesis genesis = new Genesis(
                Digest.ZERO,
                new IdealCertifier(0),
                new IdealCoin(0, TRUST, 0),
                cipher.holder(0),
                services,
                new TreeMap<>(),
                new TreeMap<>());
        return new SecureCausalOrder(
                port, genesis, new KeyUses(genesis), id -> AtomicBroadcast.Standing.OPEN, new Deaf());
    }

    private Request request() {
        byte[] operation = "secret".getBytes(StandardCharsets.UTF_8);
        byte[] ciphertext =
                cipher.encrypt(operation, ConfidentialCall.label(Digest.ZERO, "journal", ID), new SeededEntropy(1));
        byte[] call = ConfidentialCall.codec(1000).encode(new ConfidentialCall("journal", ciphertext));
        return new Request(ID, ServiceCall.codec(2000).encode(new ServiceCall(ConfidentialCall.SERVICE, call)));
    }

    private static Decision slot(long number, Request request) {
        return new Decision(number, Epoch.FIRST, 0, Digest.ZERO, List.of(request));
    }

    /**
     * A request stood in a slot where its turn had not come, and stands in a later one, which this replica has executed. A
     * peer that is to execute that one yet gets no share from who forgot it with the first.
     */
    @Test
    void aCheckpointForgetsNothingThatStandsInALaterSlotToo() {
        SecureCausalOrder order = order();
        Request request = request();
        order.decided(slot(1, request), true);
        order.decided(slot(2, request), true);
        assertThat(order.readable(2)).as("its own share opens it").isNotNull();

        order.forgetUpTo(1);
        assertThat(order.readable(2)).as("it is still known").isNotNull();

        order.forgetUpTo(2);
        order.decided(slot(3, request), false);
        assertThat(order.readable(3)).as("nothing is kept for ever").isNull();
    }
}
