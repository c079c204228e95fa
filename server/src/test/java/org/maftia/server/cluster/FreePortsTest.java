package org.maftia.server.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.maftia.server.configuration.Configuration;
import org.maftia.server.configuration.ConfigurationException;
import org.maftia.server.configuration.Layout;
import org.maftia.server.configuration.Overrides;
import org.maftia.server.configuration.ReplicaEntry;

class FreePortsTest {
    @Test
    void portsDrawnOneByOneNeverMeet() throws IOException {
        List<Integer> ports = new ArrayList<>();
        for (int i = 0; i < 1_000; i++) {
            ports.add(FreePorts.one());
        }
        assertThat(ports).doesNotHaveDuplicates();
    }

    @Test
    void partsDoNotMeet() {
        assertThat(FreePorts.Range.of("1/1")).isEqualTo(new FreePorts.Range(20_000, 32_000));
        assertThat(FreePorts.Range.of("1/2")).isEqualTo(new FreePorts.Range(20_000, 26_000));
        assertThat(FreePorts.Range.of("2/2")).isEqualTo(new FreePorts.Range(26_000, 32_000));
        for (String none : List.of("", "2", "0/2", "3/2", "1/0", "a/b", "-1/-1", "1/1000")) {
            assertThatThrownBy(() -> FreePorts.Range.of(none)).as(none).isInstanceOf(IllegalArgumentException.class);
        }
    }

    /** A stopped replica does not listen, and still wants its port back. */
    @Test
    void whatAnOperatorWroteStaysAndIsGivenToNobodyElse() throws IOException, ConfigurationException {
        Configuration empty = Layout.of("4", Overrides.none());
        List<ReplicaEntry> replicas = new ArrayList<>(empty.replicas());
        replicas.set(1, replicas.get(1).withPorts(List.of(0, 0, 21_443, 0)));
        Configuration filled = FreePorts.fill(empty.withReplicas(replicas));
        assertThat(filled.replicas()).allMatch(ReplicaEntry::hasPorts);
        assertThat(filled.replicas().get(1).https()).isEqualTo(21_443);
        assertThat(filled.replicas().stream().flatMap(one -> one.ports().stream()))
                .doesNotHaveDuplicates();
        assertThat(FreePorts.fill(filled)).isEqualTo(filled);
    }
}
