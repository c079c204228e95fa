package org.maftia.core.ordering;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.maftia.core.crypto.Transcript;
import org.maftia.core.protocol.Limits;
import org.maftia.core.testing.IdealCertifier;
import org.maftia.core.wire.Codec;
import org.maftia.core.wire.Digest;
import org.maftia.core.wire.MalformedException;

/** Requests with their seals put together, and the ways of signed batches that are walked together. */
class SealedRequestsTest {
    private static final Digest GROUP = Transcript.of("test").digest();
    private static final Codec<SealedRequests> CODEC = SealedRequests.codec(Limits.DEFAULT);

    private static List<Request> batch(int client, long session, int count) {
        List<Request> bare = IntStream.range(0, count)
                .mapToObj(i -> new Request(
                        new RequestId(client, session, i), ("operation " + i).getBytes(StandardCharsets.US_ASCII)))
                .toList();
        return Seal.sealed(GROUP, bare, new IdealCertifier(client)::sign);
    }

    private static Digest digest(SealedRequests requests) {
        Transcript transcript = Transcript.of("test");
        requests.bind(transcript);
        return transcript.digest();
    }

    private static Seal seal(Request request) {
        return Objects.requireNonNull(request.seal());
    }

    /** Some of several clients' batches, in any order, some without a seal. */
    private static List<Request> some(Random random) {
        List<Request> all = new ArrayList<>();
        for (int client = 0; client < 3; client++) {
            List<Request> batch = batch(100 + client, random.nextInt(2), 1 + random.nextInt(21));
            batch.forEach(request -> {
                if (random.nextInt(3) > 0) {
                    all.add(random.nextInt(20) == 0 ? request.bare() : request);
                }
            });
        }
        Collections.shuffle(all, random);
        return all;
    }

    @Test
    void comeBackWithTheirSeals() {
        Random random = new Random(1);
        for (int round = 0; round < 500; round++) {
            List<Request> some = some(random);
            SealedRequests written = SealedRequests.of(some);
            SealedRequests read = CODEC.decode(CODEC.encode(written));
            assertThat(read.requests()).isEqualTo(some);
            assertThat(digest(read)).isEqualTo(digest(written));
            assertThat(read.isSealed()).isEqualTo(some.stream().allMatch(request -> request.seal() != null));
            for (int place = 0; place < some.size(); place++) {
                Request request = some.get(place);
                List<Digest> statements = read.groupsOf(List.of(place)).stream()
                        .map(group -> group.statement(GROUP))
                        .toList();
                List<Digest> own = request.seal() == null
                        ? List.of()
                        : List.of(seal(request).statement(GROUP, request));
                assertThat(statements).isEqualTo(own);
            }
        }
    }

    @Test
    void wholeBatchTakesNothingBesideItsRequestsAndOneSignature() {
        List<Request> batch = batch(100, 1, 320);
        int bare = batch.stream()
                .mapToInt(request -> 2 + 8 + 8 + 4 + request.operation().length)
                .sum();
        assertThat(CODEC.encode(SealedRequests.of(batch))).hasSize(4 + bare + 4 * 320 + 4 + 2 + 1 + 32 + 4);
    }

    @Test
    void whatCanBeReadIsWrittenInOneWayOnly() {
        Random random = new Random(2);
        int readable = 0;
        for (int round = 0; round < 20_000; round++) {
            byte[] bytes = CODEC.encode(SealedRequests.of(some(random)));
            for (int change = random.nextInt(3); change >= 0; change--) {
                bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(random.nextBoolean() ? 256 : 4);
            }
            try {
                SealedRequests read = CODEC.decode(bytes);
                readable++;
                assertThat(CODEC.encode(read)).isEqualTo(bytes);
                assertThat(digest(SealedRequests.of(read.requests()))).isEqualTo(digest(read));
            } catch (MalformedException e) {
                assertThat(e).hasMessageNotContaining("null");
            }
        }
        assertThat(readable).isBetween(2_000, 19_000);
    }

    @Test
    void anotherSealIsAnotherBatch() {
        List<Request> batch = batch(100, 1, 5);
        Digest digest = digest(SealedRequests.of(batch));
        for (Request request : batch) {
            Seal seal = seal(request);
            List<Request> other = new ArrayList<>(batch);
            other.set(
                    seal.index(), request.with(new Seal(seal.index(), seal.count(), seal.siblings(), new byte[] {1})));
            assertThat(digest(SealedRequests.of(other))).isNotEqualTo(digest);
        }
    }

    @Test
    void oneSignatureUnderTwoTreesIsTwoGroups() {
        List<Request> first = batch(100, 1, 4);
        List<Request> second = batch(100, 1, 4).stream()
                .map(request -> new Request(request.id(), new byte[] {9}))
                .toList();
        byte[] signature = seal(first.getFirst()).signature();
        List<Request> both = new ArrayList<>(first);
        both.addAll(Seal.sealed(GROUP, second, statement -> signature));
        SealedRequests read = CODEC.decode(CODEC.encode(SealedRequests.of(both)));
        assertThat(read.requests()).isEqualTo(both);
        assertThat(read.groupsOf(IntStream.range(0, 8).boxed().toList())).hasSize(2);
    }

    @Test
    void aBatchThatIsKnownIsReadAsIfItWereNot() {
        KnownBatches known = new KnownBatches(Limits.DEFAULT);
        Codec<SealedRequests> codec = SealedRequests.codec(Limits.DEFAULT, known);
        List<Request> batch = batch(100, 1, 7);
        known.note(batch.getFirst());
        byte[] signature = seal(batch.getFirst()).signature();
        List<Request> other = batch.stream()
                .map(request ->
                        request.id().sequence() == 6 ? new Request(request.id(), new byte[] {9}) : request.bare())
                .toList();
        List<Request> changed = Seal.sealed(GROUP, other, statement -> signature);
        for (List<Request> requests : List.of(batch, changed, batch.subList(0, 6), batch(101, 1, 7))) {
            byte[] bytes = codec.encode(SealedRequests.of(requests));
            SealedRequests read = codec.decode(bytes);
            assertThat(read.requests()).isEqualTo(requests);
            assertThat(digest(read)).isEqualTo(digest(CODEC.decode(bytes)));
        }
        assertThat(known.find(batch, signature)).isNotNull();
        assertThat(known.find(changed, signature)).isNull();
        assertThat(known.find(batch, new byte[64])).isNull();
    }

    @Test
    void batchesAreKnownUntilYoungerOnesTakeTheirRoom() {
        KnownBatches known = new KnownBatches(Limits.DEFAULT);
        List<Request> first = large(0);
        known.note(first.getFirst());
        int others = 0;
        while (known.find(first, seal(first.getFirst()).signature()) != null) {
            known.note(large(++others).getFirst());
        }
        assertThat(others).isEqualTo(15);
    }

    /** A batch whose operations fill a batch of the log. */
    private static List<Request> large(long session) {
        byte[] operation = new byte[Limits.DEFAULT.batchLengthMax() / 2];
        List<Request> bare = IntStream.range(0, 2)
                .mapToObj(i -> new Request(new RequestId(100, session, i), operation))
                .toList();
        return Seal.sealed(GROUP, bare, new IdealCertifier(100)::sign);
    }

    @Test
    void refusesOneRequestTwiceAndSealsThatLeadNowhere() {
        List<Request> batch = batch(100, 1, 4);
        List<Request> twice = List.of(batch.getFirst(), batch.get(1), batch.getFirst());
        assertThatThrownBy(() -> SealedRequests.of(twice)).isInstanceOf(IllegalArgumentException.class);
        Seal seal = seal(batch.getFirst());
        Request lost = batch.getFirst().with(new Seal(0, 4, List.of(), seal.signature()));
        assertThatThrownBy(() -> SealedRequests.of(List.of(lost))).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void treeTakesExactlyWhatLeadsToItsRoot() {
        Random random = new Random(3);
        for (int round = 0; round < 2_000; round++) {
            List<Request> batch = batch(100, 1, 1 + random.nextInt(40));
            Request first = batch.get(random.nextInt(batch.size()));
            SealTree tree = Objects.requireNonNull(SealTree.of(first, seal(first)));
            for (int i = 0; i < 10; i++) {
                Request request = batch.get(random.nextInt(batch.size()));
                if (random.nextBoolean()) {
                    request = spoilt(request, random);
                }
                Digest root = seal(request).root(request.digest());
                assertThat(tree.leads(request, seal(request)))
                        .isEqualTo(tree.root().equals(root));
            }
        }
    }

    /** Another operation, place or way. */
    private static Request spoilt(Request request, Random random) {
        Seal seal = seal(request);
        List<Digest> siblings = new ArrayList<>(seal.siblings());
        int index = seal.index();
        byte[] operation = request.operation();
        switch (random.nextInt(4)) {
            case 0 -> operation = new byte[] {7};
            case 1 -> index = random.nextInt(seal.count());
            case 2 -> siblings.add(Digest.ZERO);
            default -> {
                if (!siblings.isEmpty()) {
                    siblings.set(random.nextInt(siblings.size()), Digest.ZERO);
                }
            }
        }
        return new Request(request.id(), operation, new Seal(index, seal.count(), siblings, seal.signature()));
    }
}
