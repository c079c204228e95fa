package org.maftia.server.host;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Programs in other languages that read tokens by the published keys alone. */
final class TokenReaders {
    private static final Path PYTHON = Path.of("/usr/bin/python3");

    private static final String SCRIPT = """
        import json, sys
        import jwt
        keys, token, audience, issuer = sys.stdin.read().split("\\n")[:4]
        header = jwt.get_unverified_header(token)
        key = [k for k in jwt.PyJWKSet.from_dict(json.loads(keys)).keys if k.key_id == header["kid"]]
        claims = jwt.decode(token, key[0].key, algorithms=[header["alg"]], audience=audience, issuer=issuer)
        try:
            jwt.decode(token[:-5] + "AAAAA", key[0].key, algorithms=[header["alg"]], audience=audience)
            sys.exit("a false signature was taken")
        except jwt.InvalidSignatureError:
            print(header["alg"], claims["sub"])
        """;

    private TokenReaders() {}

    private record Ran(int code, String output) {}

    private static Ran run(List<String> command, String input) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        process.getOutputStream().write(input.getBytes(StandardCharsets.UTF_8));
        process.getOutputStream().close();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return new Ran(process.waitFor(), output);
    }

    /** Has PyJWT verify a token; where this machine has none of it, nothing is verified. */
    static void python(String keys, String token, String audience, String issuer, String algorithm, String subject)
            throws IOException, InterruptedException {
        String python = PYTHON.toString();
        if (!Files.isExecutable(PYTHON) || run(List.of(python, "-c", "import jwt"), "").code != 0) {
            return;
        }
        Ran ran = run(List.of(python, "-c", SCRIPT), String.join("\n", keys, token, audience, issuer));
        assertThat(ran.output).isEqualTo(algorithm + " " + subject + "\n");
        assertThat(ran.code).isZero();
    }
}
