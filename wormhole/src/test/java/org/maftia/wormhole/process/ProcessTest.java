package org.maftia.wormhole.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.maftia.wormhole.Capabilities;
import org.maftia.wormhole.StoppedException;
import org.maftia.wormhole.Ttcb;
import org.maftia.wormhole.certificate.Digest;
import org.maftia.wormhole.certificate.TagProfile;
import org.maftia.wormhole.os.RealTime;

/** What the process does with the machine that it finds. */
@EnabledOnOs(value = OS.LINUX, disabledReason = "the process back end needs Linux")
class ProcessTest {
    @TempDir
    Path directory;

    @Test
    void itIsTimelyOrSaysWhyItIsNot() throws Exception {
        try (ComponentLauncher process = OneProcess.start(directory, "bound-micros=60000000")) {
            Capabilities capabilities = process.connect(null).capabilities();

            assertThat(capabilities.timely())
                    .isEqualTo(capabilities.caveats().stream()
                            .noneMatch(caveat -> caveat.contains("real-time") || caveat.contains("paged out")));
            assertThat(capabilities.sandboxed())
                    .isEqualTo(capabilities.caveats().stream().noneMatch(caveat -> caveat.contains("system calls")));
        }
    }

    @Test
    void withoutAnyOfItItRunsAndSaysWhatItCannotPromise() throws Exception {
        try (ComponentLauncher process = OneProcess.start(directory, "real-time=false", "sandbox=off");
                Ttcb ttcb = process.connect(null)) {
            assertThat(ttcb.createUi(OneProcess.STREAM, 0, Digest.ZERO).counter())
                    .isEqualTo(1);
            assertThat(ttcb.capabilities().timely()).isFalse();
            assertThat(ttcb.capabilities().sandboxed()).isFalse();
            assertThat(ttcb.capabilities().caveats())
                    .contains(
                            "no real-time scheduling: it was not asked for",
                            "no user of its own: whoever has its user can stop it and read its files",
                            "no filter of system calls: it was not asked for");
        }
    }

    @Test
    void anotherUserIsNotLetIn() throws Exception {
        String stranger = "allowed-user=" + (RealTime.user() + 1);
        try (ComponentLauncher process = OneProcess.start(directory, "real-time=false", stranger)) {
            assertThatThrownBy(() -> process.connect(null)).isInstanceOf(StoppedException.class);
        }
    }

    @Test
    void aTimelyProcessThatWasStoppedForAWhileFallsSilent() throws Exception {
        try (ComponentLauncher process = OneProcess.start(directory, "bound-micros=2000000")) {
            Ttcb ttcb = process.connect(null);
            assumeTrue(ttcb.capabilities().timely(), "needs real-time scheduling and locked memory");
            signal("STOP", process.pid());
            Thread.sleep(2_500);
            signal("CONT", process.pid());

            assertThat(process.await()).isEqualTo(3);
            assertThatThrownBy(() -> ttcb.createUi(OneProcess.STREAM, 0, Digest.ZERO))
                    .isInstanceOf(StoppedException.class);
        }
    }

    private static void signal(String name, long pid) throws Exception {
        assertThat(new ProcessBuilder("kill", "-" + name, Long.toString(pid))
                        .start()
                        .waitFor())
                .isZero();
    }

    @Test
    void itEndsWhenTheOneWhoStartedItDoes() throws Exception {
        ComponentLauncher process = OneProcess.start(directory, "real-time=false");
        process.endLifeline();

        assertThat(process.await()).isZero();
    }

    @Test
    void optionsAreReadBackAsTheyWereWritten() {
        ProcessOptions options = ProcessOptions.of(
                "socket=/s",
                "state=/t",
                "group=000102030405060708090a0b0c0d0e0f",
                "ttcb=3",
                "epoch=7",
                "allowed-user=9",
                "profile=p256",
                "persistent=true",
                "user=5",
                "real-time=false",
                "enforce=false",
                "sandbox=learn");

        assertThat(ProcessOptions.of(options.arguments().toArray(String[]::new)))
                .isEqualTo(options);
        assertThat(options.profile()).isEqualTo(TagProfile.P256);
        assertThatThrownBy(() -> ProcessOptions.of("socket=/s")).hasMessageContaining("missing");
        assertThatThrownBy(() -> ProcessOptions.of("socketry=/s")).hasMessageContaining("no such option");
        assertThatThrownBy(() -> ProcessOptions.of(
                        "socket=/s",
                        "state=/t",
                        "group=000102030405060708090a0b0c0d0e0f",
                        "ttcb=3",
                        "epoch=7",
                        "allowed-user=9",
                        "persistent=true"))
                .hasMessageContaining("p256");
    }
}
