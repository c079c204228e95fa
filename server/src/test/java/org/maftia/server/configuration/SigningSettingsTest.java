package org.maftia.server.configuration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.maftia.core.crypto.RsaHash;
import org.maftia.services.signing.CallerKey;

class SigningSettingsTest {
    private static final String CALLER = HexFormat.of()
            .formatHex(CallerKey.ofToken("a token".getBytes(StandardCharsets.UTF_8))
                    .publicKey());

    private static Configuration parse(String section) throws ConfigurationException {
        String group = GroupFile.text(Layout.of("4", Overrides.none()));
        return Configuration.parse("group.toml", group + section, Overrides.none());
    }

    @Test
    void aGroupSignsForNobodyUnlessItSaysSo() throws ConfigurationException {
        Configuration made = Layout.of("4", Overrides.none());
        assertThat(made.settings().signing().keys()).isEmpty();
        assertThat(GroupFile.text(made)).doesNotContain("[signing]");
    }

    @Test
    void whatIsWrittenIsReadAgain() throws ConfigurationException {
        Configuration read = parse("""

            [signing]
            keys = ["release", "door"]

            [signing.release]
            padding = "pkcs1v15"
            callers = ["%s"]

            [signing.door]
            padding = "pss"
            hashes = ["sha2-512"]
            hosts = ["www.example.org"]
            signaturesPerMinute = 7
            """.formatted(CALLER));
        SigningSettings.Key release = read.settings().signing().keys().getFirst();
        assertThat(release.pss()).isFalse();
        assertThat(release.allowed()).containsExactly(RsaHash.values());
        assertThat(release.callers()).containsExactly(CALLER);
        assertThat(release.signaturesPerMinute()).isEqualTo(600);
        SigningSettings.Key door = read.settings().signing().keys().get(1);
        assertThat(door.pss()).isTrue();
        assertThat(door.allowed()).containsExactly(RsaHash.SHA512);
        assertThat(read.settings().signing().dealt().get(1).hosts()).containsExactly("www.example.org");
        assertThat(Configuration.parse("again", GroupFile.text(read), Overrides.none())
                        .settings())
                .isEqualTo(read.settings());
    }

    @Test
    void aMistakeIsNamed() {
        List<String> wrong = List.of(
                "keys = [\"Upper\"]",
                "keys = [\"a\", \"a\"]",
                "keys = [\"keys\"]",
                "keys = ["
                        + String.join(
                                ",",
                                IntStream.range(0, 17)
                                        .mapToObj(i -> "\"k" + i + "\"")
                                        .toList()) + "]",
                "keys = [\"a\"]\n[signing.a]\n",
                "keys = [\"a\"]\n[signing.a]\npadding = \"oaep\"",
                "keys = [\"a\"]\n[signing.a]\npadding = \"pss\"\nhashes = [\"sha1\"]",
                "keys = [\"a\"]\n[signing.a]\npadding = \"pss\"\ncallers = [\"abc\"]",
                "keys = [\"a\"]\n[signing.a]\npadding = \"pss\"\ncallers = [\"" + "0".repeat(64) + "\"]",
                "keys = [\"a\"]\n[signing.a]\npadding = \"pss\"\nsignaturesPerMinute = 0",
                "keys = [\"a\"]\n[signing.a]\npadding = \"pss\"\nhosts = [\"A b\"]",
                "keys = [\"a\"]\n[signing.a]\npadding = \"pss\"\ncolour = \"red\"",
                "keys = []\n[signing.a]\npadding = \"pss\"");
        for (String section : wrong) {
            assertThatThrownBy(() -> parse("\n[signing]\n" + section))
                    .as(section)
                    .isInstanceOf(ConfigurationException.class)
                    .hasMessageContaining("signing.");
        }
    }
}
