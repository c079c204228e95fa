package org.maftia.core.ordering;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.maftia.core.crypto.Transcript;
import org.maftia.core.protocol.Limits;
import org.maftia.core.testing.Attack;
import org.maftia.core.testing.IdealCertifier;
import org.maftia.core.wire.Codec;
import org.maftia.core.wire.Digest;
import org.maftia.core.wire.MalformedException;
import org.maftia.core.wire.Writer;

/** Batches said by the names of what clients signed together. */
class OutlineTest {
    private static final Digest GROUP = Transcript.of("group").digest();
    private static final Codec<Outline> CODEC = Outline.codec(Limits.DEFAULT);

    private final KnownBatches leader = new KnownBatches(Limits.DEFAULT);
    private final KnownBatches follower = new KnownBatches(Limits.DEFAULT);

    private static List<Request> batch(int client, int first, int count, int length) {
        List<Request> bare = IntStream.range(first, first + count)
                .mapToObj(sequence -> new Request(new RequestId(client, 1, sequence), new byte[length]))
                .toList();
        return Seal.sealed(GROUP, bare, new IdealCertifier(client)::sign);
    }

    private static SealedRequests sent(Outline outline, KnownBatches known) {
        return CODEC.decode(CODEC.encode(outline)).fill(known, Limits.DEFAULT).orElseThrow();
    }

    private static Digest digest(SealedRequests sealed) {
        Transcript transcript = Transcript.of("test");
        sealed.bind(transcript);
        return transcript.digest();
    }

    @Test
    void whoHasTheBatchesMakesOfAnOutlineWhatItWasMadeOf() {
        Random random = new Random(5);
        for (int round = 0; round < 300; round++) {
            List<Request> all = new ArrayList<>();
            for (int client = 100; client < 104; client++) {
                List<Request> batch = batch(client, 1_000 * round, 1 + random.nextInt(30), random.nextInt(50));
                if (random.nextInt(4) > 0) {
                    batch.forEach(leader::note);
                    batch.forEach(follower::note);
                }
                all.addAll(batch);
            }
            all.add(new Request(new RequestId(3, 1, round), new byte[] {1}));
            Collections.shuffle(all, random);
            SealedRequests sealed = SealedRequests.of(all.subList(0, 1 + random.nextInt(all.size())));
            SealedRequests filled = sent(Outline.of(sealed, leader), follower);
            assertThat(filled.requests()).isEqualTo(sealed.requests());
            assertThat(digest(filled)).isEqualTo(digest(sealed));
        }
    }

    @Test
    void anOutlineIsShort() {
        List<Request> batch = batch(100, 0, 40, 1_000);
        leader.note(batch.getFirst());
        Outline outline = Outline.of(SealedRequests.of(batch), leader);
        assertThat(outline.isShorter()).isTrue();
        assertThat(CODEC.encode(outline)).hasSizeLessThan(400);
        assertThat(Outline.of(SealedRequests.of(batch), follower).isShorter()).isFalse();
    }

    @Test
    void whoLacksABatchMakesNothingOfIt() {
        List<Request> batch = batch(100, 0, 4, 1);
        leader.note(batch.getFirst());
        Outline outline = Outline.of(SealedRequests.of(batch), leader);
        assertThat(outline.fill(follower, Limits.DEFAULT)).isEmpty();
        follower.note(batch.getFirst());
        assertThat(outline.fill(follower, Limits.DEFAULT)).isPresent();
        follower.delivered(batch.get(2));
        assertThat(outline.fill(follower, Limits.DEFAULT)).isPresent();
        follower.delivered(batch.get(3));
        assertThat(outline.fill(follower, Limits.DEFAULT)).isEmpty();
    }

    @Attack("one name for two batches")
    @Test
    void aClientThatGivesEachReplicaAnotherBatchUnderOneSignatureMakesNobodyTakeTheOther() {
        List<Request> batch = batch(100, 0, 4, 1);
        byte[] signature = Objects.requireNonNull(batch.getFirst().seal()).signature();
        List<Request> other = batch(100, 0, 4, 2).stream().map(Request::bare).toList();
        Seal.sealed(GROUP, other, statement -> signature).forEach(follower::note);
        batch.forEach(leader::note);
        batch.forEach(follower::note);
        assertThat(Outline.of(SealedRequests.of(batch), leader).fill(follower, Limits.DEFAULT))
                .isEmpty();
    }

    @Attack("proposal of too much")
    @Test
    void namesOfMoreThanABatchMayHoldAreRefused() {
        int half = Limits.DEFAULT.batchLengthMax() / 2;
        List<Request> all = new ArrayList<>();
        for (int client = 100; client < 103; client++) {
            List<Request> batch = batch(client, 0, 1, half);
            batch.forEach(leader::note);
            all.addAll(batch);
        }
        Outline much = Outline.of(SealedRequests.of(all), leader);
        assertThatThrownBy(() -> much.fill(leader, Limits.DEFAULT)).isInstanceOf(MalformedException.class);
    }

    @Test
    void oneRequestTwiceIsRefused() {
        List<Request> batch = batch(100, 0, 2, 0);
        batch.forEach(leader::note);
        byte[] bytes = CODEC.encode(Outline.of(SealedRequests.of(batch), leader));
        // Behind the name, of 47 bytes and the signature: their number, name and place of the first, of the second.
        int length = Objects.requireNonNull(batch.getFirst().seal()).signature().length;
        int second = 4 + 45 + length + 4 + 4 + 2;
        assertThat(bytes[second + 1]).isOne();
        bytes[second + 1] = 0;
        Outline twice = CODEC.decode(bytes);
        assertThatThrownBy(() -> twice.fill(leader, Limits.DEFAULT)).isInstanceOf(MalformedException.class);
    }

    @Test
    void whatSaysMoreThanItHasIsRefusedBeforeItIsAllocated() {
        List<Request> batch = batch(100, 0, 3, 0);
        batch.forEach(leader::note);
        byte[] bytes = CODEC.encode(Outline.of(SealedRequests.of(batch), leader));
        for (int length = 0; length < bytes.length; length++) {
            byte[] cut = Arrays.copyOf(bytes, length);
            assertThatThrownBy(() -> CODEC.decode(cut)).isInstanceOf(MalformedException.class);
        }
        byte[] large = new Writer().u32(0).u32(0xffff_ffffL).toBytes();
        assertThatThrownBy(() -> CODEC.decode(large)).isInstanceOf(MalformedException.class);
        byte[] nameless = new Writer().u32(0).u32(1).u16(1).u16(0).toBytes();
        assertThatThrownBy(() -> CODEC.decode(nameless)).isInstanceOf(MalformedException.class);
    }

    @Test
    void aFloodOfOneClientDrivesOutItsOwn() {
        List<Request> quiet = batch(101, 0, 3, 10);
        leader.note(quiet.getFirst());
        for (int first = 0; first < 1_000; first++) {
            leader.note(
                    batch(100, first, 1, Limits.DEFAULT.operationLengthMax()).getFirst());
        }
        assertThat(Outline.of(SealedRequests.of(quiet), leader).isShorter()).isTrue();
    }
}
