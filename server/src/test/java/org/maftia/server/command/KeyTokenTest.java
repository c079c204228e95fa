package org.maftia.server.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.maftia.services.signing.CallerKey;

class KeyTokenTest {
    @TempDir
    private Path world;

    private final Terminal terminal = new Terminal();

    @Test
    void aTokenIsForItsOwnerAndItsPublicKeyForTheConfiguration() throws Exception {
        Path file = world.resolve("token");
        String printed = terminal.type(0, "key", "token", "--out", file);
        String caller = HexFormat.of()
                .formatHex(CallerKey.ofToken(Files.readAllBytes(file)).publicKey());
        assertThat(printed).contains("callers = [\"" + caller + "\"]");
        assertThat(Files.getPosixFilePermissions(file)).isEqualTo(PosixFilePermissions.fromString("rw-------"));
        assertThat(Files.readString(file)).hasSize(43);
        terminal.type(1, "key", "token", "--out", file);
        assertThat(terminal.errors()).contains("exists, and is not overwritten");
        assertThat(terminal.type(0, "key", "token", "--out", world.resolve("other"), "--json"))
                .doesNotContain(caller);
    }
}
