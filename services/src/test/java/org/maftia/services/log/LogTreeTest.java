package org.maftia.services.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.maftia.core.testing.Attack;
import org.maftia.core.wire.Digest;
import org.maftia.core.wire.Reader;
import org.maftia.core.wire.Writer;

class LogTreeTest {
    private static final int SIZE_MAX = 40;

    /** The eight entries of the reference tree that implementations of RFC 6962 share, and its roots. */
    private static final List<String> ENTRIES =
            List.of("", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f");

    private static final List<String> ROOTS = List.of(
            "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
            "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
            "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
            "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
            "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
            "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
            "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
            "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328");

    private static Digest entry(int i) {
        return LogTree.leaf(("entry " + i).getBytes(StandardCharsets.UTF_8));
    }

    /** Hashes a full subtree from its leaves. */
    private static Digest subtree(int level, long index) {
        return level == 0
                ? entry((int) index)
                : LogTree.node(subtree(level - 1, 2 * index), subtree(level - 1, 2 * index + 1));
    }

    @Test
    void theReferenceTreeHasItsRoots() {
        assertThat(LogTree.empty()).hasToString("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
        CompactRange range = new CompactRange();
        for (int i = 0; i < ENTRIES.size(); i++) {
            range.append(LogTree.leaf(HexFormat.of().parseHex(ENTRIES.get(i))));
            assertThat(range.root()).hasToString(ROOTS.get(i));
        }
    }

    @Test
    void aCompactRangeHasTheRootOfTheWholeTreeAndGoesOnFromItsEncoding() {
        CompactRange range = new CompactRange();
        for (int size = 0; size <= SIZE_MAX; size++) {
            assertThat(range.root()).isEqualTo(LogTree.root(size, LogTreeTest::subtree));
            Writer writer = new Writer();
            range.write(writer);
            Reader reader = new Reader(writer.toBytes());
            range = CompactRange.read(reader);
            reader.end();
            range.append(entry(size));
        }
    }

    @Attack("a log shows two histories")
    @Test
    void aProofShowsOneEntryAtOneIndexOfOneTree() {
        for (int size = 1; size <= SIZE_MAX; size++) {
            Digest root = LogTree.root(size, LogTreeTest::subtree);
            for (int index = 0; index < size; index++) {
                List<Digest> proof = LogTree.inclusion(index, size, LogTreeTest::subtree);
                assertThat(LogTree.rootOf(entry(index), index, size, proof)).hasValue(root);
                assertThat(LogTree.rootOf(entry(index + 1), index, size, proof))
                        .isNotEqualTo(java.util.Optional.of(root));
                if (index + 1 < size) {
                    assertThat(LogTree.rootOf(entry(index), index + 1, size, proof))
                            .isNotEqualTo(java.util.Optional.of(root));
                }
                List<Digest> longer = new ArrayList<>(proof);
                longer.add(root);
                assertThat(LogTree.rootOf(entry(index), index, size, longer)).isEmpty();
            }
        }
    }

    @Attack("a log shows two histories")
    @Test
    void aLaterTreeBeginsWithTheEarlierOneAndWithNoOther() {
        for (int size = 1; size <= SIZE_MAX; size++) {
            Digest root = LogTree.root(size, LogTreeTest::subtree);
            for (int earlier = 0; earlier <= size; earlier++) {
                Digest before = LogTree.root(earlier, LogTreeTest::subtree);
                List<Digest> proof = LogTree.consistency(earlier, size, LogTreeTest::subtree);
                assertThat(LogTree.isConsistent(earlier, before, size, root, proof))
                        .isTrue();
                Digest other = LogTree.node(before, root);
                assertThat(LogTree.isConsistent(earlier, other, size, root, proof))
                        .isFalse();
                if (earlier > 0) {
                    assertThat(LogTree.isConsistent(earlier, before, size, other, proof))
                            .isFalse();
                }
                List<Digest> longer = new ArrayList<>(proof);
                longer.add(root);
                assertThat(LogTree.isConsistent(earlier, before, size, root, longer))
                        .isFalse();
            }
        }
    }
}
