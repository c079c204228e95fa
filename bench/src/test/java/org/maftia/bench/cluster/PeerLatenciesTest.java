package org.maftia.bench.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.maftia.client.load.LoadResult;
import org.maftia.client.load.ProcessCost;

final class PeerLatenciesTest {
    @TempDir
    private Path place;

    private Path file(String text) throws IOException {
        return Files.writeString(place.resolve("latencies"), text);
    }

    @Test
    void onlyAnswersOfTheMeasuredTimeCount() throws IOException {
        Path file = file("1\t999\t9000000\n1\t1000\t1000000\n2\t1500\t3000000\n1\t2999\t2000000\n1\t3000\t9000000\n");

        LoadResult result = PeerLatencies.read(file, 1000, 3000).result(2, 1024, new ProcessCost(6000, 300));

        assertThat(result.operations()).isEqualTo(3);
        assertThat(result.operationsPerSecond()).isEqualTo(1.5);
        assertThat(result.maxMicros()).isEqualTo(3000);
        assertThat(result.p50Micros()).isBetween(2000L, 2032L);
        assertThat(result.cpuMicrosPerOperation()).isEqualTo(2000);
        assertThat(result.bytesPerOperation()).isEqualTo(100);
    }

    @Test
    void aLineThatIsCutOffIsNoAnswer() throws IOException {
        Path file = file("1\t1000\t1000000\n1\t1001\t");

        assertThat(PeerLatencies.read(file, 0, 5000)
                        .result(1, 0, new ProcessCost(0, 0))
                        .operations())
                .isEqualTo(1);
        assertThat(PeerLatencies.lastMillis(file)).isEqualTo(1000);
    }

    @Test
    void aFileThatIsNotThereYetReachesNoTime() throws IOException {
        assertThat(PeerLatencies.lastMillis(place.resolve("missing"))).isZero();
        assertThat(PeerLatencies.lastMillis(file("1\t10"))).isZero();
    }
}
