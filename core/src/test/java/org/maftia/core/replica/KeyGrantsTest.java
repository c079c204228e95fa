package org.maftia.core.replica;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.maftia.core.crypto.DiscreteLogKey;
import org.maftia.core.crypto.IdealCipher;
import org.maftia.core.crypto.IdealCoin;
import org.maftia.core.crypto.ThresholdSignature;
import org.maftia.core.keys.KeyLedger;
import org.maftia.core.ordering.Decision;
import org.maftia.core.ordering.Epoch;
import org.maftia.core.ordering.Request;
import org.maftia.core.ordering.RequestId;
import org.maftia.core.protocol.Limits;
import org.maftia.core.testing.IdealCertifier;
import org.maftia.core.testing.Structures;
import org.maftia.core.testing.ToyThreshold;
import org.maftia.core.trust.FaultStructure;
import org.maftia.core.wire.Digest;
import org.maftia.core.wire.Reader;
import org.maftia.core.wire.Writer;

/** A service that asks for keys which are not its own: its client made it, or an error of its author did. */
final class KeyGrantsTest {
    private static final FaultStructure TRUST = FaultStructure.threshold(4, 1);

    private final List<String> wanted = new ArrayList<>();
    private final List<Long> opened = new ArrayList<>();
    private final SortedMap<RequestId, String> results = new TreeMap<>();
    private long slot;

    /** Asks for a signature under the key that the command names, or, for "open", to have something opened. */
    private static final class Greedy implements StateMachine {
        @Override
        public byte @Nullable [] apply(Command command, Context context) {
            String wish = new String(command.operation(), UTF_8);
            boolean granted = wish.equals("open")
                    ? context.decrypt(new byte[] {1}, new byte[] {2}, 1)
                    : context.sign(wish, "statement".getBytes(UTF_8), 1);
            return (granted ? "granted" : "refused").getBytes(UTF_8);
        }

        @Override
        public void snapshot(Writer writer) {}

        @Override
        public void restore(Reader reader) {
            reader.end();
        }

        @Override
        public Digest root() {
            return Digest.ZERO;
        }
    }

    private Genesis genesis(KeyGrants grants) {
        SortedMap<String, StateMachine> services =
                new TreeMap<>(Map.of("notary", new Greedy(), "authority", new Greedy()));
        SortedMap<String, ThresholdSignature> keys = new TreeMap<>();
        for (String keyId : List.of("tsa", "ca")) {
            keys.put(keyId, new ToyThreshold(keyId, TRUST.sharing(), 4));
        }
        return new Genesis(
                        Digest.ZERO,
                        new IdealCertifier(0),
                        new IdealCoin(0, TRUST, 0),
                        new IdealCipher(0, TRUST).holder(0),
                        services,
                        keys,
                        new TreeMap<>())
                .with(grants);
    }

    private Execution execution(KeyGrants grants) {
        return new Execution(
                genesis(grants), new KeyUses(genesis(grants)), TRUST, Limits.DEFAULT, new ExecutionTest.NoEffects() {
                    @Override
                    public void reply(RequestId id, long at, byte[] result) {
                        results.put(id, new String(result, UTF_8));
                    }

                    @Override
                    public void signatureWanted(long number, PendingSignatures.Wanted wish) {
                        wanted.add(wish.service() + " " + wish.keyId());
                    }

                    @Override
                    public void decryptionWanted(long number, PendingDecryptions.Wanted wish) {
                        opened.add(number);
                    }
                });
    }

    private String ask(Execution execution, String service, String wish) {
        slot = execution.slot() + 1;
        RequestId id = new RequestId(64, 1, slot);
        byte[] operation = ServiceCall.codec(Limits.DEFAULT.operationLengthMax())
                .encode(new ServiceCall(service, wish.getBytes(UTF_8)));
        execution.execute(new Decision(slot, Epoch.FIRST, slot, Digest.ZERO, List.of(new Request(id, operation))));
        return String.valueOf(results.get(id));
    }

    private static KeyGrants grants() {
        return KeyGrants.of(
                new TreeMap<>(Map.of("tsa", "notary", "ca", "authority")), new TreeSet<>(List.of("authority")));
    }

    @Test
    void aServiceHasItsOwnKeyUsedAndNoOther() {
        Execution execution = execution(grants());
        assertThat(ask(execution, "notary", "tsa")).isEqualTo("granted");
        assertThat(ask(execution, "notary", "ca")).isEqualTo("refused");
        assertThat(ask(execution, "authority", "tsa")).isEqualTo("refused");
        assertThat(ask(execution, "authority", "ca")).isEqualTo("granted");
        assertThat(ask(execution, "notary", "no such key")).isEqualTo("refused");
        assertThat(wanted).containsExactly("notary tsa", "authority ca");
        assertThat(execution.signatures().all()).hasSize(2);
    }

    @Test
    void twoServicesShareAKeyWhereThatIsSaidAndNoOther() {
        Execution execution = execution(grants().signingToo("ca", "notary").signingToo("unknown", "notary"));
        assertThat(ask(execution, "notary", "ca")).isEqualTo("granted");
        assertThat(ask(execution, "authority", "ca")).isEqualTo("granted");
        assertThat(ask(execution, "notary", "tsa")).isEqualTo("granted");
        assertThat(ask(execution, "authority", "tsa")).isEqualTo("refused");
        assertThat(ask(execution, "notary", "unknown")).isEqualTo("refused");
        assertThat(grants().maySign("notary", "ca")).isFalse();
    }

    @Test
    void onlyANamedServiceHasSecretsOpened() {
        Execution execution = execution(grants());
        assertThat(ask(execution, "notary", "open")).isEqualTo("refused");
        assertThat(opened).isEmpty();
        assertThat(ask(execution, "authority", "open")).isEqualTo("granted");
        assertThat(opened).hasSize(1);
    }

    @Test
    void whatIsRefusedLeavesNoTraceInTheState() {
        Execution asked = execution(grants());
        ask(asked, "notary", "ca");
        assertThat(asked.signatures().all()).isEmpty();
        Execution restored = execution(grants());
        restored.restore(asked.snapshot());
        assertThat(restored.snapshot()).isEqualTo(asked.snapshot());
        assertThat(ask(restored, "notary", "tsa")).isEqualTo("granted");
    }

    /** A configuration may give a key to another service: what the old one still waits for is signed no more. */
    @Test
    void aSignatureUnderWayEndsWhenTheNextConfigurationDoesNotAllowIt() {
        PendingSignatures pending = new PendingSignatures();
        pending.add("notary", "tsa", new byte[] {1}, 1, PendingSignatures.Purpose.SIGNATURE);
        pending.add("authority", "ca", new byte[] {2}, 2, PendingSignatures.Purpose.SIGNATURE);
        Genesis next =
                genesis(KeyGrants.of(new TreeMap<>(Map.of("tsa", "authority", "ca", "authority")), new TreeSet<>()));
        KeyLedger none = new KeyLedger(Structures.FOUR, List.of(), new KeyLedger.Listener() {
            @Override
            public void blame(int replica, String rule) {}

            @Override
            public void finished(DiscreteLogKey key) {}
        });
        pending.restart(next, new OrderedSigners(next, none, Structures.FOUR.all()));
        assertThat(pending.all().values())
                .extracting(PendingSignatures.Wanted::service)
                .containsExactly("authority");
    }
}
