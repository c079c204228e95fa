package org.maftia.wormhole.os;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.maftia.wormhole.process.ComponentLauncher;

@EnabledOnOs(value = OS.LINUX, disabledReason = "the filter is Linux's")
class SandboxTest {
    private static int run(String mode) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(ComponentLauncher.MACHINE);
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), Forbidden.class.getName(), mode));
        ProcessBuilder builder = new ProcessBuilder(command).inheritIO();
        builder.environment().put(Sandbox.ARENAS, "1");
        return builder.start().waitFor();
    }

    @Test
    void aSocketAfterTheFilterIsTheEndOfTheProcess() throws IOException, InterruptedException {
        int code = run("closed");
        assumeTrue(code != 75, "this kernel takes no filter");

        assertThat(code).as("SIGSYS").isEqualTo(128 + 31);
    }

    @Test
    void withoutTheFilterTheSameProgramGoesOn() throws IOException, InterruptedException {
        assertThat(run("open")).isZero();
    }
}
