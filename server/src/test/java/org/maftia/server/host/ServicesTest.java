package org.maftia.server.host;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.maftia.server.configuration.Configuration;
import org.maftia.server.configuration.Layout;
import org.maftia.server.configuration.OfficerEntry;
import org.maftia.server.configuration.Officers;
import org.maftia.server.configuration.Overrides;

class ServicesTest {
    private static final String KEY = "11".repeat(32);

    /** Their signatures count together, for reconfigurations; alone each could revoke every certificate. */
    @Test
    void replicasAreNoOfficersWhoseOrderCountsAlone() throws Exception {
        assertThat(Services.officers(Layout.of("4", Overrides.none()))).isEmpty();
    }

    @Test
    void whoIsNamedIs() throws Exception {
        Officers officers = new Officers(List.of(new OfficerEntry("ann", KEY)), Optional.empty());
        Configuration named = Layout.of("4", Overrides.none()).withOfficers(officers);
        assertThat(Services.officers(named)).containsExactly(HexFormat.of().parseHex(KEY));
    }
}
