package org.maftia.services.detection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Each value has one chain to any. */
class HierarchiesTest {
    private static final Hierarchies SITE = new Hierarchies(
            List.of(Attribute.values()),
            List.of(
                    Prefix.parse("192.0.2.0/24").orElseThrow(),
                    Prefix.parse("2001:db8::/32").orElseThrow()),
            new TreeMap<>(java.util.Map.of("zeus", "web", "a_mail", "relay")),
            List.of("mail"),
            90);

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "SRC | 10.1.2.3 | 10.1.2.0/24 < internal < any",
                "SRC | 192.0.2.77 | 192.0.2.0/24 < internal < any",
                "SRC | 192.0.3.77 | 192.0.3.0/24 < external < any",
                "DST | 172.31.255.1 | 172.31.255.0/24 < internal < any",
                "DST | 172.32.0.1 | 172.32.0.0/24 < external < any",
                "DST | ::1 | ::/64 < internal < any",
                "DST | fe80::1 | fe80::/64 < internal < any",
                "DST | fd00:1:2:3:4:5:6:7 | fd00:1:2:3::/64 < internal < any",
                "DST | 2001:db8:1::9 | 2001:db8:1::/64 < internal < any",
                "DST | 2a00::1 | 2a00::/64 < external < any",
                "DST | - | - < - < any",
                "DST_PORT | 443 | privileged < any",
                "DST_PORT | 1023 | privileged < any",
                "DST_PORT | 1024 | high < any",
                "DST_PORT | - | - < any",
                "HOST | zeus | web < any",
                "HOST | b_mail | mail < any",
                "HOST | a_mail | relay < any",
                "HOST | mail | mail < any",
                "HOST | other | other < any",
                "HOUR | 07 | night < any",
                "HOUR | 08 | office < any",
                "HOUR | 17 | office < any",
                "HOUR | 18 | night < any",
                "TYPE | W-Acc-400 | W-Acc < W < any",
                "TYPE | suricata:1:99 | suricata:1 < suricata < any",
                "TYPE | plain | plain < plain < any"
            })
    void chains(Attribute attribute, String value, String chain) {
        List<String> above = new ArrayList<>();
        Node node = new Node(0, value);
        assertThat(SITE.isNode(attribute, node)).isTrue();
        while (!node.isAny()) {
            node = SITE.parent(attribute, node);
            assertThat(SITE.isNode(attribute, node)).as("%s", node).isTrue();
            above.add(node.toString());
        }
        assertThat(String.join(" < ", above)).isEqualTo(chain);
        assertThat(SITE.parent(attribute, node)).isEqualTo(node);
    }

    @ParameterizedTest
    @CsvSource({
        "SRC, 0, 10.0.0.01",
        "SRC, 0, host",
        "SRC, 1, 10.0.0.1/24",
        "SRC, 1, 10.0.0.0/23",
        "SRC, 2, inside",
        "SRC, 3, any",
        "DST_PORT, 0, 0",
        "DST_PORT, 0, 65536",
        "DST_PORT, 0, 080",
        "DST_PORT, 1, low",
        "HOUR, 0, 24",
        "HOUR, 0, 7",
        "HOUR, 0, -",
        "TYPE, 1, a:b:c"
    })
    void whatIsNoNodeIsRefused(Attribute attribute, int level, String value) {
        assertThat(SITE.isNode(attribute, new Node(level, value))).isFalse();
    }

    /** The site is an hour and a half ahead: 16:40 UTC is after hours there. */
    @Test
    void hoursAreThoseOfTheSite() {
        Alarm alarm = new Alarm.Builder()
                .time((16 * 60 + 40) * 60_000_000L)
                .sensor("s")
                .type("t")
                .build();
        assertThat(SITE.leaf(Attribute.HOUR, alarm)).isEqualTo(new Node(0, "18"));
        assertThat(Hierarchies.ofNothing().leaf(Attribute.HOUR, alarm)).isEqualTo(new Node(0, "16"));
    }

    @Test
    void levelsKeepHostsAndRolesApart() {
        assertThat(new Node(0, "mail")).isNotEqualTo(new Node(1, "mail"));
        assertThat(SITE.digest()).isNotEqualTo(Hierarchies.ofNothing().digest());
    }

    @Test
    void orderIsThatOfTheBytesInUtf8() {
        Node last = new Node(0, "\ud83d\ude00"); // F0 9F 98 80
        Node middle = new Node(0, "\uff01"); // EF BC 81
        assertThat(middle).isLessThan(last);
        assertThat(new Node(0, "z")).isLessThan(middle);
        assertThat(new Node(0, "zz")).isLessThan(new Node(1, "a"));
        assertThat(new Node(0, "a")).isLessThan(new Node(0, "aa"));
    }

    @Test
    void nonsenseIsRefused() {
        assertThatThrownBy(() -> Hierarchies.of(List.of(Attribute.SRC))).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Hierarchies.of(List.of(Attribute.TYPE, Attribute.HOUR, Attribute.SRC)))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new Hierarchies(
                        List.of(Attribute.TYPE),
                        List.of(Prefix.parse("192.0.2.0/25").orElseThrow()),
                        new TreeMap<>(),
                        List.of(),
                        0))
                .hasMessageContaining("smaller");
    }
}
