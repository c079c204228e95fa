package org.maftia.core.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.maftia.core.testing.Seeds;
import org.maftia.core.wire.MalformedException;

class PathTest {
    @Seeds(200)
    void whatAPathPrintsItParses(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        Path path = Path.ROOT;
        for (int depth = random.nextInt(Path.DEPTH_MAX + 1); depth > 0; depth--) {
            String tag = "abcdefghijkl".substring(0, 1 + random.nextInt(Path.TAG_LENGTH_MAX));
            long index = random.nextBoolean() ? Path.NO_INDEX : random.nextLong(1_000_000_000_000_000_000L);
            path = path.child(tag, random.nextInt(4) == 0 ? 0 : index);
        }
        Path parsed = Path.parse(path.toString());
        assertThat(parsed).isEqualTo(path).hasSameHashCodeAs(path);
        assertThat(parsed.tag()).isEqualTo(path.tag());
        assertThat(parsed.index()).isEqualTo(path.index());
        assertThat(parsed.isRoot() || parsed.parent().equals(path.parent())).isTrue();
        assertThat(path.toBytes().length).isLessThanOrEqualTo(Path.LENGTH_MAX);
    }

    @Test
    void whatNoPathPrintsIsRefused() {
        for (String hostile : List.of(
                "/",
                "a/",
                "/a",
                "a//b",
                "A",
                "a b",
                "1",
                "a01",
                "a-1",
                "a1b",
                "a1000000000000000000",
                "a+1",
                "é",
                "abcdefghijklm",
                "a/a/a/a/a/a/a/a/a",
                "a\0",
                "a٣")) {
            assertThatThrownBy(() -> Path.parse(hostile)).as(hostile).isInstanceOf(MalformedException.class);
        }
    }

    @Test
    void theLongestPathFitsItsBound() {
        Path path = Path.ROOT;
        for (int i = 0; i < Path.DEPTH_MAX; i++) {
            path = path.child("abcdefghijkl", 999_999_999_999_999_999L);
        }
        assertThat(path.toBytes().length).isLessThanOrEqualTo(Path.LENGTH_MAX);
    }
}
