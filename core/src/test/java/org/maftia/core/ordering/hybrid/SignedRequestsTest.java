package org.maftia.core.ordering.hybrid;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.maftia.core.crypto.Transcript;
import org.maftia.core.crypto.Verifier;
import org.maftia.core.ordering.AtomicBroadcast;
import org.maftia.core.ordering.KnownBatches;
import org.maftia.core.ordering.Request;
import org.maftia.core.ordering.RequestId;
import org.maftia.core.ordering.Seal;
import org.maftia.core.protocol.Limits;
import org.maftia.core.protocol.Node;
import org.maftia.core.protocol.Port;
import org.maftia.core.protocol.Protocol;
import org.maftia.core.protocol.Ready;
import org.maftia.core.testing.Attack;
import org.maftia.core.testing.IdealCertifier;
import org.maftia.core.testing.Solo;
import org.maftia.core.trust.FaultStructure;
import org.maftia.core.wire.Codec;
import org.maftia.core.wire.Digest;

/** What waits at one replica of three to be ordered under signatures. */
class SignedRequestsTest {
    private static final Digest CONFIGURATION = Transcript.of("test").digest();
    private static final int CLIENT = 100;
    private static final int SELF = 1;

    private final List<Digest> verified = new ArrayList<>();
    private final List<AtomicBroadcast.Event> outputs = new ArrayList<>();
    private final Node<Consumer<Host>, AtomicBroadcast.Event> node = Solo.node(
            SELF,
            FaultStructure.threshold(3, 1),
            1_000_000,
            (Port<HybridMessage, AtomicBroadcast.Event> port) -> new Host(port, (client, digest, signature) -> {
                verified.add(digest);
                return new IdealCertifier(client).verify(client, digest, signature);
            }));

    /** Something that has the requests, in the place of the ordering. */
    private static final class Host implements Protocol<HybridMessage> {
        final SignedRequests requests;

        Host(Port<HybridMessage, AtomicBroadcast.Event> port, Verifier clients) {
            requests = new SignedRequests(
                    port,
                    id -> AtomicBroadcast.Standing.OPEN,
                    new IdealCertifier(SELF),
                    clients,
                    CONFIGURATION,
                    new KnownBatches(Limits.DEFAULT),
                    () -> {});
        }

        @Override
        public Codec<HybridMessage> codec() {
            return new HybridCodec(CONFIGURATION, Limits.DEFAULT);
        }

        @Override
        public void receive(int from, HybridMessage message) {}
    }

    private void with(Consumer<SignedRequests> action) {
        node.input(host -> action.accept(host.requests), 1_000_000);
        for (Ready<AtomicBroadcast.Event> ready = node.drain(); !ready.isEmpty(); ready = node.drain()) {
            outputs.addAll(ready.outputs());
            for (Ready.Computation computation : ready.computations()) {
                node.computed(computation.id(), computation.task().get(), 1_000_000);
            }
        }
    }

    private static List<Request> sealed(int client, int first, int count) {
        List<Request> bare = IntStream.range(first, first + count)
                .mapToObj(sequence -> new Request(new RequestId(client, 1, sequence), new byte[] {1}))
                .toList();
        return Seal.sealed(CONFIGURATION, bare, new IdealCertifier(client)::sign);
    }

    private boolean isGood(List<Request> requests) {
        List<Boolean> answers = new ArrayList<>();
        with(all -> all.judge(Batch.of(CONFIGURATION, 1, 1, requests), answers::add));
        assertThat(answers).hasSize(1);
        return answers.getFirst();
    }

    @Test
    void followerKeepsNothingOfWhatWasDelivered() {
        with(all -> {
            for (int sequence = 0; sequence < 5_000; sequence++) {
                Request request = new Request(new RequestId(SELF, 1, sequence), new byte[] {1});
                all.submit(request, false);
                all.delivered(List.of(request));
                assertThat(all.ready()).isLessThan(300);
            }
            assertThat(all.isEmpty()).isTrue();
        });
    }

    @Test
    void whatTheLeaderTookItDoesNotTakeAgainWhenTurnsAreDealtAgain() {
        with(all -> {
            all.submit(new Request(new RequestId(SELF, 1, 0), new byte[] {1}), false);
            assertThat(all.take()).hasSize(1);
            for (int sequence = 1; sequence < 1_000; sequence++) {
                Request request = new Request(new RequestId(SELF, 1, sequence), new byte[] {1});
                all.submit(request, false);
                all.delivered(List.of(request));
            }
            assertThat(all.take()).isEmpty();
            all.restartPatience();
            assertThat(all.take()).hasSize(1);
        });
    }

    @Test
    void oneSignatureUnderManyRequestsIsVerifiedOnce() {
        assertThat(isGood(sealed(CLIENT, 0, 40))).isTrue();
        assertThat(verified).hasSize(1);
    }

    @Attack("client flood")
    @Test
    void aBatchUnderAFalseSignatureIsItsClientsFaultAndWaitsForNothing() {
        List<Request> bare = sealed(CLIENT, 0, 5).stream().map(Request::bare).toList();
        List<Request> forged = Seal.together(bare, new byte[64]);
        with(all -> forged.forEach(request -> all.submit(request, false)));
        assertThat(verified).hasSize(1);
        with(all -> assertThat(all.isEmpty()).isTrue());
        assertThat(outputs).containsOnly(new AtomicBroadcast.Forged(CLIENT));
    }

    @Test
    void eachSignatureCountsForWhatItStandsUnder() {
        List<Request> requests = new ArrayList<>(sealed(CLIENT, 0, 4));
        Request other = new Request(new RequestId(CLIENT, 1, 9), new byte[] {2});
        requests.add(
                new Request(other.id(), other.operation(), requests.getFirst().seal()));
        assertThat(isGood(requests)).isFalse();

        List<Request> two = new ArrayList<>(sealed(CLIENT, 0, 4));
        two.addAll(sealed(CLIENT + 1, 0, 4));
        assertThat(isGood(two)).isTrue();
        Seal seal = Objects.requireNonNull(two.get(5).seal());
        Seal forged = new Seal(seal.index(), seal.count(), seal.siblings(), new byte[32]);
        two.set(5, new Request(two.get(5).id(), two.get(5).operation(), forged));
        assertThat(isGood(two)).isFalse();
    }
}
