package org.maftia.core.replica;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class ReconfigurationTest {
    private static Reconfiguration.Verdict again(Reconfiguration.Verdict verdict) {
        return Reconfiguration.Verdict.CODEC.decode(Reconfiguration.Verdict.CODEC.encode(verdict));
    }

    /** Who asked would learn nothing of a refusal that is too long to be read. */
    @Test
    void aLongSentenceIsCutSoThatItCanBeRead() {
        for (String letter : new String[] {"x", "\u00e9", "\u4e16", "\ud83d\ude00"}) {
            for (int before = 0; before < 4; before++) {
                String sentence = "-".repeat(before) + letter.repeat(2_000);
                Reconfiguration.Verdict read = again(new Reconfiguration.Verdict(false, sentence));
                String said = read.sentence().substring(0, read.sentence().length() - 3);
                assertThat(read.accepted()).isFalse();
                assertThat(sentence).startsWith(said);
                assertThat(said.getBytes(StandardCharsets.UTF_8)).hasSizeBetween(1_017, 1_021);
                assertThat(read.sentence()).endsWith("...");
            }
        }
    }

    @Test
    void asMuchAsFitsIsWhole() {
        String sentence = "\u00e9".repeat(512);
        assertThat(again(new Reconfiguration.Verdict(true, sentence)))
                .isEqualTo(new Reconfiguration.Verdict(true, sentence));
        assertThat(new Reconfiguration.Verdict(true, sentence).sentence()).isEqualTo(sentence);
    }
}
