package org.maftia.server.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class BlameLedgerTest {
    @Test
    void whoComesBackAfterAnExclusionBeginsWithNothingAgainstIt() {
        BlameLedger ledger = new BlameLedger();
        ledger.count(1, "a rule: in detail");
        ledger.count(2, "a rule");
        assertThat(ledger.count(2, "a rule: once more")).isEqualTo(2);
        ledger.forgive(2);
        ledger.forgiveAll();
        assertThat(ledger.entries()).as("nobody was excluded").hasSize(2);
        ledger.settle(2);
        assertThat(ledger.isSettled(2)).isTrue();
        ledger.forgive(1);
        assertThat(ledger.entries()).hasSize(2);
        ledger.forgive(2);
        assertThat(ledger.isSettled(2)).isFalse();
        assertThat(ledger.entries()).containsExactly(new RuntimeStatus.Blame(1, "a rule", 1));
    }

    @Test
    void noExclusionOutlivesItsConfiguration() {
        BlameLedger ledger = new BlameLedger();
        ledger.count(1, "a rule");
        ledger.count(2, "a rule");
        ledger.settle(2);
        ledger.forgiveAll();
        assertThat(ledger.isSettled(2))
                .as("what it does from now on is counted")
                .isFalse();
        assertThat(ledger.entries()).containsExactly(new RuntimeStatus.Blame(1, "a rule", 1));
    }
}
