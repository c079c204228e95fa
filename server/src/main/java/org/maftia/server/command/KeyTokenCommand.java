package org.maftia.server.command;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Base64;
import java.util.HexFormat;
import java.util.concurrent.Callable;
import org.maftia.server.cluster.SystemEntropy;
import org.maftia.services.signing.CallerKey;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code maftia key token}. */
@Command(
        name = "token",
        description = "Make a token for a caller of the signing service; prints his public key, for group.toml.")
final class KeyTokenCommand implements Callable<Integer> {
    private static final int TOKEN_LENGTH = 32;

    @Option(
            names = "--out",
            required = true,
            paramLabel = "FILE",
            description = "Where the token goes: it is the caller's secret, and nobody else needs it.")
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private Path out;

    @Mixin
    private final OutputOption output = new OutputOption();

    @Override
    public Integer call() throws CommandException {
        String token =
                Base64.getUrlEncoder().withoutPadding().encodeToString(SystemEntropy.INSTANCE.bytes(TOKEN_LENGTH));
        byte[] bytes = token.getBytes(StandardCharsets.US_ASCII);
        ExchangeFiles.writeSecret(out, bytes);
        String caller = HexFormat.of().formatHex(CallerKey.ofToken(bytes).publicKey());
        output.print(
                Json.object().put("token", out.toString()).put("caller", caller), "callers = [\"" + caller + "\"]");
        return 0;
    }
}
