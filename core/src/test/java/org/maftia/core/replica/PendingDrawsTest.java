package org.maftia.core.replica;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.maftia.core.testing.Attack;
import org.maftia.core.wire.Reader;
import org.maftia.core.wire.Writer;

class PendingDrawsTest {
    private static PendingDraws.Draw draw(String service, long reference) {
        return new PendingDraws.Draw(service, reference);
    }

    @Test
    void oneSignatureServesAllThatHadAskedWhenItWasBegun() {
        PendingDraws draws = new PendingDraws();
        assertThat(draws.begin()).isFalse();
        draws.add("authority", 1);
        draws.add("openid", 7);
        assertThat(draws.begin()).isTrue();
        assertThat(draws.take()).containsExactly(draw("authority", 1), draw("openid", 7));
        assertThat(draws.begin()).isFalse();
    }

    @Attack("predictable, early or corrupt coin")
    @Test
    void whoAsksWhileASignatureIsMadeWaitsForTheNext() {
        PendingDraws draws = new PendingDraws();
        draws.add("authority", 1);
        draws.begin();
        draws.add("authority", 2);
        assertThat(draws.begin()).isFalse();
        PendingDraws restored = copy(draws);
        assertThat(restored.take()).containsExactly(draw("authority", 1));
        assertThat(restored.begin()).isTrue();
        assertThat(restored.take()).containsExactly(draw("authority", 2));
    }

    private static PendingDraws copy(PendingDraws draws) {
        Writer writer = new Writer();
        draws.write(writer);
        Reader reader = new Reader(writer.toBytes());
        PendingDraws copy = PendingDraws.read(reader);
        reader.end();
        return copy;
    }
}
