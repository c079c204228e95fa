package org.maftia.server.succession;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What an operator leaves in a directory of keys, and what a replica makes of whatever it finds there. */
class RefreshWishTest {
    @TempDir
    private Path keys;

    @Test
    void aWishIsTakenOnceAndTheLatestCounts() throws IOException {
        assertThat(RefreshWish.taken(keys)).isEmpty();
        RefreshWish.leave(keys, List.of("coin"));
        RefreshWish.leave(keys, List.of("beacon", "drill"));
        assertThat(RefreshWish.taken(keys)).containsExactly("beacon", "drill");
        assertThat(RefreshWish.taken(keys)).isEmpty();
        assertThat(keys).isEmptyDirectory();
    }

    @Test
    void whatNamesNoKeyIsPassedOverAndGone() throws IOException {
        String text = "../etc\n\n-x\n" + "a".repeat(65) + "\ncoin\n" + "x\n".repeat(9_000);
        Files.writeString(keys.resolve("refresh.wish"), text);
        assertThat(RefreshWish.taken(keys)).startsWith("coin", "x").hasSizeLessThanOrEqualTo(64);
        assertThat(keys).isEmptyDirectory();
    }
}
