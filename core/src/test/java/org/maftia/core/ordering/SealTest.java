package org.maftia.core.ordering;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.maftia.core.crypto.Ed25519Certifier;
import org.maftia.core.crypto.Ed25519Verifier;
import org.maftia.core.crypto.Transcript;
import org.maftia.core.crypto.Verifier;
import org.maftia.core.testing.Attack;
import org.maftia.core.testing.Seeds;
import org.maftia.core.wire.Digest;
import org.maftia.core.wire.MalformedException;

/** One signature under a batch, and what it speaks for. */
class SealTest {
    private static final Digest GROUP = new Digest(1, 2, 3, 4);
    private static final int CLIENT = 64;
    private static final int OTHER = 65;
    private static final Ed25519Certifier KEY = key(1);
    private static final Verifier CLIENTS = clients();

    private static Ed25519Certifier key(int seed) {
        byte[] secret = new byte[Ed25519Certifier.PRIVATE_KEY_LENGTH];
        secret[0] = (byte) seed;
        return new Ed25519Certifier(secret, List.of(Ed25519Certifier.publicKey(secret)));
    }

    private static Verifier clients() {
        SortedMap<Integer, byte[]> keys = new TreeMap<>();
        for (int client = CLIENT; client <= OTHER; client++) {
            byte[] secret = new byte[Ed25519Certifier.PRIVATE_KEY_LENGTH];
            secret[0] = (byte) (client - CLIENT + 1);
            keys.put(client, Ed25519Certifier.publicKey(secret));
        }
        return new Ed25519Verifier(keys);
    }

    private static List<Request> batch(int count) {
        List<Request> requests = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            requests.add(new Request(new RequestId(CLIENT, 7, i), new byte[] {(byte) i}));
        }
        return Seal.sealed(GROUP, requests, KEY::sign);
    }

    private static boolean isGood(Digest group, Request request) {
        Seal seal = request.seal();
        Digest statement = seal == null ? null : seal.statement(group, request);
        return seal != null && statement != null && CLIENTS.verify(request.id().client(), statement, seal.signature());
    }

    @Test
    void everyRequestOfABatchOfAnySizeProvesItself() {
        for (int count = 1; count <= 70; count++) {
            assertThat(batch(count)).allMatch(request -> isGood(GROUP, request));
        }
        List<Request> largest = batch(Seal.COUNT_MAX);
        assertThat(List.of(largest.getFirst(), largest.get(517), largest.getLast()))
                .allMatch(request -> isGood(GROUP, request));
    }

    @Attack("leader forges, alters, replays requests")
    @Test
    void aSealServesOneRequestInOnePlaceOfOneGroup() {
        for (int count : new int[] {1, 2, 5, 8, 13}) {
            List<Request> requests = batch(count);
            for (Request from : requests) {
                Seal seal = Objects.requireNonNull(from.seal());
                RequestId id = from.id();
                List<Request> others = new ArrayList<>(List.of(
                        new Request(id, new byte[] {99}, seal),
                        new Request(new RequestId(CLIENT, 8, id.sequence()), from.operation(), seal),
                        new Request(new RequestId(CLIENT, 7, id.sequence() + count), from.operation(), seal),
                        new Request(new RequestId(OTHER, 7, id.sequence()), from.operation(), seal)));
                requests.stream()
                        .filter(other -> other != from)
                        .forEach(other -> others.add(new Request(other.id(), other.operation(), seal)));
                assertThat(others).noneMatch(other -> isGood(GROUP, other));
                assertThat(isGood(Digest.ZERO, from)).as("another group").isFalse();
            }
        }
    }

    /** Not even an inner node of the tree passes for a request, as leaves are hashed under another purpose. */
    @Attack("leader forges, alters, replays requests")
    @Seeds(20)
    void everyFlippedBitOfASealIsRefused(long seed) {
        Request request = batch(5).get((int) (seed % 5));
        byte[] bytes = Seal.CODEC.encode(Objects.requireNonNull(request.seal()));
        for (int bit = 0; bit < 8 * bytes.length; bit++) {
            byte[] flipped = bytes.clone();
            flipped[bit / 8] ^= (byte) (1 << bit % 8);
            try {
                Seal other = Seal.CODEC.decode(flipped);
                assertThat(isGood(GROUP, request.with(other))).as("bit %d", bit).isFalse();
            } catch (MalformedException refused) {
                assertThat(refused).hasMessageMatching(".+");
            }
        }
    }

    @Test
    void aBatchIsOfOneSessionAndBounded() {
        Request one = new Request(new RequestId(CLIENT, 7, 0), new byte[0]);
        Request other = new Request(new RequestId(CLIENT, 8, 0), new byte[0]);
        assertThatThrownBy(() -> Seal.sealed(GROUP, List.of(one, other), KEY::sign))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> batch(Seal.COUNT_MAX + 1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> batch(0)).isInstanceOf(IllegalArgumentException.class);
    }

    @Attack("huge lengths, far-future slot, epoch, round")
    @Test
    void aPlaceOutsideOfTheBatchAndAWayWithoutEndAreMalformed() {
        byte[] signature = new byte[64];
        List<Digest> way = new ArrayList<>();
        for (int i = 0; i < 11; i++) {
            way.add(Digest.ZERO);
        }
        for (Seal seal : List.of(
                new Seal(5, 5, List.of(), signature),
                new Seal(0, 0, List.of(), signature),
                new Seal(0, Seal.COUNT_MAX + 1, List.of(), signature),
                new Seal(0, 5, way, signature))) {
            byte[] bytes = Seal.CODEC.encode(seal);
            assertThatThrownBy(() -> Seal.CODEC.decode(bytes)).isInstanceOf(MalformedException.class);
        }
    }

    @Test
    void nodesAreHashedAsTranscriptsAre() {
        Digest one = new Digest(1, 2, 3, 4);
        Digest other = new Digest(-5, 6, 7, 8);
        assertThat(Seal.node(one, other))
                .isEqualTo(Transcript.of("client batch node")
                        .field(one)
                        .field(other)
                        .digest());
    }
}
