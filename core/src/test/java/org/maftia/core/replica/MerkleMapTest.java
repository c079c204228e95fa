package org.maftia.core.replica;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.maftia.core.testing.CodecCheck;
import org.maftia.core.testing.Seeds;
import org.maftia.core.wire.Digest;

class MerkleMapTest {
    private static byte[] value(int number) {
        return new byte[] {(byte) number, (byte) (number >> 8)};
    }

    private static MerkleMap of(Map<String, byte[]> content) {
        MerkleMap map = MerkleMap.EMPTY;
        for (Map.Entry<String, byte[]> entry : content.entrySet()) {
            map = map.with(entry.getKey(), entry.getValue());
        }
        return map;
    }

    private static boolean proves(MerkleMap map, MerkleMap.Proof proof, String key, byte @Nullable [] value) {
        return map.root().equals(proof.root(key, value));
    }

    @Test
    void anEmptyMapProvesThatItHoldsNothing() {
        assertThat(MerkleMap.EMPTY.root()).isEqualTo(Digest.ZERO);
        assertThat(proves(MerkleMap.EMPTY, MerkleMap.EMPTY.prove("a"), "a", null))
                .isTrue();
        assertThat(proves(MerkleMap.EMPTY, MerkleMap.EMPTY.prove("a"), "a", new byte[0]))
                .isFalse();
    }

    /** Against the plainest model, a sorted map; the root must forget how the content came about. */
    @Seeds(30)
    void theRootBindsTheContentAndNothingElse(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        TreeMap<String, byte[]> model = new TreeMap<>();
        MerkleMap map = MerkleMap.EMPTY;
        for (int step = 0; step < 300; step++) {
            String key = "k" + random.nextInt(40);
            if (random.nextInt(3) == 0) {
                map = map.without(key);
                model.remove(key);
            } else {
                byte[] value = value(random.nextInt(5));
                map = map.with(key, value);
                model.put(key, value);
            }
            assertThat(map.get(key)).isEqualTo(model.get(key));
        }
        assertThat(map.root()).isEqualTo(of(model).root());
        assertThat(map.root()).isEqualTo(of(model.descendingMap()).root());
        assertThat(map.with("k0", value(99)).root()).isNotEqualTo(map.root());
        assertThat(map.without(model.firstKey()).root()).isNotEqualTo(map.root());
    }

    @Seeds(10)
    void everyKeyProvesItsValueOrItsAbsenceAndNothingElse(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        TreeMap<String, byte[]> content = new TreeMap<>();
        for (int i = random.nextInt(60); i > 0; i--) {
            content.put("k" + random.nextInt(100), value(i));
        }
        MerkleMap map = of(content);
        for (int i = 0; i < 100; i++) {
            String key = "k" + i;
            byte[] value = content.get(key);
            MerkleMap.Proof proof = map.prove(key);
            assertThat(proves(map, proof, key, value)).isTrue();
            assertThat(proves(map, proof, key, value(1000))).isFalse();
            assertThat(proves(map, proof, key, value == null ? new byte[0] : null))
                    .isFalse();
            String other = "k" + (i + 1) % 100;
            assertThat(content.containsKey(other) && proves(map, proof, other, null))
                    .as("the absence of a key that is there")
                    .isFalse();
            altered(proof)
                    .forEach(lie -> assertThat(proves(map, lie, key, value)).isFalse());
        }
    }

    /** Every sibling changed, dropped, or one more; the neighbour changed or taken away. */
    private static List<MerkleMap.Proof> altered(MerkleMap.Proof proof) {
        List<MerkleMap.Proof> lies = new ArrayList<>();
        for (int i = 0; i < proof.siblings().size(); i++) {
            List<Digest> changed = new ArrayList<>(proof.siblings());
            changed.set(i, new Digest(1, 2, 3, 4));
            lies.add(new MerkleMap.Proof(changed, proof.neighbour()));
            List<Digest> shorter = new ArrayList<>(proof.siblings());
            shorter.remove(i);
            lies.add(new MerkleMap.Proof(shorter, proof.neighbour()));
        }
        List<Digest> longer = new ArrayList<>(proof.siblings());
        longer.add(Digest.ZERO);
        lies.add(new MerkleMap.Proof(longer, proof.neighbour()));
        MerkleMap.Proof.Neighbour neighbour = proof.neighbour();
        if (neighbour != null) {
            lies.add(new MerkleMap.Proof(proof.siblings(), null));
            lies.add(new MerkleMap.Proof(
                    proof.siblings(), new MerkleMap.Proof.Neighbour(neighbour.place(), Digest.ZERO)));
        }
        return lies;
    }

    /** A key that is there cannot be passed off as its own neighbour. */
    @Test
    void aKeyIsNotItsOwnNeighbour() {
        MerkleMap map = MerkleMap.EMPTY.with("a", value(1));
        MerkleMap.Proof.Neighbour itself = map.prove("b").neighbour();
        assertThat(itself).isNotNull();
        assertThat(new MerkleMap.Proof(List.of(), itself).root("a", null)).isNull();
    }

    @Test
    void earlierMapsStayAsTheyWere() {
        MerkleMap before = MerkleMap.EMPTY.with("a", value(1)).with("b", value(2));
        Digest root = before.root();
        MerkleMap after = before.with("a", value(3)).without("b");
        assertThat(before.root()).isEqualTo(root);
        assertThat(before.get("b")).isEqualTo(value(2));
        assertThat(after.get("b")).isNull();
    }

    @Test
    void proofsAreEncodedCanonically() {
        MerkleMap map = MerkleMap.EMPTY.with("a", value(1)).with("b", value(2)).with("c", value(3));
        CodecCheck.check(MerkleMap.Proof.CODEC, List.of(map.prove("a"), map.prove("x"), MerkleMap.EMPTY.prove("x")));
    }
}
