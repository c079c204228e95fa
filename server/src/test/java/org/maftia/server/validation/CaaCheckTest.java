package org.maftia.server.validation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.maftia.core.testing.Attack;
import org.maftia.services.authority.acme.Problem;

class CaaCheckTest {
    private static final String HOST = "www.example.org";
    private static final String ACCOUNT = "/acme/acct/7";

    private final FixedNames names = new FixedNames();
    private final CaaCheck check =
            new CaaCheck(names, List.of("ca.test"), List.of("https://ca.test", "https://b.test"));

    private boolean allows(String host, boolean wildcard) {
        try {
            check.require(host, wildcard, "http-01", ACCOUNT);
            return true;
        } catch (LookException e) {
            assertThat(e.kind()).isEqualTo(Problem.Kind.CAA);
            return false;
        }
    }

    private void record(String name, String tag, String value) {
        names.caa.merge(name, List.of(new Names.Caa(false, tag, value)), (one, other) -> {
            var both = new ArrayList<>(one);
            both.addAll(other);
            return both;
        });
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        ca.test                                                        | true
        CA.TEST                                                        | true
        other.test                                                     | false
        ;                                                              | false
        ca.test; accounturi=https://ca.test/acme/acct/7                | true
        ca.test; accounturi=https://b.test/acme/acct/7                 | true
        ca.test; accounturi=https://ca.test/acme/acct/8                | false
        ca.test; validationmethods=dns-01                              | false
        ca.test; validationmethods=dns-01,http-01                      | true
        ca.test; validationmethods=http-01; accounturi=https://x/7     | false
        ca.test; foreign=1                                             | true
        ca.test; nonsense                                              | false
        """)
    @Attack("a name is certified against its owner's CAA records")
    void aRecordNarrowsDownWhoMayCertify(String value, boolean allowed) {
        record(HOST, "issue", value.strip());
        assertThat(allows(HOST, false)).isEqualTo(allowed);
    }

    @Test
    void theNearestNameWithRecordsCounts() {
        record("example.org", "issue", "other.test");
        assertThat(allows(HOST, false)).isFalse();
        record(HOST, "issue", "ca.test");
        assertThat(allows(HOST, false)).isTrue();
        assertThat(allows("www.example.com", false)).isTrue();
    }

    @Test
    void wildcardsHaveRecordsOfTheirOwn() {
        record("example.org", "issue", "ca.test");
        record("example.org", "issuewild", ";");
        assertThat(allows("example.org", false)).isTrue();
        assertThat(allows("example.org", true)).isFalse();
    }

    @Test
    void whatIsCriticalAndUnknownForbids() {
        names.caa.put(HOST, List.of(new Names.Caa(true, "tbs", "x")));
        assertThat(allows(HOST, false)).isFalse();
        names.caa.put(HOST, List.of(new Names.Caa(false, "tbs", "x")));
        assertThat(allows(HOST, false)).isTrue();
    }

    /** RFC 8659, section 6: no answer is not the answer that there is nothing. */
    @Test
    @Attack("CAA records are kept from a replica")
    void noAnswerForbids() {
        names.silent.add("org");
        assertThatThrownBy(() -> check.require(HOST, false, "http-01", ACCOUNT))
                .isInstanceOfSatisfying(
                        LookException.class, e -> assertThat(e.kind()).isEqualTo(Problem.Kind.DNS));
    }
}
