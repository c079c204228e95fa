package org.maftia.server.cluster;

import static org.assertj.core.api.Assertions.assertThat;

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
