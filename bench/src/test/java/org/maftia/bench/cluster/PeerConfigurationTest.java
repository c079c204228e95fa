package org.maftia.bench.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class PeerConfigurationTest {
    @TempDir
    private Path place;

    @Test
    void aKeyGetsItsNewValueAndAllElseStays() {
        TreeMap<String, String> values = new TreeMap<>();
        values.put("b", "2");

        assertThat(PeerConfiguration.changed("# b = 0\na = 1\nb = 1\n", values)).isEqualTo("# b = 0\na = 1\nb = 2\n");
    }

    @Test
    void durabilityIsWrittenOverWhatThePeerComesWith() throws IOException {
        Path original = place.resolve("original");
        Files.createDirectories(original.resolve("keys"));
        Files.writeString(original.resolve("system.config"), "system.totalordermulticast.sync_log = false\n");
        Files.writeString(original.resolve("keys/one"), "key");
        Path copy = place.resolve("copy");
        Files.createDirectories(copy);
        Files.writeString(copy.resolve("currentView"), "of an earlier run");

        PeerConfiguration.write(original, copy, 7, Durability.SYNCED);

        assertThat(copy.resolve("keys/one")).hasContent("key");
        assertThat(copy.resolve("currentView")).doesNotExist();
        assertThat(Files.readAllLines(copy.resolve("system.config")))
                .contains(
                        "system.totalordermulticast.sync_log = true",
                        "system.totalordermulticast.log_to_disk = true",
                        "system.servers.f = 2",
                        "system.initial.view = 0,1,2,3,4,5,6",
                        "system.communication.useSignatures = 0")
                .doesNotContain("system.totalordermulticast.sync_log = false");
    }

    @Test
    void everyReplicaHasTwoPortsOfItsOwn() {
        assertThat(PeerConfiguration.hosts(List.of(1, 2, 3, 4, 5, 6, 7, 8)))
                .isEqualTo("0 127.0.0.1 1 2\n1 127.0.0.1 3 4\n2 127.0.0.1 5 6\n3 127.0.0.1 7 8\n");
    }
}
