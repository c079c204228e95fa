package org.maftia.wormhole.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.maftia.wormhole.StoppedException;
import org.maftia.wormhole.Ttcb;
import org.maftia.wormhole.certificate.BigEndian;
import org.maftia.wormhole.certificate.Digest;
import org.maftia.wormhole.certificate.Ui;

/**
 * A process with persistent counters, killed in the middle of its work: {@code -Dmaftia.kills=10000} for a long evening;
 * CrashTest goes through every step of the same code without a process.
 */
@EnabledOnOs(value = OS.LINUX, disabledReason = "the process back end needs Linux")
class KillTest {
    private final Map<Long, Digest> seen = new HashMap<>();
    private long highest;
    private int digests;

    private void see(Ui ui) {
        Digest before = seen.putIfAbsent(ui.counter(), ui.digest());
        assertThat(before == null || before.equals(ui.digest()))
                .as("counter %s has two digests", ui.counter())
                .isTrue();
        highest = Math.max(highest, ui.counter());
    }

    private Digest fresh() {
        byte[] bytes = new byte[Digest.LENGTH];
        BigEndian.u32(bytes, 0, ++digests);
        return Digest.of(bytes);
    }

    @Test
    void noCounterHasTwoDigestsHoweverTheProcessIsKilled(@TempDir Path directory) throws Exception {
        int kills = Integer.getInteger("maftia.kills", 6);
        SplittableRandom random = new SplittableRandom(1);
        for (int kill = 0; kill < kills; kill++) {
            ComponentLauncher process = OneProcess.start(directory, "persistent=true", "real-time=false");
            Ttcb ttcb = process.connect(null);
            ttcb.lastUi(OneProcess.STREAM, 0).ifPresent(this::see);
            long before = highest;
            AtomicInteger calls = new AtomicInteger();
            int fatal = random.nextInt(1, 40);
            Thread killer = Thread.ofPlatform().start(() -> {
                while (calls.get() < fatal) {
                    Thread.onSpinWait();
                }
                try {
                    process.kill();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            });
            try {
                while (true) {
                    Ui ui = ttcb.createUi(OneProcess.STREAM, 0, fresh());
                    assertThat(ui.counter()).isEqualTo(highest + 1);
                    see(ui);
                    calls.incrementAndGet();
                }
            } catch (StoppedException e) {
                killer.join();
            }
            assertThat(highest).isGreaterThanOrEqualTo(before + fatal);
            process.close();
        }
        assertThat(seen).as("nothing is passed over: the intent is the counter").hasSize((int) highest);
    }
}
