package org.maftia.services.detection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.maftia.core.testing.Attack;

/** What an alarm may hold, and that each address has one value and one text. */
class AlarmTest {
    private static Alarm.Builder builder() {
        return new Alarm.Builder().time(1_642_213_952_000_000L).sensor("wazuh").type("wazuh:5710");
    }

    @Test
    void threeFieldsAreEnough() {
        Alarm alarm = builder().build();
        assertThat(alarm.src()).isNull();
        assertThat(alarm.dstPort()).isEqualTo(Alarm.NONE);
        assertThat(alarm.isAttack()).isFalse();
        for (Alarm.Builder lacking :
                List.of(builder().time(-1), builder().sensor(""), builder().type(""))) {
            assertThatThrownBy(lacking::build).isInstanceOf(IllegalArgumentException.class);
        }
        assertThat(builder().label(Alarm.HARMLESS).build().isAttack()).isFalse();
        assertThat(builder().label("dirb").build().isAttack()).isTrue();
    }

    @Test
    void whatIsOutOfRangeIsRefused() {
        List<Alarm.Builder> wrong = List.of(
                builder().time(Alarm.TIME_MICROS_END),
                builder().srcPort(65536),
                builder().dstPort(-2),
                builder().severity(Alarm.SEVERITY_MAX + 1));
        for (Alarm.Builder each : wrong) {
            assertThatThrownBy(each::build).isInstanceOf(IllegalArgumentException.class);
        }
        List<String> many = Collections.nCopies(Alarm.ATTACK_IDS_MAX + 1, "T1110");
        assertThat(builder().attackIds(many).build().attackIds()).containsExactly("T1110");
    }

    @Test
    void textsAreCleanedBeforeAnyTerminalSeesThem() {
        Alarm alarm =
                builder().host("a\u001b[2Jb\ud800\u202e\u00e9\ud83d\ude00").build();
        assertThat(alarm.host()).isEqualTo("a [2Jb\ufffd \u00e9\ud83d\ude00");
        assertThat(Alarm.clean("x".repeat(1000))).hasSize(Alarm.TEXT_LENGTH_MAX);
        assertThat(Alarm.isClean("a\nb")).isFalse();
        assertThat(Alarm.isClean("\ud83d")).isFalse();
    }

    @ParameterizedTest
    @CsvSource({
        "192.0.2.1, 192.0.2.1",
        "255.255.255.255, 255.255.255.255",
        "::, ::",
        "::1, ::1",
        "1::, 1::",
        "2001:DB8:0:0:1:0:0:1, 2001:db8::1:0:0:1",
        "2001:db8:0:1:1:1:1:1, 2001:db8:0:1:1:1:1:1",
        "1:2:3:4:5:6:7::, 1:2:3:4:5:6:7:0",
        "::ffff:192.0.2.1, 192.0.2.1",
        "64:ff9b::192.0.2.33, 64:ff9b::c000:221",
        "fe80:0000:0000:0000:0202:b3ff:fe1e:8329, fe80::202:b3ff:fe1e:8329"
    })
    void addressesHaveOneText(String text, String canonical) {
        assertThat(Address.parse(text).orElseThrow()).hasToString(canonical);
        assertThat(Address.parse(canonical)).isEqualTo(Address.parse(text));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "1",
                "1.2.3",
                "1.2.3.4.5",
                "256.1.1.1",
                "01.2.3.4",
                "1.2.3.4 ",
                "a.b.c.d",
                ":",
                ":::",
                "1:2:3:4:5:6:7",
                "1:2:3:4:5:6:7:8:9",
                "1::2::3",
                "12345::",
                "::g",
                "fe80::1%eth0",
                "1:2:3:4:5:6:7:1.2.3.4",
                "::1:",
                "1.2.3.4:80",
                "::1.2.3",
                "1:2:3:4:5:6:7:8::",
                "+1::"
            })
    void whatIsNoAddressIsNone(String text) {
        assertThat(Address.parse(text)).isEmpty();
    }

    @Test
    void prefixesContainWhatBeginsWithThem() {
        Prefix v4 = Prefix.parse("10.1.2.3/9").orElseThrow();
        assertThat(v4).hasToString("10.0.0.0/9");
        assertThat(v4.contains(Address.parse("10.127.255.255").orElseThrow())).isTrue();
        assertThat(v4.contains(Address.parse("10.128.0.0").orElseThrow())).isFalse();
        assertThat(v4.contains(Address.parse("::a00:1").orElseThrow())).isFalse();
        Prefix v6 = Prefix.parse("2001:db8:ffff::/36").orElseThrow();
        assertThat(v6).hasToString("2001:db8:f000::/36");
        assertThat(Prefix.parse("0.0.0.0/0").orElseThrow().contains(Address.v4(-1)))
                .isTrue();
        assertThat(Prefix.parse("::/0").orElseThrow().contains(Address.v6(-1, -1)))
                .isTrue();
        assertThat(List.of("10.0.0.0/33", "10.0.0.0/", "10.0.0.0/a", "::/129", "x/8"))
                .allMatch(text -> Prefix.parse(text).isEmpty());
    }

    /** Letters that nobody sees, also beyond the first plane, and what some programs take for the end of a line. */
    @Attack("hostile records of a sensor")
    @Test
    void whatIsNotSeenIsNoPartOfAText() {
        for (String unseen : List.of("\u202e", "\u200b", "\u2028", "\u2029", "\u009b", "\udb40\udc41", "\ufeff")) {
            assertThat(Alarm.isClean("a" + unseen)).isFalse();
            assertThat(Alarm.clean("a" + unseen + "b")).isEqualTo("a b");
        }
        assertThat(Alarm.isClean("\ud83d\ude00")).isTrue();
        assertThat(Alarm.clean("\ud83d\ude00\u0007")).isEqualTo("\ud83d\ude00 ");
        assertThat(Alarm.isClean("\ude00\ud83d")).isFalse();
    }
}
