package org.maftia.server.configuration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import org.maftia.core.protocol.Invariant;
import org.maftia.core.trust.ReplicaSet;

class ConfigurationTest {
    @TestFactory
    List<DynamicTest> everyErrorNamesLineAndCure() throws IOException {
        String script;
        try (InputStream in = Invariant.present(getClass().getResourceAsStream("errors.txt"), "a script")) {
            script = new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
        List<DynamicTest> tests = new ArrayList<>();
        for (String part : script.split("(?m)^== ")) {
            int end = part.indexOf('\n');
            if (!part.startsWith("#")) {
                tests.add(DynamicTest.dynamicTest(part.substring(0, end), () -> check(part.substring(end + 1))));
            }
        }
        assertThat(tests).hasSizeGreaterThan(10);
        return tests;
    }

    private static void check(String scene) throws ConfigurationException {
        StringBuilder file = new StringBuilder();
        List<String> settings = new ArrayList<>();
        StringBuilder expected = new StringBuilder();
        for (String line : scene.strip().lines().toList()) {
            if (line.startsWith("--set ")) {
                settings.add(line.substring("--set ".length()));
            } else if (line.startsWith("-- ")) {
                expected.append(line.substring("-- ".length())).append('\n');
            } else {
                file.append(line).append('\n');
            }
        }
        Overrides overrides = Overrides.parse(settings);
        ConfigurationException refusal = catchThrowableOfType(
                ConfigurationException.class, () -> Configuration.parse("group.toml", file.toString(), overrides));
        assertThat(refusal).as("nothing was refused").isNotNull();
        assertThat("error: " + refusal.getMessage() + "\nhint: " + refusal.hint() + "\n")
                .isEqualTo(expected.toString());
    }

    @Test
    void whatIsWrittenReadsBackTheSame() throws ConfigurationException {
        for (String layout : List.of("4", "7", "16", "grid-4x4")) {
            Configuration made = Layout.of(layout, Overrides.none());
            String text = GroupFile.text(made);
            Configuration read = Configuration.parse("group.toml", text, Overrides.none());
            assertThat(GroupFile.text(read)).isEqualTo(text);
            assertThat(read.replicas()).isEqualTo(made.replicas());
            assertThat(read.settings()).isEqualTo(made.settings());
        }
    }

    @Test
    void aCountIsALayoutOfWhichFewerThanAThirdMayFall() throws ConfigurationException {
        for (int size = 4; size <= 16; size++) {
            var trust = Layout.of(Integer.toString(size), Overrides.none()).faultStructure();
            int most = (size - 1) / 3;
            assertThat(trust.isKernel(new ReplicaSet((1L << most) - 1))).isFalse();
            assertThat(trust.isKernel(new ReplicaSet((1L << most + 1) - 1))).isTrue();
        }
        for (String none : List.of("0", "3", "17", "999")) {
            assertThat(catchThrowableOfType(ConfigurationException.class, () -> Layout.of(none, Overrides.none())))
                    .hasMessageContaining("a layout of " + none + " replicas");
        }
    }

    @Test
    void layoutFourSurvivesAnyOneReplica() throws ConfigurationException {
        var trust = Layout.of("4", Overrides.none()).faultStructure();
        assertThat(trust.size()).isEqualTo(4);
        assertThat(trust.maximalFaultSets()).hasSize(4).allMatch(set -> set.size() == 1);
    }

    @Test
    void theGridSurvivesASiteAndASystem() throws ConfigurationException {
        var trust = Layout.of("grid-4x4", Overrides.none()).faultStructure();
        assertThat(trust.size()).isEqualTo(16);
        assertThat(trust.maximalFaultSets()).hasSize(16).allMatch(set -> set.size() == 7);
    }

    @Test
    void hybridLayoutsSurviveWithFewerReplicas() throws ConfigurationException {
        Configuration three = Layout.of("hybrid-3", Overrides.none());
        assertThat(three.trust().isHybrid()).isTrue();
        assertThat(three.faultStructure().maximalFaultSets()).hasSize(3).allMatch(set -> set.size() == 1);
        Configuration nine = Layout.of("hybrid-3x3", Overrides.none());
        assertThat(nine.faultStructure().maximalFaultSets()).hasSize(9).allMatch(set -> set.size() == 5);
        String text = GroupFile.text(nine);
        assertThat(GroupFile.text(Configuration.parse("group.toml", text, Overrides.none())))
                .isEqualTo(text);
    }

    @Test
    void aHybridGroupThatTwoFaultSetsCoverIsRefused() throws ConfigurationException {
        Configuration two = Configuration.parse(
                "group.toml",
                "[trust]\nmodel = \"hybrid\"\ntolerate = [ { any = 1 } ]\n"
                        + "[[replica]]\nid = \"a\"\n[[replica]]\nid = \"b\"\n",
                Overrides.none());
        ConfigurationException refusal = catchThrowableOfType(ConfigurationException.class, two::faultStructure);
        assertThat(refusal).hasMessageContaining("two fault sets cover every replica");
    }

    @Test
    void anUnsafeTrustConfigurationIsRefusedAtItsLine() throws ConfigurationException {
        Configuration three = Configuration.parse(
                "group.toml",
                "[trust]\ntolerate = [ { any = 1 } ]\n"
                        + "[[replica]]\nid = \"a\"\n[[replica]]\nid = \"b\"\n[[replica]]\nid = \"c\"\n",
                Overrides.none());
        ConfigurationException refusal = catchThrowableOfType(ConfigurationException.class, three::faultStructure);
        assertThat(refusal).hasMessageStartingWith("group.toml:1: ");
    }

    @Test
    void anOverrideReplacesTheFile() throws ConfigurationException {
        Configuration changed = Layout.of(
                "4", Overrides.parse(List.of("rsa.bits=2048", "replica.r2.http=8080", "notary.policy=1.2.3")));
        assertThat(changed.settings().rsa().bits()).isEqualTo(2048);
        assertThat(changed.settings().notary().policy()).isEqualTo("1.2.3");
        assertThat(changed.replicas().get(1).http()).isEqualTo(8080);
    }

    @Test
    void aFormulaMayStandInAFileBesideTheConfiguration(@TempDir Path directory)
            throws ConfigurationException, IOException {
        Files.writeString(directory.resolve("trust.json"), "{\"select\":3,\"out-of\":[\"r1\",\"r2\",\"r3\",\"r4\"]}\n");
        Path file = directory.resolve("group.toml");
        Files.writeString(
                file,
                "[trust]\nformula = \"trust.json\"\n[[replica]]\nid=\"r1\"\n[[replica]]\nid=\"r2\"\n"
                        + "[[replica]]\nid=\"r3\"\n[[replica]]\nid=\"r4\"\n");
        Configuration read = Configuration.read(file, Overrides.none());
        assertThat(read.faultStructure().maximalFaultSets()).hasSize(4);
        // Written anew it carries the formula itself, so that it can lie anywhere.
        Configuration again = Configuration.parse("elsewhere/group.toml", GroupFile.text(read), Overrides.none());
        assertThat(again.faultStructure().maximalFaultSets()).hasSize(4);
    }
}
